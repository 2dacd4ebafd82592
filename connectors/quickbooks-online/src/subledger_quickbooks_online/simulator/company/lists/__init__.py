"""Name lists: customers, vendors, accounts, items, classes, terms and their like."""
