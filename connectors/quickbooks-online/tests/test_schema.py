"""What is rendered has the names that Intuit's published schema has; skipped where it is absent."""

import os
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import attrs
import pytest

from subledger.model import SALES, Address, Item, ItemType, Party, Reference, Tax, Way, kinds
from subledger.money import Money
from subledger_quickbooks_online import fields
from subledger_quickbooks_online.company import Account, Company
from subledger_quickbooks_online.render import render
from subledger_quickbooks_online.render_money import Style
from subledger_quickbooks_online.render_sales import refund_link

XS = "{http://www.w3.org/2001/XMLSchema}"
IN_JSON_ONLY = frozenset({"value", "name", "type", "sparse"})


def folder():
    """The folder of the published schemas."""
    named = os.environ.get("SUBLEDGER_CONTRACTS")
    root = Path(named) if named else Path(__file__).parents[4] / "shared" / "contracts"
    return root / "qbo"


@pytest.fixture(scope="module")
def schema():
    """Element names by type, with what a type inherits, and all element names."""
    if not folder().is_dir():
        pytest.skip("the schemas of the Accounting API are not here (SUBLEDGER_CONTRACTS)")
    own, bases, every = {}, {}, set()
    for path in folder().glob("*.xsd"):
        root = ET.parse(path).getroot()  # noqa: S314 - a file of the developer's own
        every |= {node.get("name") for node in root.iter(f"{XS}element") if node.get("name")}
        for node in root.iter(f"{XS}complexType"):
            name = node.get("name")
            elements = {
                (each.get("name") or each.get("ref", "")).rpartition(":")[2]
                for each in node.iter(f"{XS}element")
            }
            own[name] = elements
            extension = node.find(f".//{XS}extension")
            bases[name] = extension.get("base").rpartition(":")[2] if extension is not None else ""

    def elements_of(name):
        return own.get(name, set()) | (elements_of(bases[name]) if bases.get(name) else set())

    return elements_of, every


def account(number, name, kind):
    return Account(id=number, name=name, type=kind)


ACCOUNTS = {
    "35": account("35", "Checking", "Bank"),
    "42": account("42", "Visa", "Credit Card"),
    "84": account("84", "A/R", "Accounts Receivable"),
    "36": account("36", "Savings", "Bank"),
    "4": account("4", "Undeposited Funds", "Other Current Asset"),
}
COMPANIES = {
    "us": Company(accounts=ACCOUNTS, location="3"),
    "other": Company(
        accounts=ACCOUNTS, country="CA", currency="USD", multi_currency=True, sales_tax=True
    ),
}


def to(kind, number):
    return Reference(kind=kind, id=number, name=f"n{number}")


FULL = Address(lines=tuple("abcdef"), city="c", region="r", postcode="p", country="US")
TERMS = to(kinds.TERMS, "3")
WEST = to(kinds.CLASS, "1")


def list_entries():
    """A customer, a vendor and an item of each type, with everything that can be said of them."""
    yield Party(
        kind=kinds.CUSTOMER,
        id="1",
        name="P:C",
        company="c",
        first_name="f",
        last_name="l",
        email="a@b.example",
        phone="1",
        mobile="2",
        address=FULL,
        terms=TERMS,
        parent=Reference(kind=kinds.CUSTOMER, id="9", name="P"),
        notes="n",
    )
    yield Party(id="2", name="V", number="7", address=FULL, terms=TERMS)
    for sort in ItemType:
        yield Item(
            id=sort,
            name="I",
            type=sort,
            sku="s",
            description="d",
            price=Decimal(1),
            cost=Decimal(1),
            income_account=to(kinds.ACCOUNT, "79"),
            expense_account=to(kinds.ACCOUNT, "80"),
            asset_account=to(kinds.ACCOUNT, "81"),
        )


