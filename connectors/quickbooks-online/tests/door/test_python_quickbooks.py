"""A client by others, python-quickbooks, works with the simulator over real HTTP."""

import json
import warnings
from importlib import import_module
from types import SimpleNamespace
from urllib.request import Request, urlopen

import pytest

from subledger_quickbooks_online.simulator import NO_LIMITS, REALM, Simulation
from subledger_quickbooks_online.simulator.server import serving_in_thread

from .bodies import NAMES, TRANSACTIONS, cost, sale

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


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
        return SimpleNamespace(
            AuthClient=import_module("intuitlib.client").AuthClient,
            QuickBooks=import_module("quickbooks").QuickBooks,
            CreditCardPayment=card.CreditCardPayment,
            **modules,
        )


@pytest.fixture(scope="module")
def server():
    simulation = Simulation.open(switches=NO_LIMITS)
    with serving_in_thread(simulation) as url:
        yield url
    simulation.close()


def order(server, method, path, body=None):
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
    tokens = order(server, "POST", "connect")
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


@pytest.mark.parametrize("name", sorted(NAMES))
def test_names(qb, place, class_of, name):
    """A list object is created, read, found, changed and made inactive."""
    kind = class_of(name)
    made = kind.from_json(NAMES[name](place)).save(qb=qb)
    assert int(made.Id) > 0
    found = kind.get(made.Id, qb=qb)
    label = "Name" if hasattr(found, "Name") else "DisplayName"
    text = getattr(found, label)
    assert kind.filter(qb=qb, **{label: text})[0].Id == made.Id
    assert made.Id in {one.Id for one in kind.all(qb=qb, max_results=1000)}
    setattr(found, label, f"{text} 2")
    changed = found.save(qb=qb)
    assert (getattr(changed, label), changed.SyncToken) == (f"{text} 2", "1")
    changed.Active = False
    gone = changed.save(qb=qb)
    assert gone.Active is False
    assert made.Id not in {one.Id for one in kind.all(qb=qb, max_results=1000)}
    assert kind.where(f"Active = false and Id = '{made.Id}'", qb=qb)[0].Id == made.Id


@pytest.mark.parametrize("name", sorted(TRANSACTIONS))
def test_transactions(qb, place, class_of, name, library):
    """A transaction is created, read, queried, changed and deleted."""
    kind = class_of(name)
    made = kind.from_json(TRANSACTIONS[name](place)).save(qb=qb)
    found = kind.get(made.Id, qb=qb)
    assert found.SyncToken == "0"
    found.PrivateNote = "seen by a person"
    changed = found.save(qb=qb)
    assert (changed.PrivateNote, changed.SyncToken) == ("seen by a person", "1")
    [queried] = kind.where(f"Id = '{made.Id}'", qb=qb)
    assert queried.PrivateNote == "seen by a person"
    assert kind.count(f"Id = '{made.Id}'", qb=qb) == 1
    assert changed.delete(qb=qb)[name]["status"] == "Deleted"
    with pytest.raises(library.exceptions.ObjectNotFoundException):
        kind.get(made.Id, qb=qb)


def test_a_card_payment(qb, place, library):
    """Paying a card from a bank account has a path and a root of its own."""
    body = {"Amount": 10, "BankAccountRef": place.bank, "CreditCardAccountRef": place.card}
    made = library.CreditCardPayment.from_json(body).save(qb=qb)
    assert made.Amount == 10
    assert made.delete(qb=qb)["CreditCardPaymentTxn"]["status"] == "Deleted"


@pytest.mark.parametrize("name", ["Invoice", "Payment", "SalesReceipt", "BillPayment"])
def test_voids(qb, place, class_of, name):
    """A voided document has no amount any more and says so."""
    kind = class_of(name)
    made = kind.from_json(TRANSACTIONS[name](place)).save(qb=qb)
    made.void(qb=qb)
    found = kind.get(made.Id, qb=qb)
    assert found.TotalAmt == 0
    assert "Voided" in found.PrivateNote


def test_a_payment_moves_the_invoice(qb, place, class_of):
    """Paying an invoice bumps its SyncToken and lowers its balance."""
    invoice = class_of("Invoice").from_json(sale(place)).save(qb=qb)
    links = [{"TxnId": invoice.Id, "TxnType": "Invoice"}]
    body = {
        "CustomerRef": place.customer,
        "TotalAmt": 60,
        "Line": [{"Amount": 60, "LinkedTxn": links}],
    }
    class_of("Payment").from_json(body).save(qb=qb)
    paid = class_of("Invoice").get(invoice.Id, qb=qb)
    assert (paid.Balance, paid.SyncToken) == (invoice.TotalAmt - 60, "1")


def test_the_same_request_id(qb, place, class_of):
    """Two creates with one request_id give one invoice."""
    first, second = (
        class_of("Invoice").from_json(sale(place)).save(qb=qb, request_id="door-1") for _ in "12"
    )
    assert first.Id == second.Id
    assert class_of("Invoice").from_json(sale(place)).save(qb=qb).Id != first.Id


def test_faults_are_understood(qb, place, class_of, library):
    """The library raises what it has for each range of codes."""
    body = {"DisplayName": "Door vendor"}
    with pytest.raises(library.exceptions.QuickbooksException) as told:
        class_of("Customer").from_json(body).save(qb=qb)
    assert told.value.error_code == 6240
    with pytest.raises(library.exceptions.ValidationException) as told:
        class_of("Bill").from_json({"Line": cost(place)}).save(qb=qb)
    assert told.value.error_code == 2020
    with pytest.raises(library.exceptions.QuickbooksException) as told:
        qb.query("select * from Vendor where Nonsense = '1'")
    assert told.value.error_code == 4001


