"""Change data capture: what changed since a moment (Accounting API, "Change data capture")."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from . import faults
from .books import JSON, SECOND, Books
from .kinds import KINDS, SPELLING
from .present import shown, stub

_LOOK_BACK = dt.timedelta(days=30)
_MOST = 1000


def changed_since(books: Books, entities: Sequence[str], since: dt.datetime) -> list[JSON]:
    """One QueryResponse value for every entity with changes; at most 1000 objects in all.

    Raises 500 for an entity that has no change data, a ValidationFault beyond 30 days.
    """
    kinds = []
    for entity in entities:
        kind = KINDS.get(SPELLING.get(entity.strip().casefold(), ""))
        if kind is None or not kind.in_changes:
            raise faults.unsupported_operation(entity, "cdc")
        kinds.append(kind)
    oldest = books.now - _LOOK_BACK
    if since < oldest:
        if books.behaviour.cdc_too_old == "refuse":
            raise faults.CompanyFault(
                "2070", "Date is out of range", "changedSince must lie within the last 30 days"
            )
        since = oldest
    left = _MOST
    found = []
    for kind in kinds:
        response = _of_entity(books, kind.entity, int(since.timestamp()) * SECOND, left)
        left -= response.get("maxResults", 0)
        if response:
            found.append(response)
    return found or [{}]


def _of_entity(books: Books, entity: str, since: int, most: int) -> JSON:
    """What is there and what is gone, in the order in which it changed."""
    rows = books.find(
        "entity=? AND modified>=? ORDER BY modified, number LIMIT ?", (entity, since, most)
    )
    gone = books.store.all(
        "SELECT id, modified FROM deleted WHERE entity=? AND modified>=? ORDER BY modified LIMIT ?",
        (entity, since, most),
    )
    told = [(stored.modified, shown(books, stored)) for stored in rows]
    told += [(row[1], stub(books, row[0], row[1])) for row in gone]
    told.sort(key=lambda each: each[0])
    found = [each for _, each in told[:most]]
    if not found:
        return {}
    return {entity: found, "startPosition": 1, "maxResults": len(found), "totalCount": len(found)}
