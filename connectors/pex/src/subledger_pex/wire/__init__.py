"""The PEX API as values: requests, dates, enums; no I/O, nothing of the kernel."""
