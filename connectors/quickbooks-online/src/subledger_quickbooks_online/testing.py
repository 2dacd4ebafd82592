"""The simulated QuickBooks Online as the outside of a connector under test, for any contract."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from attrs import define, field

from subledger.errors import TemporaryError
from subledger.model import Kind, kinds
from subledger.money import Money
from subledger.ports import Grant
from subledger.runtime import HttpResponse
from subledger.secret import Secret
from subledger.testing import Clock, Held, Written
from subledger_quickbooks_online.simulator import Clock as SimulatedClock
from subledger_quickbooks_online.simulator import Person, Request, Simulation, answer

ADDRESS: Final = "https://quickbooks.example"
RECEIVABLES: Final = "Accounts Receivable (A/R)"
PAYABLES: Final = "Accounts Payable (A/P)"
CARD: Final = "Visa"
BANK: Final = "Checking"
BOUGHT: Final = "Cable"
"""An item that is bought and sold; the others of a new company are only sold."""
_KINDS: Final[Mapping[str, Kind]] = {
    "Invoice": kinds.INVOICE,
    "CreditMemo": kinds.CREDIT_MEMO,
    "SalesReceipt": kinds.SALES_RECEIPT,
    "RefundReceipt": kinds.REFUND_RECEIPT,
    "Payment": kinds.PAYMENT,
    "Bill": kinds.BILL,
    "VendorCredit": kinds.VENDOR_CREDIT,
    "BillPayment": kinds.BILL_PAYMENT,
}
"""The documents that are read as a source, by the words of the books."""
_REGISTERS: Final[Mapping[str, tuple[str, str]]] = {
    **dict.fromkeys(("SalesReceipt", "RefundReceipt"), ("DepositToAccountRef", "")),
    **dict.fromkeys(("Bill", "VendorCredit", "BillPayment"), ("APAccountRef", PAYABLES)),
}
"""Which account a source's document moves, where it is not the receivables: who names it, or its
name.
"""


@define(eq=False)
class QuickBooksOnlineOutside:
    """A new company in the United States, without a socket; a person has connected it just now.

    Its receivables, payables, the card and the bank account are the registers.
    """

    clock: Clock
    simulation: Simulation = field(init=False)

    @simulation.default
    def _opened(self) -> Simulation:
        simulation = Simulation.open(clock=SimulatedClock(self.clock))
        simulation.base_url = ADDRESS
        bought = {"value": _id(simulation, "Account", "Name", "Cost of Goods Sold")}
        sold = {"value": _id(simulation, "Account", "Name", "Services")}
        item = {"Name": BOUGHT, "Type": "NonInventory"}
        simulation.company.create(
            "Item", {**item, "IncomeAccountRef": sold, "ExpenseAccountRef": bought}
        )
        return simulation

    @property
    def settings(self) -> Mapping[str, Any]:
        """The connection's table."""
        app = self.simulation.app
        return {
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "webhook_verifier": app.verifier_token,
            "base_url": ADDRESS,
            "oauth_url": ADDRESS,
        }

    def consent(self) -> Grant:
        """What a person gave us an hour ago: the access token is due to be renewed."""
        given = self.simulation.connect()
        return Grant(
            access=Secret(given["access_token"]),
            refresh=Secret(given["refresh_token"]),
            expires=self.clock(),
            facts={"realm": self.simulation.chosen_realm},
        )

    async def http(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | list[tuple[str, str]] | None = None,
        body: bytes | None = None,
        timeout: float = 30.0,  # noqa: ARG002, ASYNC109 - part of the port
    ) -> HttpResponse:
        """The door. Raises TemporaryError where the simulator keeps an answer back."""
        full = f"{url}?{urlencode(params)}" if params else url
        request = Request.of(method, full, headers=headers, body=body or b"")
        response = answer(self.simulation, request)
        if response.lost:
            raise TemporaryError("no answer")
        return HttpResponse(
            status=response.status,
            headers={name.lower(): text for name, text in response.headers.items()},
            body=response.body,
        )

    def documents(self) -> Sequence[Written]:
        """Every transaction in the books."""
        return [self._written(one) for one in self.simulation.company.documents()]

    def holds(self) -> Iterable[Held]:
        """The documents that the company has as a source."""
        for one in self.simulation.company.documents():
            if kind := _KINDS.get(one["entity"]):
                day = dt.date.fromisoformat(one["TxnDate"])
                yield Held(id=one["Id"], kind=kind, version=one, date=day, moves=self._posted(one))

    def change(self) -> None:
        """A customer comes and gets an invoice; somebody remarks on an older document."""
        company = self.simulation.company
        older = [one for one in company.documents() if one["entity"] in _KINDS]
        customer = company.create("Customer", {"DisplayName": "Just come"})
        line = {
            "Amount": Decimal(75),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
        }
        invoice = {"CustomerRef": {"value": customer["Id"]}, "Line": [line]}
        company.create("Invoice", {**invoice, "TxnDate": self.clock().date().isoformat()})
        for one in older[:1]:
            self.edit(one["Id"])

    def edit(self, id: str) -> None:  # noqa: A002 - the field's own name
        """A person adds a remark."""
        for one in self.simulation.company.documents():
            if one["Id"] == id:
                note = {"PrivateNote": f"{one.get('PrivateNote', '')} seen by Ann"}
                Person(simulation=self.simulation, realm=self.simulation.chosen_realm).edit(
                    one["entity"], id, note
                )

    def _posted(self, one: Mapping[str, Any]) -> Money:
        """What the company's ledger shows on the account that a source's document is about."""
        member, usual = _REGISTERS.get(one["entity"], ("", RECEIVABLES))
        register = one.get(member, {}).get("name", usual)
        postings = self.simulation.company.postings(one["Id"])
        amounts = [posting.amount for posting in postings if posting.account == register]
        return Money.of(sum(amounts, Decimal(0)))

    def _written(self, one: Mapping[str, Any]) -> Written:
        return Written(
            type=one["entity"],
            id=one["Id"],
            date=dt.date.fromisoformat(one["TxnDate"]),
            amount=self._moved(one),
            memo=one.get("PrivateNote", ""),
            text=json.dumps(one, default=str, ensure_ascii=False),
        )

    def _moved(self, one: Mapping[str, Any]) -> Decimal:
        """What a transaction moves on the first of the registers that it touches."""
        postings = self.simulation.company.postings(one["Id"])
        for register in (RECEIVABLES, PAYABLES, CARD, BANK):
            amounts = [posting.amount for posting in postings if posting.account == register]
            if amounts:
                return sum(amounts, Decimal(0))
        return Decimal(one.get("TotalAmt", 0))


def _id(simulation: Simulation, entity: str, name: str, value: str) -> str:
    found = simulation.company.query(f"select * from {entity} where {name} = '{value}'")
    return str(found[entity][0]["Id"])
