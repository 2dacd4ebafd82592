"""The ledger of effects and what surrounds it: plain functions of a database transaction."""
