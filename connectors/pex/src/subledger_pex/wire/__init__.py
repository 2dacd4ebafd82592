"""The PEX API as values: requests, dates, enums, retry rules; no I/O, nothing of the kernel."""
