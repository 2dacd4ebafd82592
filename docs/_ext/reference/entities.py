"""The reference of the canonical model, from its classes. Pure."""

from collections.abc import Iterator
from typing import Any, Final

import attrs

from reference.configuration import connectors
from reference.docs import attribute_docs, words
from reference.markdown import code, plain, table
from reference.types import type_text
from subledger.catalogue import Catalogue
from subledger.manifest import Direction, Operation
from subledger.model import (
    Address,
    Application,
    Approval,
    Attachment,
    Document,
    Item,
    ItemType,
    Line,
    Movement,
    Party,
    Receipt,
    Reference,
    Settlement,
    Status,
    Tag,
    Tax,
    Way,
)
from subledger.model.kinds import KNOWN, priority
from subledger.money import Money

CLASSES: Final = (
    *(Movement, Document, Settlement, Application),
    *(Line, Tax, Reference, Tag, Receipt, Attachment),
    *(Party, Item, Address, Money),
)
WORDS: Final = (Way, Status, Approval, ItemType)


def entities_page(catalogue: Catalogue) -> str:
    """The classes with their fields, then the kinds."""
    parts = [part for cls in CLASSES for part in _class(cls)]
    parts += ["## Words\n", *(words(cls) for cls in WORDS)]
    return "\n".join([*parts, "## Kinds\n", kinds_table(catalogue)])


def _class(cls: type[Any]) -> Iterator[str]:
    yield f"## {cls.__name__}\n"
    yield plain(cls.__doc__ and _dedented(cls.__doc__)) + "\n"
    yield fields_table(cls)


def fields_table(cls: type[Any]) -> str:
    """Every field of a class: what it may hold, and what it means."""
    meanings = attribute_docs(cls)
    rows = [
        (
            code(attribute.alias),
            type_text(attribute.type),
            "yes" if _required(attribute) else "",
            plain(meanings.get(attribute.name)),
        )
        for attribute in attrs.fields(attrs.resolve_types(cls))
    ]
    return table(("field", "holds", "required", "meaning, unit, limits"), rows)


def _required(attribute: "attrs.Attribute[Any]") -> bool:
    return attribute.default is attrs.NOTHING


def _dedented(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines())


def kinds_table(catalogue: Catalogue) -> str:
    """Every kind, the order in which it is posted, and which installed connectors know it."""
    known = list(connectors(catalogue))
    rows = [
        (
            code(kind),
            priority(kind),
            ", ".join(
                name
                for name, value in known
                if value.manifest.direction is Direction.SOURCE
                and value.manifest.can(kind, Operation.READ)
            ),
            ", ".join(n for n, v in known if v.manifest.can(kind, Operation.CREATE)),
        )
        for kind in sorted(KNOWN, key=lambda kind: (priority(kind), kind))
    ]
    return table(("kind", "posting order", "read by", "created by"), rows)
