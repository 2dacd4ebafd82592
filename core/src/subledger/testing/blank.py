"""Stores in memory that are quick to get: a database is emptied and used again, not made anew."""

import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

from subledger.store import Store
from subledger.testing.crash import Disk, Trap

_SPARE: Final[list[Disk]] = []
_LENT: Final[list[list[tuple[Disk, Trap]]]] = []


def blank_store() -> Store:
    """A store in memory with nothing in it; gone with the last reference to it.

    Its database has served others before: what it learnt of the kernel's statements stays.
    """
    disk = _SPARE.pop() if _SPARE else Disk()
    disk.put(_nothing())
    trap = Trap(patience=sys.maxsize)
    store = disk.store(trap)
    if _LENT:
        _LENT[-1].append((disk, trap))
    else:
        weakref.finalize(store, _SPARE.append, disk)
    return store


@contextmanager
def lending() -> Iterator[None]:
    """Blank stores that are asked for meanwhile are given back at the end.

    Whoever still has one then cannot use it any more. A store stands in circles of references, so
    that without this the next would come long before the collector of garbage frees the last one.
    """
    lent: list[tuple[Disk, Trap]] = []
    _LENT.append(lent)
    try:
        yield
    finally:
        _LENT.remove(lent)
        for disk, trap in lent:
            trap.kill()
            _SPARE.append(disk)


@lru_cache(maxsize=1)
def _nothing() -> bytes:
    return Disk().content()
