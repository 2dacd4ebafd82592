"""A connector's own durable memory: JSON under a name."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from subledger.ledger.upsert import upsert
from subledger.store.schema import NOTE

_GET = sa.select(NOTE.c.value).where(
    NOTE.c.connection == sa.bindparam("connection"), NOTE.c.name == sa.bindparam("name")
)
_PUT = upsert(NOTE, "value")


def recall(c: sa.Connection, connection: str, name: str) -> Mapping[str, Any]:
    """The notes under a name; empty at first."""
    text = c.execute(_GET, {"connection": connection, "name": name}).scalar()
    notes: Mapping[str, Any] = json.loads(text) if text else {}
    return notes


def remember(c: sa.Connection, connection: str, name: str, notes: Mapping[str, Any]) -> None:
    """Replaces the notes under a name."""
    value = json.dumps(notes, separators=(",", ":"))
    c.execute(_PUT, {"connection": connection, "name": name, "value": value})
