"""Who has a name: customers, vendors and employees share one space of names."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.knowledge import everything
from subledger_quickbooks_online.wire.query import EVERYTHING, Select, quoted

_PEOPLE: Final = ("Customer", "Vendor", "Employee")


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
    """Looks names up."""

    client: Client

    async def owner(self, entity: str, body: Mapping[str, Any]) -> Owner | None:
        """Who has the name of a new object: one of the same sort first, active before inactive."""
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
