"""Walks and rewrites the references of an entity, and reduces an entity to what is posted."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

import attrs

from subledger.model.documents import Attachment, Document, Settlement
from subledger.model.entities import Approval, Entity, Movement, Status
from subledger.model.lists import Item, Party
from subledger.model.values import Application, Line, Reference, Tax

E = TypeVar("E", bound=Entity)
Change = Callable[[str, Reference], Reference]

_HOLDERS: Final = (Line, Tax, Application)
_ENTITIES: Final = (Movement, Document, Settlement, Party, Item, Attachment)
_WORDS: Final = ("Reference", *(holder.__name__ for holder in _HOLDERS))
_FIELDS: Final[Mapping[type[Any], tuple[tuple[str, str], ...]]] = {
    cls: tuple(
        (field.name, field.name.rstrip("_"))
        for field in attrs.fields(cls)
        if any(word in str(field.type) for word in _WORDS)
    )
    for cls in (*_ENTITIES, *_HOLDERS)
}
"""The fields that may hold references, by their annotations, and their names in paths."""
_SOURCE_ONLY: Final[Mapping[type[Any], Mapping[str, Any]]] = {
    Movement: {
        "transaction_date": None,
        "status": Status.POSTED,
        "approval": Approval.NOT_REVIEWED,
        "description": "",
        "merchant": "",
        "merchant_normalised": "",
        "cardholder": "",
        "notes": (),
        "receipts": (),
        "detail": {},
    },
    Document: {"created": None, "location": "", "method": "", "detail": {}},
    Settlement: {"created": None, "derived": False, "method": "", "detail": {}},
    Item: {"category": "", "id_in_books": ""},
}


def map_references(entity: E, change: Change) -> E:
    """The entity with every reference replaced by ``change(path, reference)``."""
    return _walk(entity, "", change) if isinstance(entity, _ENTITIES) else entity


def _walk(value: Any, path: str, change: Change) -> Any:
    changed = {}
    for name, label in _FIELDS[type(value)]:
        inner = getattr(value, name)
        if not inner:
            continue
        new = _inner(inner, path + label, change)
        if new is not inner:
            changed[name] = new
    return attrs.evolve(value, **changed) if changed else value


def _inner(inner: Any, path: str, change: Change) -> Any:
    if isinstance(inner, Reference):
        return change(path, inner)
    if isinstance(inner, tuple):
        new = tuple(_inner(one, f"{path}[{index}]", change) for index, one in enumerate(inner))
        return new if any(a is not b for a, b in zip(new, inner, strict=True)) else inner
    if isinstance(inner, _HOLDERS):
        return _walk(inner, f"{path}.", change)
    return inner


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
    if not isinstance(entity, _ENTITIES):
        raise TypeError(f"{type(entity).__name__} is not an entity that can be posted")
    changed: dict[str, Any] = dict(_SOURCE_ONLY.get(type(entity), {}))
    lines = getattr(entity, "lines", ())
    if lines:
        changed["lines"] = tuple(attrs.evolve(line, tags=()) for line in lines)
    tax = getattr(entity, "tax", None)
    if isinstance(tax, Tax):
        changed["tax"] = attrs.evolve(tax, rate="")
    return attrs.evolve(entity, **changed) if changed else entity
