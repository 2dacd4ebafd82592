"""A person who works in the company's books in the browser, past the API and its checks of apps."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import frozen

from .company import Company
from .state import Simulation

_NAMES = frozenset(
    {
        *("Account", "Class", "Customer", "Department", "Employee", "Item", "PaymentMethod"),
        *("Term", "Vendor"),
    }
)
"""List objects: they are made inactive, not deleted."""


@frozen(kw_only=True)
class Person:
    """Somebody at the screen; CompanyFault tells what QuickBooks would not let them do.

    Every act bumps SyncTokens and tells the webhooks, as an app's write does.
    """

    simulation: Simulation
    realm: str

    @property
    def company(self) -> Company:
        """The books."""
        return self.simulation.companies[self.realm]

    def _told(self, value: dict[str, Any]) -> dict[str, Any]:
        self.simulation.collect(self.realm)
        return value

    def _stub(self, entity: str, id_: str) -> dict[str, Any]:
        return {"Id": id_, "SyncToken": self.company.read(entity, id_)["SyncToken"]}

    def create(self, entity: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Enter something by hand."""
        return self._told(self.company.create(entity, body))

    def edit(self, entity: str, id_: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change some fields."""
        body = {**changes, **self._stub(entity, id_), "sparse": True}
        return self._told(self.company.update(entity, body))

    def delete(self, entity: str, id_: str) -> dict[str, Any]:
        """Delete a transaction; make a list object inactive."""
        if entity in _NAMES:
            return self.inactivate(entity, id_)
        return self._told(self.company.delete(entity, self._stub(entity, id_)))

    def void(self, entity: str, id_: str) -> dict[str, Any]:
        """Void a transaction."""
        return self._told(self.company.void(entity, self._stub(entity, id_)))

    def inactivate(self, entity: str, id_: str) -> dict[str, Any]:
        """Make a list object inactive; its name gets the suffix "(deleted)"."""
        return self.edit(entity, id_, {"Active": False})

    def reactivate(self, entity: str, id_: str) -> dict[str, Any]:
        """Make a list object active again."""
        return self.edit(entity, id_, {"Active": True})

    def merge(self, entity: str, keep: str, drop: str) -> dict[str, Any]:
        """Merge one list object into another."""
        return self._told(self.company.merge(entity, keep, drop))

    def send(self, entity: str, id_: str, to: str = "") -> dict[str, Any]:
        """Send a document by e-mail."""
        return self._told(self.company.send(entity, id_, to))

    def close_books(self, day: date | None, *, password: bool = False) -> None:
        """Set the closing date, or lift it with None."""
        self.company.close_books(day, password=password)
        self.simulation.collect(self.realm)

    def set_preferences(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change preferences, those too that an app can only read."""
        return self._told(self.company.set_preferences(changes))

    def match(self, id_: str, *, matched: bool = True) -> None:
        """Match a transaction to a line of the bank feed, or unmatch it."""
        self.company.match(id_, matched=matched)

    def end_subscription(self, *, ended: bool = True) -> None:
        """Stop paying for QuickBooks, or pay again."""
        self.company.configure(subscription_ended=ended)

    def disconnect(self) -> None:
        """Disconnect every app from the company."""
        self.simulation.tokens.disconnect(self.realm)

    def edit_something(self, entity: str, id_: str) -> None:
        """Change a note of an object, whatever it is."""
        key = {"Account": "Description", "Item": "Description", "Customer": "Notes"}.get(
            entity, "Notes" if entity == "Vendor" else "PrivateNote"
        )
        if entity not in _NAMES or key != "PrivateNote":
            self.edit(entity, id_, {key: "edited by hand"})
