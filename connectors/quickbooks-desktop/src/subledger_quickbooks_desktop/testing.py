"""The simulated QuickBooks Desktop and its Web Connector, as the outside of any contract."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Final

from attrs import define, field
from lxml import etree

from subledger.errors import TemporaryError
from subledger.model import Kind, kinds
from subledger.money import Money
from subledger.runtime import Http
from subledger.testing import Clock, Held, Written, nowhere
from subledger_quickbooks_desktop.simulator.quickbooks import CompanyFile, create_sample_company
from subledger_quickbooks_desktop.simulator.web_connector import (
    Reply,
    RunResult,
    TransportError,
    WebConnector,
    add_to_company,
)

RECEIVABLES: Final = "Accounts Receivable"
PAYABLES: Final = "Accounts Payable"
CARD: Final = "PEX Card Account"
BANK: Final = "Operating Checking"
BOUGHT: Final = "Cable"
"""An item that is bought and sold; the other one of the sample company is only sold."""
_CREDITS: Final = (
    *("Check", "CreditCardCharge", "CreditMemo", "ReceivePayment"),
    *("Bill", "ItemReceipt"),
)
"""Documents that lower their register."""
_READ: Final[Mapping[str, tuple[Kind, str]]] = {
    "Invoice": (kinds.INVOICE, RECEIVABLES),
    "CreditMemo": (kinds.CREDIT_MEMO, RECEIVABLES),
    "SalesReceipt": (kinds.SALES_RECEIPT, ""),
    "ReceivePayment": (kinds.PAYMENT, RECEIVABLES),
    "Bill": (kinds.BILL, PAYABLES),
    "VendorCredit": (kinds.VENDOR_CREDIT, PAYABLES),
    "BillPaymentCheck": (kinds.BILL_PAYMENT, PAYABLES),
    "BillPaymentCreditCard": (kinds.BILL_PAYMENT, PAYABLES),
}
"""The documents that are read as a source, by the words of the books, and the account that each
moves: empty for the one that it names.
"""
_PERCENT: Final = re.compile(rb"<(?:\w+:)?receiveResponseXMLResult>(-?\d+)<")


@cache
def _sample(year: int) -> bytes:
    company = CompanyFile(":memory:", lambda: dt.datetime(year, 1, 1, tzinfo=dt.UTC))
    create_sample_company(company, year_start=dt.date(year, 1, 1), closing_date=None)
    company.human.add_list_object(
        "ItemNonInventory",
        {
            "Name": BOUGHT,
            "SalesAndPurchase": {
                "IncomeAccountRef": {"FullName": "Services Income"},
                "ExpenseAccountRef": {"FullName": "Cost of Goods Sold"},
            },
        },
    )
    return company.store.snapshot()


@define(eq=False)
class QuickBooksDesktopOutside:
    """The sample company on a computer with a Web Connector, without a socket.

    ``progress`` are the percentages of the last poll, ``polls`` what became of each.
    """

    clock: Clock
    http: Http = nowhere
    company: CompanyFile = field(init=False)
    progress: list[int] = field(factory=list)
    polls: list[RunResult] = field(factory=list)
    _application: Mapping[str, str] = field(factory=dict)
    _password: str = ""
    _already: frozenset[str] = frozenset()

    @company.default
    def _opened(self) -> CompanyFile:
        company = CompanyFile(":memory:", self.clock)
        company.store.load_snapshot(_sample(self.clock().year))
        return company

    def __attrs_post_init__(self) -> None:
        self._already = frozenset(one["txn_id"] for one in self.company.documents())

    @property
    def settings(self) -> Mapping[str, Any]:
        """The connection's table: nothing has to be said."""
        return {}

    def enrol(self, file: bytes, password: str) -> None:
        """Adds the .qwc file to the Web Connector, and types the password."""
        self._password = password
        self._application = {str(one.tag): one.text or "" for one in etree.fromstring(file)}
        add_to_company(
            self.company,
            app_name=self._application["AppName"],
            owner_id=self._application["OwnerID"],
            file_id=self._application["FileID"],
        )

    async def poll(self, http: Http) -> None:
        """One run of the Web Connector."""
        self.progress.clear()
        connector = WebConnector(
            _Transport(self._application["AppURL"], http, self.progress),
            self.company,
            username=self._application["UserName"],
            password=self._password,
            app_name=self._application["AppName"],
            owner_id=self._application["OwnerID"],
            clock=self.clock,
        )
        self.polls.append(await connector.run_once())

    def documents(self) -> Sequence[Written]:
        """What was posted since, voided documents as zero."""
        return [
            Written(
                type=one["type"],
                id=one["txn_id"],
                date=dt.date.fromisoformat(one["date"]),
                amount=_moved(one),
                memo=one["memo"],
                text=repr(one),
            )
            for one in self.company.documents()
            if one["txn_id"] not in self._already
        ]

    def holds(self) -> Iterable[Held]:
        """The documents that the company has as a source, with what its ledger shows of each."""
        for one in self.company.documents():
            if one["type"] in _READ:
                kind, register = _READ[one["type"]]
                postings = self.company.postings(one["txn_id"])
                amounts = [each for name, each in postings if name == (register or one["account"])]
                yield Held(
                    id=one["txn_id"],
                    kind=kind,
                    version=one,
                    date=dt.date.fromisoformat(one["date"]),
                    moves=Money.of(sum(amounts, Decimal(0))),
                )

    def edit(self, id: str) -> None:  # noqa: A002 - the field's own name
        """A person adds a remark."""
        (one,) = (one for one in self.documents() if one.id == id)
        journal = one.type == "JournalEntry"  # which has memos on its lines only
        remark = {"RefNumber": "ANN"} if journal else {"Memo": f"{one.memo} seen by Ann"}
        self.company.human.edit_document(id, remark)


def _moved(one: Mapping[str, Any]) -> Decimal:
    """What a document moves on its register: receivables, payables, or its own account."""
    of = {RECEIVABLES, PAYABLES, CARD}
    lines = [line["amount"] for line in one["lines"] if line["account"] in of]
    if one["voided"]:
        return Decimal(0)
    if one["type"] in ("JournalEntry", "Check") and lines:
        return sum(lines, Decimal(0))
    return -one["amount"] if one["type"] in _CREDITS else Decimal(one["amount"])


@define
class _Transport:
    """Carries SOAP calls to the peer."""

    url: str
    http: Http
    progress: list[int]

    async def post(self, action: str, body: bytes) -> Reply:
        """One call. Raises TransportError where no reply came."""
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
        try:
            answer = await self.http("POST", self.url, headers=headers, body=body, timeout=100.0)
        except TemporaryError as error:
            raise TransportError(str(error)) from error
        self.progress += map(int, _PERCENT.findall(answer.body))
        return Reply(status=answer.status, headers=answer.headers, body=answer.body)
