"""Documents in another currency, through the door: JSON, XML, and a client by others."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from subledger_quickbooks_online.simulator import xmlform

from .bodies import TRANSACTIONS, sale

EUR = {"value": "EUR"}
WITH_PARTY = sorted(
    {*TRANSACTIONS} - {"Deposit", "JournalEntry", "Purchase", "Transfer"}
)  # the others have no customer and no vendor: they name their currency themselves


@pytest.fixture
def place(app):
    """What the bodies refer to, in a company whose customer and vendor are kept in euros."""
    app.person.set_preferences({"CurrencyPrefs.MultiCurrencyEnabled": True})
    app.post("companycurrency", {"Code": "EUR"})

    def ref(entity, body):
        return {"value": app.post(entity.lower(), body)[entity]["Id"]}

    def account(kind, name):
        return ref("Account", {"Name": name, "AccountType": kind})

    income = account("Income", "Door income")
    return SimpleNamespace(
        income=income,
        expense=account("Expense", "Door expense"),
        bank=account("Bank", "Door bank"),
        savings=account("Bank", "Door savings"),
        card=account("Credit Card", "Door card"),
        item=ref("Item", {"Name": "Advice", "Type": "Service", "IncomeAccountRef": income}),
        customer=ref("Customer", {"DisplayName": "Kunde", "CurrencyRef": EUR}),
        vendor=ref("Vendor", {"DisplayName": "Lieferant", "CurrencyRef": EUR}),
    )


@pytest.mark.parametrize("name", sorted(TRANSACTIONS))
def test_documents_show_currency_and_rate(app, place, schema, name):
    """In both forms a document has its currency with its name, and the rate; both are valid."""
    body = TRANSACTIONS[name](place)
    if name not in WITH_PARTY:
        body["CurrencyRef"] = EUR
    made = app.post(name.lower(), body)[name]
    assert (made["CurrencyRef"], made["ExchangeRate"]) == (
        {"value": "EUR", "name": "Euro"},
        Decimal("1.09"),
    )
    assert xmlform.unknown(name, made) == []
    root = app.xml("GET", f"{name.lower()}/{made['Id']}")
    schema.assertValid(root)
    shown = xmlform.from_element(root[0])
    for member in ("CurrencyRef", "ExchangeRate", "HomeTotalAmt", "HomeBalance"):
        assert shown.get(member) == made.get(member)


def test_a_body_with_what_was_shown_is_taken_back(app, place):
    """A client may send the whole object again: the rate stays, home amounts are counted anew."""
    made = app.post("invoice", {**sale(place), "ExchangeRate": Decimal("1.2")})["Invoice"]
    again = app.post("invoice", {**made, "HomeTotalAmt": 1})["Invoice"]
    assert (again["ExchangeRate"], again["HomeTotalAmt"]) == (Decimal("1.2"), 120)


def test_a_rate_of_another_day_stays(app, place):
    """A document that was written keeps its rate when the table of rates changes."""
    made = app.post("invoice", sale(place))["Invoice"]
    app.post("exchangerate", {"SourceCurrencyCode": "EUR", "Rate": Decimal("1.5")})
    body = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"}
    assert app.post("invoice", body)["Invoice"]["ExchangeRate"] == Decimal("1.09")
    assert app.post("invoice", sale(place))["Invoice"]["ExchangeRate"] == Decimal("1.5")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_client_by_others_works_in_euros(qb, library):
    """python-quickbooks switches currencies on, makes a customer and an invoice in euros."""
    objects = library.objects
    customer = {"DisplayName": "Kunde", "CurrencyRef": EUR}
    with pytest.raises(library.exceptions.QuickbooksException) as refused:
        objects.Customer.from_json(customer).save(qb=qb)
    assert refused.value.error_code == 6000, "control: not before it is switched on"
    preferences = objects.Preferences.get(qb=qb)
    preferences.CurrencyPrefs.MultiCurrencyEnabled = True
    preferences.save(qb=qb)
    library.CompanyCurrency.from_json({"Code": "EUR"}).save(qb=qb)
    made = objects.Customer.from_json(customer).save(qb=qb)
    item = objects.Item.filter(max_results=1, qb=qb)[0]
    body = sale(SimpleNamespace(customer=made.to_ref().to_dict(), item={"value": item.Id}))
    body["ExchangeRate"] = 1.2  # the library sends the rate 1 where none is said
    invoice = objects.Invoice.from_json(body).save(qb=qb)
    found = objects.Invoice.get(invoice.Id, qb=qb)
    assert (found.CurrencyRef.value, found.CurrencyRef.name) == ("EUR", "Euro")
    assert (found.TotalAmt, found.ExchangeRate, found.HomeTotalAmt) == (100, 1.2, 120)
    assert objects.Customer.get(made.Id, qb=qb).CurrencyRef.value == "EUR"
