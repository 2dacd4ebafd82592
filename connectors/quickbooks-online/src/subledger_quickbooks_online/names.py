"""Who has a name: customers, vendors and employees share one space of names."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.knowledge import everything
from subledger_quickbooks_online.wire.jsontext import from_json, to_json
from subledger_quickbooks_online.wire.query import EVERYTHING, Select, quoted

_PEOPLE: Final = ("Customer", "Vendor", "Employee")
_KEPT: Final = 1000
"""Names that are kept in mind."""


@frozen(kw_only=True)
class Owner:
    """The object that has a name; ``is_same`` where it is of the entity that was asked for."""

    entity: str
    record: Mapping[str, Any]
    is_same: bool

    @property
    def active(self) -> bool:
        """Whether it can be used."""
        return self.record.get("Active") is not False

    @property
    def hint(self) -> str:
        """What to do about it."""
        name = self.record.get("DisplayName") or self.record.get("Name")
        sort = self.entity.lower()
        if self.is_same:
            return f"Make the {sort} {name} active again in QuickBooks, then retry."
        return f"The name belongs to the {sort} {name}: rename one of the two, then retry."


@frozen
class Names:
    """Looks names up; those of what was just created are known without a request."""

    client: Client
    _created: dict[tuple[str, str], tuple[str, str]] = field(factory=dict, init=False)
    """Entities and objects; these as texts, which take less memory."""

    def created(self, entity: str, record: Mapping[str, Any]) -> None:
        """Keeps the name of a new object in mind, where no second one may have it."""
        space = _space(entity, record)
        if space is None:
            return
        self._created[space] = entity, to_json(record)
        if len(self._created) > _KEPT:
            del self._created[next(iter(self._created))]

    async def owner(self, entity: str, body: Mapping[str, Any]) -> Owner | None:
        """Who has the name of a new object: one of the same sort first, active before inactive."""
        space = _space(entity, body)
        if space in self._created:
            owner, text = self._created[space]
            return Owner(entity=owner, record=from_json(text), is_same=owner == entity)
        if entity in _PEOPLE:
            name, member = str(body["DisplayName"]), "DisplayName"
            entities = sorted(_PEOPLE, key=lambda each: each != entity)
        else:
            name, member, entities = str(body["Name"]), "Name", [entity]
        for each in entities:
            select = Select(entity=each, where=(f"{member} = {quoted(name)}", EVERYTHING))
            found = [
                record
                for record in await everything(self.client, select)
                if str(record.get(member, "")).casefold() == name.casefold()
            ]
            if found:
                found.sort(key=lambda record: record.get("Active") is False)
                return Owner(entity=each, record=found[0], is_same=each == entity)
        return None


def _space(entity: str, body: Mapping[str, Any]) -> tuple[str, str] | None:
    """The space of names that an object is in, and its name there, whatever the case.

    None where two objects of the sort may have the same name, below different ones.
    """
    if entity in _PEOPLE:
        return "people", str(body.get("DisplayName", "")).casefold()
    if entity == "Item" and not body.get("ParentRef"):
        return entity, str(body.get("Name", "")).casefold()
    return None
