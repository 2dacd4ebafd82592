"""The invoices and payments of one run: read when they are needed, kept, and joined to ledgers."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from subledger.errors import RecordRejected
from subledger_syncro import ledger
from subledger_syncro.allocation import allocate
from subledger_syncro.client import SyncroClient
from subledger_syncro.invoice import customer_in, owed_of
from subledger_syncro.ledger import Ledger, Owed, Paid
from subledger_syncro.payment import invoices_of, is_declined, paid_of
from subledger_syncro.view import View
from subledger_syncro.wire import requests
from subledger_syncro.wire.answers import Row, object_of, objects

DESCENDING: Final = "descending"
ASCENDING: Final = "ascending"


PAYMENTS: Final = "payments"
INVOICES: Final = "invoices"


class ListNeeded(Exception):  # noqa: N818 - what is missing, not a failure
    """The question takes a whole list: of payments or of invoices."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@frozen(kw_only=True)
class Family:
    """Payments that have to be looked at together, and the ledger that tells what each settles."""

    payments: tuple[str, ...]
    ledger: Mapping[str, Any]


@frozen(kw_only=True)
class _Invoice:
    """What is kept of an invoice: ``payments`` is None where only the list has told of it."""

    owed: Owed | None
    customer: str
    payments: tuple[str, ...] | None


