"""What in the books rests on other documents: payments on invoices, bills on orders, files."""

import re
from collections.abc import Set as AbstractSet
from typing import Final

import sqlalchemy as sa

from subledger.model import DOCUMENTS, SETTLEMENTS
from subledger.model.kinds import ATTACHMENT
from subledger.model.references import references
from subledger.model.stored import load
from subledger.store.schema import EFFECT, LINK

Named = tuple[str, str]
"""Kind and identifier of a record."""

_POINTING: Final = (*DOCUMENTS, *SETTLEMENTS, ATTACHMENT)
_RECORD: Final = re.compile(r'"record":"((?:[^"\\]|\\.)*)"')
_STANDING = (
    sa.select(EFFECT.c.kind, EFFECT.c.record, EFFECT.c.entity)
    .join(LINK, LINK.c.effect == EFFECT.c.id)
    .where(
        EFFECT.c.flow == sa.bindparam("flow"),
        LINK.c.connection == sa.bindparam("sink"),
        EFFECT.c.kind.in_(_POINTING),
    )
    .order_by(EFFECT.c.kind, EFFECT.c.record)
)


def resting(
    c: sa.Connection, flow: str, sink: str, removed: AbstractSet[Named]
) -> dict[Named, list[Named]]:
    """The records in the books that point at a removed one, and are not removed themselves."""
    found: dict[Named, list[Named]] = {}
    identifiers = {record for _kind, record in removed}
    for row in c.execute(_STANDING, {"flow": flow, "sink": sink}):
        if (row.kind, row.record) in removed or identifiers.isdisjoint(_RECORD.findall(row.entity)):
            continue
        pointed = {(one.kind, one.record) for _path, one in references(load(row.entity))}
        for named in sorted(pointed & removed):
            found.setdefault(named, []).append((row.kind, row.record))
    return found
