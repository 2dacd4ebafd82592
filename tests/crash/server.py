"""What is known of server processes of a world: their log, their leases, and who is frozen."""

import hashlib
from typing import Any

import sqlalchemy as sa
from attrs import define

from subledger.store.schema import LEASE
from subledger.testing.crash import Trap


class Diary:
    """A log that keeps only what must not happen: failures inside the server."""

    def __init__(self):
        self.failures = []

    def bind(self, **_values):
        """Itself."""
        return self

    def info(self, *_event, **_values):
        """Says nothing."""

    debug = warning = info

    def exception(self, event, **values):
        """Keeps it, with what was raised."""
        import traceback  # noqa: PLC0415 - failures are rare

        self.failures.append(f"{event} {values} {traceback.format_exc(limit=-3)}")


@define
class Zombie:
    """A process that is frozen in mid-step, and the leases that it held then, by epoch."""

    frozen: Any
    trap: Trap
    doing: str
    owner: str
    held: dict[str, int]
    due: int


def name_of(content: bytes) -> str:
    """A short name for content."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def leases_of(c: sa.Connection) -> Any:
    """All leases."""
    return c.execute(sa.select(LEASE)).all()
