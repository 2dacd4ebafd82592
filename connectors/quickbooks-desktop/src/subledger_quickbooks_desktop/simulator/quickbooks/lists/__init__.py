"""The lists of a company: accounts, classes, entities, items and small ones."""