class Shelf:
    """What a run knows. Methods raise ConnectorError subclasses, for requests only.

    ``start`` is the first day that is posted. ``has_payments`` and ``has_invoices`` tell that the
    whole list is kept; ``ordered`` is then the order in which payments are listed.
    """

    def __init__(self, client: SyncroClient, view: View, *, start: str) -> None:
        self._client = client
        self._view = view
        self._start = start
        self._invoices: dict[str, _Invoice | None] = {}
        self._payments: dict[str, Row | None] = {}
        self._of_invoice: dict[str, set[str]] = defaultdict(set)
        self._of_customer: dict[str, set[str]] = defaultdict(set)
        self._families: dict[str, Family] = {}
        self.has_payments = False
        self.has_invoices = False
        self.ordered = ""

    def add_payment(self, row: Row) -> None:
        """Keeps a payment."""
        id_ = str(row.get("id"))
        self._payments[id_] = row
        if not is_declined(row):
            self._of_customer[_customer(row)].add(id_)
            for invoice in invoices_of(row):
                self._of_invoice[invoice].add(id_)

    def add_invoice(self, row: Row) -> None:
        """Keeps what matters of an invoice, from the list or in full."""
        named = row.get("payments")
        payments = tuple(_ids(named)) if isinstance(named, list) else None
        known = self._invoices.get(str(row.get("id")))
        if known is not None and payments is None:
            payments = known.payments
        customer = str(customer_in(row).get("id") or (known.customer if known else ""))
        self._invoices[str(row.get("id"))] = _Invoice(
            owed=self._owed(row), customer=customer, payments=payments
        )

    def payer(self, payment: Row) -> str:
        """The customer of a payment: as it says, else that of an invoice that it names."""
        invoices = (self._invoices.get(id_) for id_ in invoices_of(payment))
        owners = (one.customer for one in invoices if one is not None)
        return _customer(payment) or next(owners, "")

    async def invoice(self, id_: str) -> Row | None:
        """An invoice in full; None where it was deleted.

        In full it does not tell whose it is where the customer was deleted; the list does.
        """
        row = await self._client.record(requests.one("invoices", id_), "invoice")
        if row is None:
            self._invoices[id_] = None
            return None
        self.add_invoice(row)
        kept = self._invoices[id_]
        return row if kept is None else {"customer_id": kept.customer or None, **row}

    async def payment(self, id_: str) -> Row | None:
        """A payment; None where it was deleted."""
        if id_ not in self._payments:
            row = await self._client.record(requests.one("payments", id_), "payment")
            if row is None:
                self._payments[id_] = None
            else:
                self.add_payment(row)
        return self._payments[id_]

    def add_all_payments(self, rows: Collection[Row]) -> None:
        """Keeps every payment that there is, in the order of the list."""
        for row in rows:
            self.add_payment(row)
        self.has_payments = True
        self.ordered = _order([str(row.get("created_at")) for row in rows])

    def add_all_invoices(self, rows: Collection[Row]) -> None:
        """Keeps every invoice that changed since the flow's start, as the list shows it."""
        for row in rows:
            self.add_invoice(row)
        self.has_invoices = True

    def payments(self) -> list[Row]:
        """The payments that are kept."""
        return [row for row in self._payments.values() if row is not None]

    async def family(
        self, *, invoices: Collection[str] = (), payments: Collection[str] = ()
    ) -> Family:
        """The payments that hang together with some invoices or payments, and their ledger.

        Where store credit came up or was used, all payments of the customer belong to it, which
        raises ListNeeded as long as they are not kept.
        """
        for one in payments:
            if one in self._families:
                return self._families[one]
        book = await self._book(set(invoices), set(payments))
        if _has_credit(book):
            if not self.has_payments:
                raise ListNeeded(PAYMENTS)
            customers = {self._payer(one.id) for one in book.payments}
            more = {one for customer in customers for one in self._of_customer[customer]}
            more |= {one.id for one in book.payments}
            book = await self._book({one.id for one in book.invoices}, more)
            if any(share.unknown for share in allocate(book).values()):
                book = await self._with_refunds(book, customers)
        found = Family(
            payments=tuple(one.id for one in sorted(book.payments, key=ledger.order)),
            ledger=ledger.dump(book),
        )
        self._families |= dict.fromkeys(found.payments, found)
        return found

    async def _with_refunds(self, book: Ledger, customers: Collection[str]) -> Ledger:
        """With the customers' refund invoices, which are credit as well."""
        if not self.has_invoices:
            raise ListNeeded(INVOICES)
        refunds = {
            id_
            for id_, one in self._invoices.items()
            if one is not None and one.owed and one.owed.minor < 0 and one.customer in customers
        }
        return await self._book(
            {one.id for one in book.invoices} | refunds, {one.id for one in book.payments}
        )

    async def _book(self, invoices: set[str], payments: set[str]) -> Ledger:
        """Everything that these lead to, by the invoices that payments name and back."""
        seen_invoices: dict[str, Owed] = {}
        seen_payments: dict[str, Paid] = {}
        looked: set[str] = set()
        while invoices or payments:
            for id_ in payments - seen_payments.keys():
                row = await self.payment(id_)
                paid = None if row is None or is_declined(row) else self._paid(row)
                if paid is not None:
                    seen_payments[id_] = paid
                    invoices |= set(paid.invoices)
            payments = set()
            for id_ in invoices - looked:
                looked.add(id_)
                one = await self._kept(id_)
                payments |= self._of_invoice[id_]
                if one is not None:
                    payments |= set(one.payments or ())
                if one is not None and one.owed is not None:
                    seen_invoices[id_] = one.owed
            invoices = set()
            payments -= seen_payments.keys()
            payments = {id_ for id_ in payments if not self._is_out(id_)}
        return Ledger(
            invoices=tuple(seen_invoices.values()),
            payments=tuple(seen_payments.values()),
            start=self._start,
        )

    def _is_out(self, id_: str) -> bool:
        """Whether a payment is known to be deleted, declined or unreadable."""
        if id_ not in self._payments:
            return False
        row = self._payments[id_]
        return row is None or is_declined(row) or self._paid(row) is None

    async def _kept(self, id_: str) -> _Invoice | None:
        known = id_ in self._invoices
        one = self._invoices.get(id_)
        if not known or (one is not None and one.payments is None and not self.has_payments):
            await self.invoice(id_)
        return self._invoices[id_]

    def _payer(self, payment: str) -> str:
        row = self._payments.get(payment)
        return _customer(row) if row is not None else ""

    def _owed(self, row: Row) -> Owed | None:
        try:
            return owed_of(row, self._view)
        except RecordRejected:
            return None

    def _paid(self, row: Row) -> Paid | None:
        try:
            return paid_of(row, self._view)
        except RecordRejected:
            return None


def _ids(named: object) -> Iterator[str]:
    return (str(one["id"]) for one in objects(named) if one.get("id"))


def _customer(payment: Row) -> str:
    return str(object_of(payment.get("customer")).get("id") or payment.get("customer_id") or "")


def _has_credit(book: Ledger) -> bool:
    shares = allocate(book)
    return any(one.spends or shares[one.id].rest > 0 for one in book.payments)


def _order(created: list[str]) -> str:
    if created == sorted(created, reverse=True):
        return DESCENDING
    return ASCENDING if created == sorted(created) else ""
