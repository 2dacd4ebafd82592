"""Makes raw records: each document with the parties and items that it refers to before it."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve

from subledger.errors import ConnectorError, RecordRejected
from subledger.model.kinds import (
    BILL,
    CREDIT_MEMO,
    CUSTOMER,
    INVOICE,
    ITEM,
    ITEM_RECEIPT,
    PAYMENT,
    PURCHASE,
    PURCHASE_ORDER,
    REFUND,
    VENDOR,
    Kind,
)
from subledger.ports import RawRecord
from subledger_syncro import asking, notice, party
from subledger_syncro.allocation import GIVEN
from subledger_syncro.amounts import day
from subledger_syncro.client import SyncroClient
from subledger_syncro.customer_purchase import date_field, is_offered
from subledger_syncro.invoice import customer_in
from subledger_syncro.shelf import Shelf
from subledger_syncro.view import View, dump
from subledger_syncro.wire import requests
from subledger_syncro.wire.answers import Row, object_of, objects

INVOICES: Final = frozenset({INVOICE, CREDIT_MEMO})
PAYMENTS: Final = frozenset({PAYMENT, REFUND})
ORDERS: Final = frozenset({PURCHASE_ORDER, ITEM_RECEIPT, BILL})
PURCHASES: Final = frozenset({PURCHASE})
_MADE: Final = {
    "invoice": INVOICES,
    "payment": PAYMENTS,
    "purchase_order": ORDERS,
    "customer_purchase": PURCHASES,
}

_WHOLE_CUSTOMER: Final = frozenset({"business_then_name", "email", "address", "disabled"})
_WHOLE_VENDOR: Final = frozenset({"name", "email", "address"})


def gone(name: str, id_: str) -> list[RawRecord]:
    """What Syncro does not have any more: a sort of document by its singular in the API."""
    records = [RawRecord(id=id_, data={"gone": {"what": name}}, makes=_MADE[name])]
    if name == "payment":
        credit = frozenset({CREDIT_MEMO})
        records.append(RawRecord(id=GIVEN + id_, data={"gone": {"what": name}}, makes=credit))
    return records


class Reader:
    """The records of one run; parties and items come once.

    Raises ConnectorError subclasses, and ListNeeded as :class:`Shelf` does.
    """

    def __init__(
        self, client: SyncroClient, view: View, shelf: Shelf, *, kinds: frozenset[Kind], start: str
    ) -> None:
        self._client = client
        self._view = view
        self._shelf = shelf
        self._kinds = kinds
        self._start = start
        self._base = dump(evolve(view, receipts=ITEM_RECEIPT in kinds))
        self._customers: dict[str, Row | None] = {}
        self._products: dict[str, Row | None] = {}
        self._handed: set[tuple[str, str]] = set()

    def handed(self) -> frozenset[tuple[str, str]]:
        """What was handed over until now, for :meth:`forget_since`."""
        return frozenset(self._handed)

    def forget_since(self, before: frozenset[tuple[str, str]]) -> None:
        """Takes back what was read since, but never handed over."""
        self._handed = set(before)

    async def invoice(self, id_: str) -> list[RawRecord]:
        """An invoice as it is now, after its customer and products, and before its payments."""
        row = await self._shelf.invoice(id_)
        records = gone("invoice", id_) if row is None else []
        if row and self._kinds & INVOICES and self.is_wanted(row.get("date"), "date"):
            customer, parents = await self.customer(customer_in(row))
            items, names = await self._items(row)
            context = self._base | {"names": names, "parents": parents}
            made = RawRecord(id=id_, data={"invoice": row}, context=context, makes=INVOICES)
            records += [*customer, *items, made]
        if self._kinds & PAYMENTS:
            family = await self._shelf.family(invoices=[id_])
            for one in family.payments:
                records += await self.payment(one)
        return records

    async def payment(self, id_: str) -> list[RawRecord]:
        """A payment, after its customer, with the ledger that tells what it settles.

        A payment that hangs together with another one changes with it, so all of them come.
        """
        row = await self._shelf.payment(id_)
        if row is None:
            return gone("payment", id_)
        family = await self._shelf.family(payments=[id_])
        records: list[RawRecord] = []
        for one in family.payments if id_ in family.payments else (id_,):
            records += await self._one_payment(one, family.ledger)
        return records

    async def _one_payment(self, id_: str, ledger: Mapping[str, Any]) -> list[RawRecord]:
        row = await self._shelf.payment(id_)
        if row is None or ("payment", id_) in self._handed:
            return []
        self._handed.add(("payment", id_))
        name = "applied_at" if row.get("applied_at") else "created_at"
        if not self.is_wanted(row.get(name), name):
            return []
        owner = object_of(row.get("customer")) or {"id": self._shelf.payer(row) or None}
        row = {**row, "customer": owner}
        customer, parents = await self.customer(owner)
        context = self._base | {"ledger": ledger, "parents": parents}
        made = RawRecord(id=id_, data={"payment": row}, context=context, makes=PAYMENTS)
        if not self._view.spends_credit(row):
            return [*customer, made]
        credit = RawRecord(
            id=GIVEN + id_,
            data={"credit": row},
            context=context,
            makes=frozenset({CREDIT_MEMO}),
        )
        return [*customer, credit, made]

    async def order(self, id_: str) -> list[RawRecord]:
        """A purchase order as it is now, after its vendor and products."""
        row = await self._client.record(requests.one("purchase_orders", id_), "purchase_order")
        if row is None:
            return gone("purchase_order", id_)
        if not self.is_wanted(row.get("created_at"), "created_at"):
            return []
        sellers = await self.vendor(object_of(row.get("vendor")))
        items, names = await self._items(row)
        context = self._base | {"names": names}
        made = RawRecord(id=id_, data={"purchase_order": row}, context=context, makes=ORDERS)
        return [*sellers, *items, made]

    async def purchase(self, id_: str, listed: Row | None) -> list[RawRecord]:
        """A customer purchase as it is now, after its customer and products.

        Nobody says whether one has an address of its own: what the list tells of it is enough.
        """
        address = requests.one("customer_purchases", id_)
        try:
            row = await self._client.record(address, "customer_purchase")
        except ConnectorError as error:
            row, reason = None, await asking.reason_of(self._client, error)
            if listed is None and reason != notice.ABSENT:
                return []
        if row is None and listed is None:
            return gone("customer_purchase", id_)
        row = {**(listed or {}), **(row or {})}
        name = date_field(row)
        if not self.is_wanted(row.get(name), name):
            return []
        data = {"customer_purchase": row}
        if is_offered(row):
            return [RawRecord(id=id_, data=data, context=self._base, makes=PURCHASES)]
        customer, parents = await self.customer(customer_in(row))
        items, names = await self._items(row)
        context = self._base | {"names": names, "parents": parents}
        made = RawRecord(id=id_, data=data, context=context, makes=PURCHASES)
        return [*customer, *items, made]

    async def customer(self, row: Row) -> tuple[list[RawRecord], dict[str, str]]:
        """A customer after its parent, both once in a run; and the parent's name by its id."""
        id_ = str(row.get("id") or "")
        if not id_:
            return [], {}
        whole = await self._whole_customer(id_, row)
        parents: dict[str, str] = {}
        records: list[RawRecord] = []
        if parent := self._view.parent_of(whole):
            above = await self._whole_customer(parent, {})
            if above:
                parents[parent] = party.name_of(above)
                records += self._party(parent, above, {})
        return [*records, *self._party(id_, whole, parents)], parents

    async def vendor(self, row: Row) -> list[RawRecord]:
        """A vendor, once in a run."""
        id_ = str(row.get("id") or "")
        if not id_ or not self._is_new("vendor", id_, VENDOR):
            return []
        if not row.keys() >= _WHOLE_VENDOR:
            row = await self._client.record(requests.one("vendors", id_), "vendor") or row
        made = RawRecord(
            id=id_, data={"vendor": row}, context=self._base, makes=frozenset({VENDOR})
        )
        return [made]

    def product(self, row: Row) -> list[RawRecord]:
        """A product, once in a run."""
        id_ = str(row.get("id"))
        self._products[id_] = row
        if not self._is_new("product", id_, ITEM):
            return []
        made = RawRecord(id=id_, data={"product": row}, context=self._base, makes=frozenset({ITEM}))
        return [made]

    def is_wanted(self, value: Any, field: str) -> bool:
        """Whether a posting date is not before the start; so is one that cannot be read."""
        try:
            return day(value, field, self._view.zone).isoformat() >= self._start
        except RecordRejected:
            return True

    async def _whole_customer(self, id_: str, row: Row) -> Row:
        """The customer as Syncro has it; what the document tells of it where it was deleted."""
        if row.keys() >= _WHOLE_CUSTOMER:
            self._customers[id_] = row
        if id_ not in self._customers:
            self._customers[id_] = await self._client.record(
                requests.one("customers", id_), "customer"
            )
        return self._customers[id_] or row

    def _party(self, id_: str, row: Row, parents: Mapping[str, str]) -> list[RawRecord]:
        if not self._is_new("customer", id_, CUSTOMER):
            return []
        context = self._base | {"parents": dict(parents)}
        made = RawRecord(
            id=id_, data={"customer": row}, context=context, makes=frozenset({CUSTOMER})
        )
        return [made]

    def _is_new(self, name: str, id_: str, kind: Kind) -> bool:
        if kind not in self._kinds or (name, id_) in self._handed:
            return False
        self._handed.add((name, id_))
        return True

    async def _items(self, document: Row) -> tuple[list[RawRecord], dict[str, str]]:
        """The products of a document's lines, and their names by id."""
        records: list[RawRecord] = []
        names: dict[str, str] = {}
        for line in objects(document.get("line_items")):
            id_ = str(line.get("product_id") or "")
            if not id_ or id_ in names:
                continue
            if id_ not in self._products:
                self._products[id_] = await self._client.record(
                    requests.one("products", id_), "product"
                )
            row = self._products[id_]
            if row is not None:
                names[id_] = str(row.get("name") or "")
                records += self.product(row)
        return records, names
