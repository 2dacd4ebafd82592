"""The Accounting API's protocol: requests, answers and faults, without a word of the kernel."""
