"""Transactions: each kind of document and what it does to the ledger."""
