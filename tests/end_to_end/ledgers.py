"""Two simulated general ledgers, seen and used in the same way by the tests."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Protocol

from attrs import define, field, frozen

from subledger.model.marker import parse_marker
from subledger_quickbooks_desktop.simulator.quickbooks import CompanyFile
from subledger_quickbooks_online.simulator import Person, Simulation


@frozen(kw_only=True)
class Paper:
    """A document of ours in the books; ``open`` is what is left to pay or to apply."""

    mark: str
    type: str
    id: str
    date: dt.date
    number: str
    party: str
    items: tuple[str, ...]
    open: Decimal
    voided: bool
    raw: Mapping[str, Any] = field(repr=False)


class Ledger(Protocol):
    """What the tests ask of a company's books, and what a person does in them."""

    names: Mapping[str, str]
    """Accounts by what they are for."""

    def papers(self) -> Iterator[Paper]:
        """The documents that carry a mark."""
        ...

    def change(self, paper: Paper, account: str) -> Decimal:
        """What a document changes in an account, debit positive."""
        ...

    def trial_balance(self) -> Mapping[str, Decimal]:
        """Balances by account, debit positive."""
        ...

    def entries(self, kind: str) -> Mapping[str, Mapping[str, Any]]:
        """The active entries of a list by full name."""
        ...


