"""A new database, made once and copied: how it comes about is shown where the store is tested."""

import tempfile
from functools import cache
from pathlib import Path

from subledger.store import Store, open_store


def blank_store(path: Path) -> Store:
    """The store of a file; a file that is not there yet gets the newest tables, nothing else."""
    if not path.exists():
        path.write_bytes(_blank())
    return open_store(path)


@cache
def _blank() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "subledger.db"
        open_store(path).close()
        return path.read_bytes()
