"""A step that completes any record for the invented books, so that any source can be delivered."""

from typing import Any, Final

from attrs import evolve, frozen

from subledger.manifest import API
from subledger.model import (
    PAID_AT_ONCE,
    SALES,
    Document,
    Entity,
    Item,
    Kind,
    Line,
    Movement,
    Party,
    Reference,
    Settlement,
    kinds,
)
from subledger.ports import Books, Keep, StepType

_RECEIVED: Final = (*SALES, kinds.PAYMENT, kinds.REFUND)


@frozen(kw_only=True)
class NoSettings:
    """The step has nothing to set."""


@frozen
class Completing:
    """Fills in what the invented books ask for, in place of a recipe and of a person's mapping.

    ``flowing`` are the kinds of the flow: references to records of other kinds are left out.
    """

    flowing: frozenset[Kind]

    def apply(self, entity: Entity, _books: Books) -> Keep:
        """The record with accounts of the invented chart, and without what the books lack."""
        if isinstance(entity, Movement):
            counter = "Bank" if entity.kind == kinds.TRANSFER else "Expenses"
            lines = self._lines(entity.lines, counter)
            return Keep(evolve(entity, account=_account("Card"), party=None, lines=lines))
        if isinstance(entity, Document):
            return Keep(self._document(entity))
        if isinstance(entity, Settlement):
            return Keep(self._settlement(entity))
        if isinstance(entity, Party):
            return Keep(evolve(entity, parent=None, terms=None))
        if isinstance(entity, Item):
            return Keep(evolve(entity, income_account=_account("Income"), **_NO_OTHERS))
        return Keep(entity)

    def _document(self, document: Document) -> Document:
        sales = document.kind in SALES
        owed = "Receivables" if sales else "Payables"
        tax = document.tax
        if tax is not None:
            tax = evolve(tax, code=Reference(kind=kinds.TAX_CODE, name="Standard"))
        return evolve(
            document,
            party=self._party(document.party),
            lines=self._lines(document.lines, "Income" if sales else "Expenses"),
            tax=tax,
            account=_account("Bank" if document.kind in PAID_AT_ONCE else owed),
            payment_method=None,
            order=None,
            terms=None,
            class_=None,
        )

    def _settlement(self, settlement: Settlement) -> Settlement:
        return evolve(
            settlement,
            party=self._party(settlement.party),
            applications=tuple(
                one for one in settlement.applications if one.document.kind in self.flowing
            ),
            account=_account("Receivables" if settlement.kind in _RECEIVED else "Payables"),
            money=_account("Bank") if settlement.amount.minor else None,
            payment_method=None,
        )

    def _lines(self, lines: tuple[Line, ...], account: str) -> tuple[Line, ...]:
        bare: dict[str, Any] = {"item": None, "customer": None, "class_": None, "tax": None}
        return tuple(evolve(line, account=_account(account), **bare) for line in lines)

    def _party(self, party: Reference) -> Reference:
        if party.record and party.kind in self.flowing:
            return party
        return Reference(kind=party.kind, name=party.name or "Somebody", create=True)


_NO_OTHERS: Final[dict[str, Any]] = {"expense_account": None, "asset_account": None}


def _account(name: str) -> Reference:
    return Reference(kind=kinds.ACCOUNT, name=name)


def completing(flowing: frozenset[Kind]) -> StepType[NoSettings]:
    """The step for a flow of some kinds, to be named in the flow's steps as ``completing``."""
    return StepType(
        name="completing", api=API, config=NoSettings, make=lambda _config: Completing(flowing)
    )


__all__ = ["Completing", "completing"]