def test_batches(qb, place, library):
    """Forty vendors are created, changed and found in two batches; a double one is a fault."""
    kind = library.objects.Vendor
    names = [*(f"Batch {n:02}" for n in range(40)), "Door vendor"]
    wanted = [kind.from_json({"DisplayName": name, "TaxIdentifier": "1"}) for name in names]
    made = library.batch.batch_create(wanted, qb=qb)
    assert (len(made.successes), len(made.faults)) == (40, 1)
    assert made.faults[0].Error[0].code == "6240"
    for vendor in made.successes:
        vendor.AcctNum = "A-1"
    changed = library.batch.batch_update(made.successes, qb=qb)
    assert {vendor.AcctNum for vendor in changed.successes} == {"A-1"}
    bill = library.objects.Bill
    bills = [bill.from_json(TRANSACTIONS["Bill"](place)) for _ in range(3)]
    stored = library.batch.batch_create(bills, qb=qb).successes
    gone = library.batch.batch_delete(stored, qb=qb)
    assert not gone.faults


def test_change_data_capture(qb, place, library, server):
    """Changes and deletions since a moment come by entity."""
    order(server, "POST", "clock", {"seconds": 60})
    since = order(server, "GET", "state")["now"]
    invoice = library.objects.Invoice.from_json(sale(place)).save(qb=qb)
    customer = library.objects.Customer.from_json({"DisplayName": "Changed"}).save(qb=qb)
    invoice.delete(qb=qb)
    kinds = [library.objects.Invoice, library.objects.Customer]
    found = library.cdc.change_data_capture(kinds, since, qb=qb)
    [gone] = [one for one in found.Invoice._object_list if one.Id == invoice.Id]
    assert gone.to_dict()["status"] == "Deleted"
    assert customer.Id in {one.Id for one in found.Customer._object_list}


def test_attachments(qb, place, library, tmp_path):
    """A note and two files are attached; the library's multipart body has bare line feeds."""
    bill = library.objects.Bill.from_json(TRANSACTIONS["Bill"](place)).save(qb=qb)
    path = tmp_path / "receipt.txt"
    path.write_bytes(b"thank\nyou")
    ref = {"EntityRef": {"type": "Bill", "value": bill.Id}, "IncludeOnSend": False}
    note = library.objects.Attachable.from_json({"AttachableRef": [ref], "Note": "a note"})
    assert note.save(qb=qb).Note == "a note"
    body = {"AttachableRef": [ref], "FileName": "receipt.txt", "ContentType": "text/plain"}
    from_file = library.objects.Attachable.from_json(body)
    from_file._FilePath = str(path)
    from_bytes = library.objects.Attachable.from_json({**body, "FileName": "other.txt"})
    from_bytes._FileBytes = bytes(range(256))
    for attachable, data in ((from_file, b"thank\nyou"), (from_bytes, bytes(range(256)))):
        made = attachable.save(qb=qb)
        assert made.Size == len(data)
        with urlopen(made.TempDownloadUri, timeout=20) as response:  # noqa: S310 - our own address
            assert response.read() == data
    query = f"AttachableRef.EntityRef.Type = 'bill' and AttachableRef.EntityRef.value = '{bill.Id}'"
    found = library.objects.Attachable.where(query, qb=qb)
    assert len(found) == 3
    found[0].delete(qb=qb)
    assert len(library.objects.Attachable.where(query, qb=qb)) == 2


def test_sending_and_printing(qb, place, library):
    """An invoice is sent by e-mail and fetched as a PDF."""
    invoice = library.objects.Invoice.from_json(sale(place)).save(qb=qb)
    sent = invoice.send(qb=qb, send_to="a+b@example.com")["Invoice"]
    assert sent["EmailStatus"] == "EmailSent"
    assert invoice.download_pdf(qb=qb).startswith(b"%PDF")


def test_a_tax_code(qb, library):
    """A tax code with its rate is made by the tax service and found among the codes."""
    agency = library.objects.TaxAgency.from_json({"DisplayName": "Door city"}).save(qb=qb)
    rate = library.objects.TaxRateDetails()
    rate.TaxRateName, rate.RateValue, rate.TaxAgencyId = "Door rate", 2.5, agency.Id
    service = library.objects.TaxService()
    service.TaxCode = "Door code"
    service.TaxRateDetails.append(rate)
    made = service.save(qb=qb)
    assert made.TaxCode == "Door code"
    names = {code.Name for code in library.objects.TaxCode.all(qb=qb)}
    assert {"TAX", "NON", "Door code"} <= names


def test_company_preferences_reports(qb, library):
    """Company, preferences and the trial balance are read."""
    assert library.objects.CompanyInfo.get(REALM, qb=qb).CompanyName
    assert library.objects.Preferences.get(qb=qb).AccountingInfoPrefs
    report = qb.get_report("TrialBalance", {"end_date": "2026-12-31"})
    assert report["Rows"]["Row"][-1]["group"] == "GrandTotal"


def test_an_expired_token(qb, library, server):
    """A 401 is raised as what it is; after a refresh the client goes on."""
    order(server, "POST", "expire-tokens")
    with pytest.raises(library.exceptions.AuthorizationException):
        library.objects.Vendor.all(qb=qb)
    qb.auth_client.refresh()
    qb.session.close()
    qb._start_session()
    assert library.objects.Vendor.all(qb=qb)
