"""A client by others, python-quickbooks, led to the simulator over real HTTP."""

import json
import warnings
from importlib import import_module
from types import SimpleNamespace
from urllib.request import Request, urlopen

import pytest

from subledger_quickbooks_online.simulator import NO_LIMITS, REALM, Simulation
from subledger_quickbooks_online.simulator.server import serving_in_thread


@pytest.fixture(scope="module")
def library():
    """The package; what it warns of while it is imported is its own affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("quickbooks", reason="python-quickbooks is not installed")
        pytest.importorskip("intuitlib", reason="intuit-oauth is not installed")
        names = ("batch", "cdc", "exceptions", "objects")
        modules = {name: import_module(f"quickbooks.{name}") for name in names}
        card = import_module("quickbooks.objects.creditcardpayment_entity")
        currency = import_module("quickbooks.objects.companycurrency")
        rate = import_module("quickbooks.objects.exchangerate")
        return SimpleNamespace(
            AuthClient=import_module("intuitlib.client").AuthClient,
            QuickBooks=import_module("quickbooks").QuickBooks,
            CreditCardPayment=card.CreditCardPayment,
            CompanyCurrency=currency.CompanyCurrency,
            ExchangeRate=rate.ExchangeRate,
            **modules,
        )


@pytest.fixture(scope="module")
def server():
    simulation = Simulation.open(switches=NO_LIMITS)
    with serving_in_thread(simulation) as url:
        yield url
    simulation.close()


def ordered(server, method, path, body=None):
    """An order to the simulator itself."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{server}/simulator/{path}", data, method=method)  # noqa: S310 - our own address
    with urlopen(request, timeout=20) as response:  # noqa: S310 - our own address
        return json.load(response)


@pytest.fixture(scope="module")
def qb(library, server):
    """The client, led to the simulator."""
    patch = pytest.MonkeyPatch()
    patch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    patch.setattr(library.QuickBooks, "api_url_v3", f"{server}/v3")
    patch.setattr(library.QuickBooks, "sandbox_api_url_v3", f"{server}/v3")
    tokens = ordered(server, "POST", "connect")
    auth = library.AuthClient(
        "simulated-client",
        "simulated-secret",
        "https://app.example/callback",
        f"{server}/.well-known/openid_configuration/",
        access_token=tokens["access_token"],
        refresh_token=tokens["refresh_token"],
    )
    client = library.QuickBooks(
        auth_client=auth,
        refresh_token=tokens["refresh_token"],
        company_id=REALM,
        minorversion=75,
    )
    yield client
    client.session.close()
    auth.close()
    patch.undo()


@pytest.fixture(scope="module")
def place(library, qb):
    """What the documents refer to, as references by name."""
    objects = library.objects

    def ref(found):
        return {"value": found.Id}

    def account(kind, name):
        made = objects.Account.from_json({"Name": name, "AccountType": kind})
        return ref(made.save(qb=qb))

    income, expense = account("Income", "Door income"), account("Expense", "Door expense")
    item = {"Name": "Door service", "Type": "Service", "IncomeAccountRef": income}
    item |= {"ExpenseAccountRef": expense}
    customer = objects.Customer.from_json({"DisplayName": "Door customer"}).save(qb=qb)
    vendor = objects.Vendor.from_json({"DisplayName": "Door vendor", "TaxIdentifier": "1"}).save(
        qb=qb
    )
    return SimpleNamespace(
        income=income,
        expense=expense,
        bank=account("Bank", "Door bank"),
        savings=account("Bank", "Door savings"),
        card=account("Credit Card", "Door card"),
        item=ref(objects.Item.from_json(item).save(qb=qb)),
        customer=ref(customer),
        vendor=ref(vendor),
    )


@pytest.fixture
def class_of(library):
    return lambda name: getattr(library.objects, name)


@pytest.fixture(scope="module")
def order(server):
    """Orders to the simulator, by method, path and body."""
    return lambda method, path, body=None: ordered(server, method, path, body)