@define
class OnlineLedger:
    """A company in QuickBooks Online."""

    simulation: Simulation
    names: Mapping[str, str] = field(
        factory=lambda: {
            "receivables": "Accounts Receivable (A/R)",
            "payables": "Accounts Payable (A/P)",
            "undeposited": "Undeposited Funds",
            "bank": "Checking",
            "income": "Sales of Product Income",
            "cost": "Cost of Goods Sold",
            "expense": "Supplies",
            "stock": "Inventory Asset",
        }
    )

    @property
    def company(self) -> Any:
        """The books."""
        return self.simulation.company

    @property
    def person(self) -> Person:
        """Somebody who works in them."""
        return Person(simulation=self.simulation, realm=self.simulation.chosen_realm)

    def papers(self) -> Iterator[Paper]:
        """The documents that carry a mark."""
        for raw in self.company.documents():
            note = raw.get("PrivateNote", "")
            mark = parse_marker(note.removeprefix("Voided - "))
            if mark is None:
                continue
            party = raw.get("CustomerRef") or raw.get("VendorRef") or raw.get("EntityRef") or {}
            details = [line.get(line.get("DetailType", ""), {}) for line in raw.get("Line", ())]
            yield Paper(
                mark=mark,
                type=raw["entity"],
                id=raw["Id"],
                date=dt.date.fromisoformat(raw["TxnDate"]),
                number=raw.get("DocNumber") or raw.get("PaymentRefNum", ""),
                party=party.get("name", ""),
                items=tuple(d["ItemRef"]["name"] for d in details if "ItemRef" in d),
                open=Decimal(raw.get("UnappliedAmt", raw.get("Balance", "0"))),
                voided=note.startswith("Voided"),
                raw=raw,
            )

    def change(self, paper: Paper, account: str) -> Decimal:
        """What a document changes in an account, debit positive."""
        postings = self.company.postings(paper.id)
        return sum((p.amount for p in postings if p.account == account), Decimal(0))

    def trial_balance(self) -> Mapping[str, Decimal]:
        """Balances by account, debit positive."""
        return self.company.trial_balance()

    def entries(self, kind: str) -> Mapping[str, Mapping[str, Any]]:
        """The active entries of a list by full name."""
        entity = {"customer": "Customer", "vendor": "Vendor", "item": "Item"}[kind]
        rows = self.company.query(f"select * from {entity} maxresults 1000").get(entity, ())
        return {
            row.get("FullyQualifiedName") or row.get("DisplayName") or row["Name"]: row
            for row in rows
        }

    def add_item(self, name: str) -> None:
        """A person enters a service item."""
        account = self._id("Account", self.names["income"])
        self.person.create(
            "Item", {"Name": name, "Type": "Service", "IncomeAccountRef": {"value": account}}
        )

    def add_customer(self, name: str) -> str:
        """A person enters a customer; its Id."""
        return str(self.person.create("Customer", {"DisplayName": name})["Id"])

    def enter_invoice(
        self, customer: str, number: str, amount: Decimal, day: dt.date | None = None
    ) -> str:
        """A person writes an invoice for the customer of an Id; its own Id."""
        item = self.entries("item")["Labour"]["Id"]
        line = {
            "Amount": amount,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": item}},
        }
        body = {"CustomerRef": {"value": customer}, "DocNumber": number, "Line": [line]}
        if day is not None:
            body["TxnDate"] = day.isoformat()
        return str(self.person.create("Invoice", body)["Id"])

    def receive(self, customer: str, number: str, amount: Decimal) -> str:
        """A person records what a customer paid on an invoice; the payment's Id."""
        (invoice,) = self.company.query(f"select * from Invoice where DocNumber = '{number}'")[
            "Invoice"
        ]
        linked = [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
        body = {
            "CustomerRef": {"value": self._id("Customer", customer)},
            "TotalAmt": amount,
            "Line": [{"Amount": amount, "LinkedTxn": linked}],
        }
        return str(self.person.create("Payment", body)["Id"])

    def delete_payment(self, payment: str) -> None:
        """A person deletes what was received."""
        self.person.delete("Payment", payment)

    def add_tax(self, name: str, *rates: tuple[str, str]) -> None:
        """A person sets a sales tax up: its parts with their percentages."""
        details = [
            {
                "TaxRateName": part,
                "RateValue": percent,
                "TaxAgencyId": "1",
                "TaxApplicableOn": "Sales",
            }
            for part, percent in rates
        ]
        self.company.tax_service({"TaxCode": name, "TaxRateDetails": details})

    def close_books(self, day: dt.date | None) -> None:
        """A person closes the books up to a day."""
        self.person.close_books(day)

    def _id(self, entity: str, name: str) -> str:
        field_ = "FullyQualifiedName" if entity in ("Account", "Item") else "DisplayName"
        (found,) = self.company.query(f"select * from {entity} where {field_} = '{name}'")[entity]
        return str(found["Id"])

    def deactivate_account(self, name: str) -> None:
        """A person makes an account inactive."""
        self.person.inactivate("Account", self._id("Account", name))

    def activate_account(self, name: str) -> None:
        """A person makes it active again, under its old name."""
        gone = f"{name} (deleted)"
        query = f"select * from Account where Name = '{gone}' and Active = false"
        (found,) = self.company.query(query)["Account"]
        self.person.edit("Account", found["Id"], {"Active": True, "Name": name})


_DESKTOP_LISTS = {
    "customer": ("Customer",),
    "vendor": ("Vendor",),
    "item": ("ItemService", "ItemNonInventory", "ItemInventory", "ItemOtherCharge"),
}


@define
class DesktopLedger:
    """A company file of QuickBooks Desktop."""

    books: CompanyFile
    names: Mapping[str, str] = field(
        factory=lambda: {
            "receivables": "Accounts Receivable",
            "payables": "Accounts Payable",
            "undeposited": "Undeposited Funds",
            "bank": "Operating Checking",
            "income": "Services Income",
            "cost": "Cost of Goods Sold",
            "expense": "Office Supplies",
            "stock": "",
        }
    )

    def papers(self) -> Iterator[Paper]:
        """The documents that carry a mark."""
        for raw in self.books.documents():
            mark = parse_marker(raw["memo"].removeprefix("VOID:"))
            if mark is None:
                continue
            yield Paper(
                mark=mark,
                type=raw["type"],
                id=raw["txn_id"],
                date=dt.date.fromisoformat(raw["date"]),
                number=raw["ref_number"],
                party=raw["payee"],
                items=tuple(line["item"] for line in raw["lines"] if line["item"]),
                open=self._open(raw),
                voided=bool(raw["voided"]),
                raw=raw,
            )

    def _open(self, raw: Mapping[str, Any]) -> Decimal:
        rows = self.books.store.all(
            "SELECT total(cents) FROM link WHERE (source=? OR target=?) AND via<>''",
            (raw["txn_id"], raw["txn_id"]),
        )
        return Decimal(raw["amount"]) - Decimal(int(rows[0][0])) / 100

    def change(self, paper: Paper, account: str) -> Decimal:
        """What a document changes in an account, debit positive."""
        rows = self.books.store.all(
            "SELECT total(cents) FROM posting JOIN list_object ON list_object.id=account"
            " WHERE document=? AND full_name=?",
            (paper.id, account),
        )
        return Decimal(int(rows[0][0])) / 100

    def trial_balance(self) -> Mapping[str, Decimal]:
        """Balances by account, debit positive."""
        return self.books.trial_balance()

    def entries(self, kind: str) -> Mapping[str, Mapping[str, Any]]:
        """The active entries of a list by full name."""
        rows = self.books.store.all("SELECT kind, full_name, body FROM list_object WHERE active=1")
        return {name: {"body": body} for of, name, body in rows if of in _DESKTOP_LISTS[kind]}

    def add_item(self, name: str) -> None:
        """A person enters a service item."""
        account = {"AccountRef": {"FullName": self.names["income"]}}
        self.books.human.add_list_object(
            "ItemService", {"Name": name, "SalesOrPurchase": {"Price": "1.00", **account}}
        )

    def add_customer(self, name: str) -> str:
        """A person enters a customer; its ListID."""
        return self.books.human.add_list_object("Customer", {"Name": name})

    def enter_invoice(self, customer: str, number: str, amount: Decimal, day: dt.date) -> str:
        """A person writes an invoice for the customer of a ListID; its TxnID."""
        item = {"FullName": "Labour"}
        line = {"ItemRef": item, "Rate": f"{amount:.2f}", "Quantity": "1"}
        body = {
            "CustomerRef": {"ListID": customer},
            "TxnDate": day.isoformat(),
            "RefNumber": number,
            "InvoiceLineAdd": [line],
        }
        return self.books.human.add_document("Invoice", body)

    def receive(self, customer: str, number: str, amount: Decimal) -> str:
        """A person records what a customer paid on an invoice; the payment's TxnID."""
        (invoice,) = self.books.store.all("SELECT id FROM document WHERE ref=?", (number,))
        return self.books.human.add_document(
            "ReceivePayment",
            {
                "CustomerRef": {"FullName": customer},
                "TotalAmount": f"{amount:.2f}",
                "AppliedToTxnAdd": [{"TxnID": invoice[0], "PaymentAmount": f"{amount:.2f}"}],
            },
        )

    def delete_payment(self, payment: str) -> None:
        """A person deletes what was received."""
        self.books.human.delete_document(payment)

    def add_tax(self, name: str, *rates: tuple[str, str]) -> None:
        """A person sets a sales tax up: an item, or a group of several."""
        human = self.books.human
        if "State" not in self._vendors():
            human.add_list_object("Vendor", {"Name": "State"})
        agency = {"TaxVendorRef": {"FullName": "State"}}
        if len(rates) == 1:
            human.add_list_object("ItemSalesTax", {"Name": name, "TaxRate": rates[0][1], **agency})
            return
        for part, percent in rates:
            human.add_list_object("ItemSalesTax", {"Name": part, "TaxRate": percent, **agency})
        parts = [{"FullName": part} for part, _ in rates]
        human.add_list_object("ItemSalesTaxGroup", {"Name": name, "ItemSalesTaxRef": parts})

    def _vendors(self) -> Mapping[str, Any]:
        return self.entries("vendor")

    def close_books(self, day: dt.date | None) -> None:
        """A person closes the books up to a day."""
        self.books.human.set_closing_date(day)

    def deactivate_account(self, name: str) -> None:
        """A person makes an account inactive."""
        self.books.human.deactivate_account(name)


def papers_by_mark(ledger: Ledger) -> dict[str, Paper]:
    """The documents of ours that stand, each once."""
    found = list(ledger.papers())
    doubled = [mark for mark, n in Counter(p.mark for p in found).items() if n > 1]
    assert not doubled, f"twice in the books: {doubled}"
    return {paper.mark: paper for paper in found}
