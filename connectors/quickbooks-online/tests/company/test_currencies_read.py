"""The connector beside documents in another currency: read as they are, never touched."""

from decimal import Decimal

import pytest

from subledger.money import Money
from subledger_quickbooks_online.company import Account
from subledger_quickbooks_online.postings import Register
from subledger_quickbooks_online.reading_documents import document_of


@pytest.fixture
def invoice(world):
    """An invoice over a hundred euros."""
    books = world.company
    books.set_preferences({"CurrencyPrefs.MultiCurrencyEnabled": True})
    books.create("CompanyCurrency", {"Code": "EUR"})
    name = {"DisplayName": "Kunde", "CurrencyRef": {"value": "EUR"}}
    line = {
        "Amount": Decimal(100),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
    }
    customer = {"value": books.create("Customer", name)["Id"]}
    return books.create("Invoice", {"CustomerRef": customer, "Line": [line]})


def register(world, shown):
    account = world.company.read("Account", shown["ARAccountRef"]["value"])
    name, kind = account["FullyQualifiedName"], account["AccountType"]
    return Register(Account(id=account["Id"], name=name, type=kind))


def test_a_document_is_read_in_its_own_currency(world, invoice):
    """A hundred euros are a hundred euros, not a hundred dollars and not a hundred and nine."""
    read = register(world, invoice)
    assert read.touches("Invoice", invoice)
    found = document_of("Invoice", invoice, read, "USD")
    assert found.amount == Money.of("100.00", "EUR")
    assert found.account == "Accounts Receivable (A/R) - EUR"


async def test_a_flow_in_dollars_leaves_it_alone(world, invoice, make, delivery):
    """Invoices in dollars are delivered beside it; neither it nor its account moves."""
    before = world.company.trial_balance()
    [posted] = await world.sink().deliver([delivery(make.document())])
    shown = world.company.read("Invoice", posted.id)
    assert shown["CurrencyRef"]["value"] == "USD"
    read = register(world, shown)
    assert document_of("Invoice", shown, read, "USD").amount.currency == "USD"
    assert not read.touches("Invoice", invoice)
    assert world.company.read("Invoice", invoice["Id"]) == invoice
    euros = "Accounts Receivable (A/R) - EUR"
    after = world.company.trial_balance()
    assert after[euros] == before[euros]
    assert after["Accounts Receivable (A/R)"] == before["Accounts Receivable (A/R)"] + Decimal(
        str(shown["TotalAmt"])
    )