def documents(make):
    """Sales and purchases with lines of every sort."""
    common = {
        "number": "N" * 30,
        "memo": "m",
        "terms": TERMS,
        "due": make.day,
        "payment_method": to(kinds.PAYMENT_METHOD, "1"),
        "payment_number": "N" * 30,
    }
    work = {"quantity": Decimal(2), "price": Decimal(30), "tax": to(kinds.TAX_CODE, "5")}
    sold = (
        make.line("60.00", taxable=True, memo="m", class_=WEST, **work),
        make.line("-5.00", account=to(kinds.ACCOUNT, "86")),
        make.line("0.00", item=None, memo="a remark"),
    )
    tax = Tax(amount=Money.of("1.00"), code=to(kinds.TAX_CODE, "2"))
    for kind in SALES:
        yield make.document(
            kind, lines=sold, tax=tax, message="hi", email="a@b.example", billing=FULL, **common
        )
    office = to(kinds.ACCOUNT, "15")
    bought = (
        make.line("50.00", account=office, customer=to(kinds.CUSTOMER, "1"), memo="x"),
        make.line("5.00", class_=WEST),
    )
    for kind in (kinds.BILL, kinds.VENDOR_CREDIT, kinds.PURCHASE_ORDER, kinds.PURCHASE):
        yield make.document(kind, lines=bought, **common)
    yield make.document(
        kinds.PURCHASE, lines=bought, party=make.customer, account=to(kinds.ACCOUNT, "42")
    )


def settlements(make):
    """Payments with credits, a refund, and payments of bills from the bank and by card."""
    paid = {"payment_method": to(kinds.PAYMENT_METHOD, "1"), "number": "7"}
    yield make.settlement(applied=[("invoice", "1", "50.00"), ("credit_memo", "2", "5.00")], **paid)
    yield make.settlement(kinds.REFUND, applied=[("credit_memo", "2", "5.00")], number="7")
    for source in ("35", "42"):
        yield make.settlement(
            kinds.BILL_PAYMENT, money=to(kinds.ACCOUNT, source), applied=[("bill", "1", "9.00")]
        )


def movements(make):
    """Money out of and into a bank and a card account, a transfer and a journal entry."""
    party = {"party": to(kinds.VENDOR, "2"), "number": "7", "memo": "m"}
    cost = (make.line("12.34", account=to(kinds.ACCOUNT, "13"), class_=WEST),)
    for where in ("35", "42"):
        for way in Way:
            yield make.movement(account=to(kinds.ACCOUNT, where), way=way, lines=cost, **party)
    savings = (make.line("12.34", account=to(kinds.ACCOUNT, "36")),)
    for kind in (kinds.TRANSFER, kinds.JOURNAL_ENTRY):
        yield make.movement(kind=kind, account=to(kinds.ACCOUNT, "35"), lines=savings, **party)


def every_entity(make):
    """One entity of each sort, with everything that can be said of it."""
    yield from list_entries()
    yield from documents(make)
    yield from settlements(make)
    yield from movements(make)


def unknown(body, top, every):
    """Names in a body that the schema lacks."""
    for name, value in body.items():
        if name not in top and name not in IN_JSON_ONLY:
            yield name
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from unknown(inner, every, every)


@pytest.mark.parametrize("company", COMPANIES)
def test_every_name_is_in_the_published_schema(schema, make, delivery, company):
    """Each entity's members are those of its type, and nothing within is made up."""
    elements_of, every = schema
    seen = set()
    for entity in every_entity(make):
        write = render(delivery(entity), COMPANIES[company], Style(bank_payments="check"))
        seen.add(write.entity)
        assert elements_of(write.entity), write.entity
        assert not list(unknown(write.body, elements_of(write.entity), every)), write.entity
        fields.check(write.entity, write.body)
    assert seen == set(fields.RULES) - {"Account", "Class"}


def test_a_made_up_name_is_noticed(schema):
    """The negative control: a name that is not in the schema is found."""
    elements_of, every = schema
    body = {"DocNumber": "1", "DocNr": "1", "Line": [{"Amount": 1, "Amt": 1}]}
    assert list(unknown(body, elements_of("Invoice"), every)) == ["DocNr", "Amt"]


def test_the_payment_that_joins_a_refund_is_in_the_schema(schema, make):
    """The second request of a refund is as well-formed as the first."""
    elements_of, every = schema
    refund = make.settlement(kinds.REFUND, applied=[("credit_memo", "2", "5.00")])
    body = refund_link(refund, {"Id": "9", "PaymentType": "Check"}, "sl:refund-1")
    assert not list(unknown(body, elements_of("Payment"), every))
    assert refund_link(attrs.evolve(refund, applications=()), {"Id": "9"}, "m") is None
