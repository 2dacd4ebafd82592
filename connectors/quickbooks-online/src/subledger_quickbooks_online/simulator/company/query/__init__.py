"""The query language: statements read, checked and answered."""

from .select import answer

__all__ = ["answer"]
