"""Keeps a subsidiary ledger and the general ledger in agreement, to the cent, exactly once."""
