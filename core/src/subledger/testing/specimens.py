"""Specimens: for every kind an entity that books can take, with what it needs before it."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import evolve, frozen

from subledger.model import (
    DOCUMENTS,
    PAID_AT_ONCE,
    SALES,
    Document,
    Entity,
    Item,
    Line,
    Movement,
    Party,
    Settlement,
    Way,
    kinds,
)
from subledger.model.kinds import Kind
from subledger.money import Money
from subledger.testing import builders
from subledger.testing.builders import Amount, line, named

AMOUNTS: Final = ("12.50", "0.01", "98765.43")
"""The amounts of the first, second and third specimen of a kind, and so on."""
_WORTH: Final = "99999.99"
"""What is settled by specimens of payments, so that many of them fit in."""


@frozen(kw_only=True)
class Chart:
    """Names of list entries that an outside's books have: specimens refer to them.

    ``register`` is the card or bank account of movements, ``bank`` where payments go to and come
    from, ``item`` what is sold, ``bought`` what is ordered. Those that no declared kind needs stay
    empty; a ``class_`` is put on lines where one is given. A system that keeps neither accounts nor
    items says ``kept=False``: then specimens name none.
    """

    register: str = ""
    bank: str = ""
    expense: str = ""
    income: str = ""
    receivables: str = ""
    payables: str = ""
    item: str = ""
    bought: str = ""
    class_: str = ""
    kept: bool = True


@frozen
class Specimens:
    """Makes specimens whose references are names of the chart, or records made with them."""

    chart: Chart

    def of(self, kind: Kind, number: int, amount: Amount = "") -> tuple[Entity, ...]:
        """The specimen as the last one, and before it what it refers to; ``number`` tells it apart.

        Raises LookupError for a kind that has no specimen, or needs a name that the chart lacks.
        """
        make = self._makers().get(kind)
        if make is None:
            raise LookupError(
                f"There is no specimen of kind {kind}: give one with specimens(kind, number)."
            )
        return make(kind, str(number), amount or AMOUNTS[(number - 1) % len(AMOUNTS)])

    def _makers(self) -> Mapping[Kind, Callable[[Kind, str, Amount], tuple[Entity, ...]]]:
        return {
            kinds.CUSTOMER: self._party,
            kinds.VENDOR: self._party,
            kinds.ITEM: self._item,
            **dict.fromkeys(
                (
                    *(kinds.CARD_TRANSACTION, kinds.FEE, kinds.TRANSFER, kinds.DEPOSIT),
                    kinds.JOURNAL_ENTRY,
                ),
                self._movement,
            ),
            **dict.fromkeys(DOCUMENTS, self._document),
            kinds.PAYMENT: self._settlement,
            kinds.REFUND: self._settlement,
            kinds.BILL_PAYMENT: self._settlement,
            kinds.ATTACHMENT: self._attachment,
        }

    def _name(self, part: str) -> str | None:
        name: str = getattr(self.chart, part)
        if not self.chart.kept:
            return None
        if not name:
            raise LookupError(
                f"The chart of the contract lacks {part}: name it in chart = Chart()."
            )
        return name

    def _party(self, kind: Kind, number: str, _amount: Amount) -> tuple[Party]:
        return (Party(kind=kind, id=f"9{number}", name=f"Specimen {kind} {number}"),)

    def _item(self, _kind: Kind, number: str, _amount: Amount) -> tuple[Item]:
        income = named(kinds.ACCOUNT, self._name("income"))
        name = f"Specimen item {number}"
        return (Item(id=f"8{number}", name=name, description=name, income_account=income),)

    def _movement(self, kind: Kind, number: str, amount: Amount) -> tuple[Movement]:
        other = self._name("bank" if kind == kinds.TRANSFER else "expense")
        into = kind in (kinds.TRANSFER, kinds.DEPOSIT)
        return (
            builders.movement(
                kind,
                f"1{number}",
                way=Way.IN if into else Way.OUT,
                lines=[self._line(amount, account=other)],
                account=self._name("register"),
                number=f"S{number}",
            ),
        )

    def _document(self, kind: Kind, number: str, amount: Amount) -> tuple[Entity, ...]:
        sales = kind in SALES
        (party,) = self._party(kinds.CUSTOMER if sales else kinds.VENDOR, number, amount)
        if kind in (*SALES, kinds.PURCHASE_ORDER):
            lines = [self._line(amount, item=self._name("item" if sales else "bought"))]
        else:
            lines = [self._line(amount, account=self._name("expense"))]
        owed = "receivables" if sales else "payables"
        account = self._name("bank" if kind in PAID_AT_ONCE else owed)
        made = builders.document(
            kind,
            f"2{number}",
            party=party,
            lines=lines,
            number=f"S{number}",
            account=None if kind == kinds.PURCHASE_ORDER else account,
        )
        return party, made

    def _settlement(self, kind: Kind, number: str, amount: Amount) -> tuple[Entity, ...]:
        of = {kinds.PAYMENT: kinds.INVOICE, kinds.REFUND: kinds.CREDIT_MEMO}.get(kind, kinds.BILL)
        *before, document = self._document(of, number, _WORTH)
        if not isinstance(document, Document):
            raise TypeError(f"a {kind} settles documents")
        made = builders.settlement(
            kind,
            f"3{number}",
            amount,
            pays=document,
            account=document.account,
            money=named(kinds.ACCOUNT, self._name("bank")),
            number=f"S{number}",
        )
        return *before, document, made

    def _attachment(self, _kind: Kind, number: str, amount: Amount) -> tuple[Entity, ...]:
        (movement,) = self._movement(kinds.CARD_TRANSACTION, number, amount)
        return movement, builders.attachment(movement, f"4{number}")

    def _line(self, amount: Amount, **what: Any) -> Line:
        return line(amount, memo="Specimen", class_=self.chart.class_ or None, **what)


def changed(entity: Entity) -> Entity:
    """The specimen as somebody changed it in the source: another amount, else another text."""
    if isinstance(entity, Movement | Document):
        more = Money(333, entity.amount.currency)
        first, *rest = entity.lines
        lines = (evolve(first, amount=first.amount + more), *rest)
        return evolve(entity, amount=entity.amount + more, lines=lines)
    if isinstance(entity, Party):
        return evolve(entity, email="changed@example.com")
    if isinstance(entity, Item):
        return evolve(entity, description=f"{entity.name}, changed")
    if isinstance(entity, Settlement):
        return evolve(entity, date=entity.date + dt.timedelta(days=1))
    raise LookupError(f"There is no change for specimens of kind {entity.kind}.")


def renumbered(entity: Entity, number: int) -> Entity:
    """Another specimen like this one, for the same references."""
    found: Any = entity
    values: dict[str, Any] = {"id": f"{entity.id}{number:04d}"}
    if isinstance(entity, Party | Item):
        values["name"] = f"{entity.name} {number}"
    elif getattr(entity, "number", ""):
        values["number"] = f"{found.number}-{number}"
    return evolve(found, **values)  # type: ignore[no-any-return]


__all__ = ["AMOUNTS", "Chart", "Specimens", "changed", "renumbered"]
