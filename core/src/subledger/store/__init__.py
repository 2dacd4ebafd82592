"""The durable memory of the kernel: one SQL database, written by plain functions."""

from subledger.store.engine import Store, open_store

__all__ = ["Store", "open_store"]
