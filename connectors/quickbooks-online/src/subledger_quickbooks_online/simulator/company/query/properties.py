"""Which properties an entity has, which of them can be queried, and what they hold."""

from __future__ import annotations

from attrs import frozen

from subledger_quickbooks_online.simulator.company.behaviour import Behaviour
from subledger_quickbooks_online.simulator.outline import Shape, shape

from .parse import invalid

_MAIL = frozenset({"PrimaryEmailAddr"})
_NEVER = frozenset({"Line", "LinkedTxn", "CustomField", "TxnTaxDetail"})
_ATTACHED = {
    "attachableref.entityref.type": ("AttachableRef", "EntityRef", "type"),
    "attachableref.entityref.value": ("AttachableRef", "EntityRef", "value"),
    "attachableref.entityref": ("AttachableRef", "EntityRef", "value"),
}


@frozen(kw_only=True)
class Property:
    """One property in its right spelling; `kind` is text, number, truth, moment or id."""

    path: tuple[str, ...]
    kind: str

    @property
    def name(self) -> str:
        """The dotted path."""
        return ".".join(self.path)


def top(entity: str, name: str) -> str:
    """The right spelling of a top-level property; 4001 where there is none."""
    outline = _outline(entity)
    first = name.partition(".")[0].casefold()
    for element in outline.elements:
        if element.casefold() == first:
            return element
    raise invalid(f"Property {name} not found for Entity {entity}")


def resolve(entity: str, name: str, behaviour: Behaviour) -> Property:
    """A property for WHERE and ORDERBY; 4001 where there is none or it cannot be queried."""
    if entity == "Attachable" and name.casefold() in _ATTACHED:
        return Property(path=_ATTACHED[name.casefold()], kind="text")
    first, *rest = name.split(".")
    member = _outline(entity).elements[top(entity, name)]
    if member.name == "Id":
        return Property(path=("Id",), kind="id")
    if member.name == "MetaData":
        return _moment(entity, name, rest)
    if entity == "Customer" and member.name in _MAIL and not rest:
        return Property(path=(member.name, "Address"), kind="text")
    if member.name == "PrivateNote" and not behaviour.private_note_queryable:
        raise invalid(f"property '{member.name}' is not queryable")
    if member.kind == "ReferenceType" and not member.many and rest in ([], ["value"]):
        return Property(path=(member.name, "value"), kind="text")
    if member.many or member.name in _NEVER or member.kind not in {"", "n", "b"}:
        raise invalid(f"property '{name}' is not queryable")
    if rest:
        raise invalid(f"Property {name} not found for Entity {entity}")
    del first
    kinds = {"n": "number", "b": "truth", "": "text"}
    return Property(path=(member.name,), kind=kinds[member.kind])


def _moment(entity: str, name: str, rest: list[str]) -> Property:
    spelled = {"createtime": "CreateTime", "lastupdatedtime": "LastUpdatedTime"}
    if len(rest) == 1 and rest[0].casefold() in spelled:
        return Property(path=("MetaData", spelled[rest[0].casefold()]), kind="moment")
    raise invalid(f"Property {name} not found for Entity {entity}")


def _outline(entity: str) -> Shape:
    found = shape(entity)
    if found is None:  # pragma: no cover - every entity of the company is in the outline
        raise invalid(f"Entity {entity} not found")
    return found
