"""A company in memory, and short words for the things that are done in it."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest

from subledger_quickbooks_online.simulator.company import Company, CompanyFault

JSON = dict[str, Any]
START = dt.datetime(2025, 3, 3, 18, 0, tzinfo=dt.UTC)
CALIFORNIA = {"CountrySubDivisionCode": "CA"}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        """Tell the moment."""
        return self.now

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.now += dt.timedelta(**by)


class Desk:
    """Somebody who works with the company; amounts may be written as text."""

    def __init__(self, company: Company, clock: Clock) -> None:
        self.company = company
        self.clock = clock

    # Names

    def customer(self, name: str = "Acme", **more: Any) -> str:
        """A new customer's Id."""
        return str(self.company.create("Customer", {"DisplayName": name, **more})["Id"])

    def vendor(self, name: str = "Depot", **more: Any) -> str:
        """A new vendor's Id."""
        return str(self.company.create("Vendor", {"DisplayName": name, **more})["Id"])

    def account(self, name: str, kind: str = "Expense", **more: Any) -> str:
        """A new account's Id."""
        body = {"Name": name, "AccountType": kind, **more}
        return str(self.company.create("Account", body)["Id"])

    # Documents

    def sale(self, entity: str, customer: str, amount: str = "100", **more: Any) -> JSON:
        """A sales form with one line."""
        line = self.item_line(amount, tax=more.pop("tax", "NON"))
        body = {"CustomerRef": {"value": customer}, "Line": [line], **more}
        return self.company.create(entity, body)

    def invoice(self, customer: str, amount: str = "100", **more: Any) -> JSON:
        """An invoice with one line."""
        return self.sale("Invoice", customer, amount, **more)

    def payment(self, customer: str, amount: str, *links: tuple[JSON, str, str]) -> JSON:
        """A payment with (document, TxnType, amount) links."""
        body = {
            "CustomerRef": {"value": customer},
            "TotalAmt": Decimal(amount),
            "Line": [self.link(*each) for each in links],
        }
        return self.company.create("Payment", body)

    def bill(self, vendor: str, amount: str = "200", **more: Any) -> JSON:
        """A bill with one line."""
        return self.purchase_like("Bill", vendor, amount, **more)

    def purchase_like(self, entity: str, vendor: str, amount: str, **more: Any) -> JSON:
        """A bill, vendor credit or purchase order with one line."""
        body = {"VendorRef": {"value": vendor}, "Line": [self.expense_line(amount)], **more}
        return self.company.create(entity, body)

    def bill_payment(self, vendor: str, amount: str, *links: tuple[JSON, str, str]) -> JSON:
        """A cheque with (document, TxnType, amount) links."""
        body = {
            "VendorRef": {"value": vendor},
            "PayType": "Check",
            "TotalAmt": Decimal(amount),
            "CheckPayment": {"BankAccountRef": {"value": "35"}},
            "Line": [self.link(*each) for each in links],
        }
        return self.company.create("BillPayment", body)

    def purchase(self, amount: str = "42.17", **more: Any) -> JSON:
        """A card purchase with one line."""
        body = {
            "PaymentType": "CreditCard",
            "AccountRef": {"value": "42"},
            "Line": [self.expense_line(amount)],
            **more,
        }
        return self.company.create("Purchase", body)

    def journal(self, amount: str = "10", debit: str = "13", credit: str = "35") -> JSON:
        """A journal entry of two lines."""
        lines = [self.journal_line("Debit", debit, amount)]
        lines.append(self.journal_line("Credit", credit, amount))
        return self.company.create("JournalEntry", {"Line": lines})

    # Lines

    @staticmethod
    def item_line(amount: str, *, item: str = "1", tax: str = "NON", **detail: Any) -> JSON:
        """A line of a sales form."""
        inner = {"ItemRef": {"value": item}, "TaxCodeRef": {"value": tax}, **detail}
        return {
            "Amount": Decimal(amount),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": inner,
        }

    @staticmethod
    def expense_line(amount: str, account: str = "13", **detail: Any) -> JSON:
        """A line of a purchase."""
        return {
            "Amount": Decimal(amount),
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}, **detail},
        }

    @staticmethod
    def journal_line(side: str, account: str, amount: str, **detail: Any) -> JSON:
        """A line of a journal entry."""
        return {
            "Amount": Decimal(amount),
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {
                "PostingType": side,
                "AccountRef": {"value": account},
                **detail,
            },
        }

    @staticmethod
    def link(target: JSON, txn_type: str, amount: str) -> JSON:
        """A line of a payment."""
        linked = {"TxnId": target["Id"], "TxnType": txn_type}
        return {"Amount": Decimal(amount), "LinkedTxn": [linked]}

    # Looking

    def again(self, entity: str, shown: JSON) -> JSON:
        """The object as it is now."""
        return self.company.read(entity, shown["Id"])

    def token(self, entity: str, shown: JSON) -> JSON:
        """Id and current SyncToken."""
        return {"Id": shown["Id"], "SyncToken": self.again(entity, shown)["SyncToken"]}

    def change(self, entity: str, shown: JSON, **more: Any) -> JSON:
        """A sparse update with the current SyncToken."""
        return self.company.update(entity, {**self.token(entity, shown), "sparse": True, **more})

    def refused(self, call: Callable[..., Any], *args: Any, **more: Any) -> CompanyFault:
        """The fault of a call that must leave the ledger as it was."""
        before = self.company.trial_balance()
        with pytest.raises(CompanyFault) as caught:
            call(*args, **more)
        assert self.company.trial_balance() == before
        return caught.value

    def balance(self, account: str) -> Decimal:
        """An account's balance, debit positive."""
        return self.company.trial_balance()[account]

    def ids(self, statement: str) -> list[str]:
        """The Ids that a query finds, in order."""
        answer = self.company.query(statement)
        rows = next((value for value in answer.values() if isinstance(value, list)), [])
        return [row["Id"] for row in rows]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_desk(clock: Clock) -> Callable[..., Desk]:
    def opened(preferences: Mapping[str, Any] = {}, **switches: Any) -> Desk:
        company = Company.open(":memory:", "4620816365", clock, preferences=preferences)
        company.configure(**switches)
        return Desk(company, clock)

    return opened


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    """A desk in a US company with automated sales tax."""
    return open_desk()
