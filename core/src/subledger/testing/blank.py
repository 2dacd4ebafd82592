"""Stores in memory that are quick to get: a database is emptied and used again, not made anew."""

import sys
import weakref
from functools import lru_cache
from typing import Final

from subledger.store import Store
from subledger.testing.crash import Disk, Trap

_SPARE: Final[list[Disk]] = []


def blank_store() -> Store:
    """A store in memory with nothing in it; gone with the last reference to it.

    Its database has served others before: what it learnt of the kernel's statements stays.
    """
    disk = _SPARE.pop() if _SPARE else Disk()
    disk.put(_nothing())
    store = disk.store(Trap(patience=sys.maxsize))
    weakref.finalize(store, _SPARE.append, disk)
    return store


@lru_cache(maxsize=1)
def _nothing() -> bytes:
    return Disk().content()
