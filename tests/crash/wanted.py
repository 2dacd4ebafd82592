"""The documents that the books are to show."""

from collections import Counter
from collections.abc import Mapping

from attrs import frozen

from subledger.model.kinds import TRANSFER
from subledger.model.marker import marker


@frozen(kw_only=True)
class Wanted:
    """One document as it is to be: ``cents`` of the register account, its other side if known."""

    mark: str
    cents: int
    date: str
    other: Mapping[tuple[str, str], int] | None = None


def wanted_of(movement):
    """The document of a movement whose lines name account and class."""
    other = Counter()
    for line in movement.lines:
        other[line.account.name, line.class_.name] += line.amount.minor
    return Wanted(
        mark=marker(movement.kind, movement.id),
        cents=movement.effect.minor,
        date=movement.date.isoformat(),
        other=None if movement.kind == TRANSFER else other,
    )
