"""Walks and rewrites the references of an entity, and reduces an entity to what is posted."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import attrs

from subledger.model.entities import Approval, Entity, Line, Movement, Party, Reference, Status

E = TypeVar("E", bound=Entity)


def map_references(entity: E, change: Callable[[str, Reference], Reference]) -> E:
    """The entity with every reference replaced by ``change(path, reference)``."""
    if isinstance(entity, Movement):
        return attrs.evolve(
            entity,
            account=_one("account", entity.account, change),
            party=_one("party", entity.party, change),
            lines=tuple(
                _line(f"lines[{index}]", line, change) for index, line in enumerate(entity.lines)
            ),
        )
    return entity


def _one(
    path: str, reference: Reference | None, change: Callable[[str, Reference], Reference]
) -> Reference | None:
    return None if reference is None else change(path, reference)


def _line(path: str, line: Line, change: Callable[[str, Reference], Reference]) -> Line:
    return attrs.evolve(
        line,
        account=_one(f"{path}.account", line.account, change),
        item=_one(f"{path}.item", line.item, change),
        customer=_one(f"{path}.customer", line.customer, change),
        class_=_one(f"{path}.class", line.class_, change),
    )


def references(entity: Entity) -> Iterator[tuple[str, Reference]]:
    """Every reference that an entity holds, with the path of its field."""
    found: list[tuple[str, Reference]] = []

    def collect(path: str, reference: Reference) -> Reference:
        found.append((path, reference))
        return reference

    map_references(entity, collect)
    return iter(found)


def posted_form(entity: Entity) -> Entity:
    """The entity without what only the source knows: two equal forms make the same document."""
    if isinstance(entity, Party):
        return entity
    if isinstance(entity, Movement):
        return attrs.evolve(
            entity,
            transaction_date=None,
            status=Status.POSTED,
            approval=Approval.NOT_REVIEWED,
            description="",
            merchant="",
            merchant_normalised="",
            cardholder="",
            notes=(),
            receipts=(),
            detail={},
            lines=tuple(attrs.evolve(line, tags=()) for line in entity.lines),
        )
    raise TypeError(f"{type(entity).__name__} is not an entity that can be posted")
