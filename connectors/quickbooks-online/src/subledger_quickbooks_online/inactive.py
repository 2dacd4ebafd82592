"""Which of the entries that a document names are inactive: QuickBooks does not say which."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import define, evolve, field

from subledger.errors import ConnectorError
from subledger.ports import Refused
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.knowledge import everything
from subledger_quickbooks_online.wire.query import Select, quoted

_ENTITIES: Final[Mapping[str, str]] = {
    "CustomerRef": "Customer",
    "VendorRef": "Vendor",
    "ItemRef": "Item",
    "ClassRef": "Class",
    "DepartmentRef": "Department",
    "SalesTermRef": "Term",
    "PaymentMethodRef": "PaymentMethod",
}
_DELETED: Final = " (deleted"
"""What QuickBooks appends to the name of an inactive entry, with a number for a second one."""
_AT_ONCE: Final = 100
"""Ids in one query."""


@define
class Inactive:
    """What is known of entries, for as long as a sink is open; each is asked for once."""

    _client: Client
    _names: dict[tuple[str, str], str] = field(factory=dict, init=False)

    async def named(self, body: Mapping[str, Any], refused: Refused) -> Refused:
        """The refusal with the entries that are inactive, where that can be found out."""
        wanted = dict.fromkeys(_references(body))
        try:
            await self._look([each for each in wanted if each not in self._names])
        except ConnectorError:
            return refused
        found = [f"{each[0]} {name}" for each in wanted if (name := self._names.get(each))]
        if not found:
            return refused
        listed = ", ".join(found)
        message = f"Inactive in QuickBooks: {listed}. {refused.finding.message}"
        return evolve(refused, finding=evolve(refused.finding, subject=listed, message=message))

    async def _look(self, wanted: list[tuple[str, str]]) -> None:
        for entity in dict.fromkeys(entity for entity, _ in wanted):
            ids = [number for of, number in wanted if of == entity]
            for start in range(0, len(ids), _AT_ONCE):
                some = ids[start : start + _AT_ONCE]
                listed = ", ".join(quoted(number) for number in some)
                where = (f"Id IN ({listed})", "Active = false")
                found = await everything(self._client, Select(entity=entity, where=where))
                self._names.update(dict.fromkeys(((entity, number) for number in some), ""))
                for record in found:
                    self._names[entity, str(record["Id"])] = _name(record)


def _references(body: Any) -> Iterator[tuple[str, str]]:
    """Entity and Id of everything that a body names in a list."""
    if isinstance(body, Mapping):
        for member, value in body.items():
            entity, number = _entity(member, value), _part(value, "value")
            if entity and number.isdecimal():
                yield entity, number
            else:
                yield from _references(value)
    elif isinstance(body, list | tuple):
        for each in body:
            yield from _references(each)


def _entity(member: str, value: Any) -> str:
    if member == "EntityRef":
        return _part(value, "type")
    return "Account" if member.endswith("AccountRef") else _ENTITIES.get(member, "")


def _part(value: Any, name: str) -> str:
    return str(value.get(name) or "") if isinstance(value, Mapping) else ""


def _name(record: Mapping[str, Any]) -> str:
    name = record.get("FullyQualifiedName") or record.get("DisplayName") or record.get("Name")
    return str(name or record["Id"]).partition(_DELETED)[0]
