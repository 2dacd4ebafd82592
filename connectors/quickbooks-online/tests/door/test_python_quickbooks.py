"""python-quickbooks works with the simulator: links, voids, faults, files, reports."""

from urllib.request import urlopen

import pytest

from subledger_quickbooks_online.simulator import REALM

from .bodies import HOURS, TRANSACTIONS, cost, sale

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_lines_of_the_librarys_own_classes(qb, place, library):
    """Its lines carry zeros for quantity and price; the discount comes after the subtotal."""
    objects = library.objects
    invoice = objects.Invoice()
    invoice.CustomerRef = place.customer
    line = objects.SalesItemLine()
    line.Amount = 100
    line.SalesItemLineDetail = objects.SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = place.item
    discount = objects.DiscountLine()
    discount.DiscountLineDetail = objects.DiscountLineDetail()
    discount.DiscountLineDetail.PercentBased = True
    discount.DiscountLineDetail.DiscountPercent = 10
    invoice.Line = [line, discount]
    found = objects.Invoice.get(invoice.save(qb=qb).Id, qb=qb)
    assert [one.Amount for one in found.Line] == [100, 100, 10]
    assert (found.TotalAmt, found.Line[2].DiscountLineDetail.DiscountPercent) == (90, 10)


def test_looking_for_objects(qb, place, class_of):
    """Pages, orders, choices and counts: every way in which the library asks."""
    kind = class_of("Invoice")
    ids = [kind.from_json(sale(place)).save(qb=qb).Id for _ in range(3)]
    assert [one.Id for one in kind.choose(ids[:2], qb=qb)] == ids[1::-1]
    assert [one.Id for one in kind.filter(Id=ids[0], qb=qb)] == ids[:1]
    found = kind.filter(order_by="Id DESC", start_position=2, max_results=1, qb=qb)
    assert [one.Id for one in found] == [ids[1]]
    found = kind.all(order_by="MetaData.CreateTime", max_results=1000, qb=qb)
    assert [one.Id for one in found][-3:] == ids
    assert kind.count(qb=qb) == len(found)
    statement = f"select Id, TotalAmt from Invoice where Id in ('{ids[0]}')"
    assert [one.TotalAmt for one in kind.query(statement, qb=qb)] == [100]


def test_a_card_payment(qb, place, library):
    """Paying a card from a bank account has a path and a root of its own."""
    body = {"Amount": 10, "BankAccountRef": place.bank, "CreditCardAccountRef": place.card}
    made = library.CreditCardPayment.from_json(body).save(qb=qb)
    assert made.Amount == 10
    assert [one.Id for one in library.CreditCardPayment.all(qb=qb)] == [made.Id]
    made.Amount = 11
    made = made.save(qb=qb)
    assert library.CreditCardPayment.get(made.Id, qb=qb).Amount == 11
    assert made.delete(qb=qb)["CreditCardPaymentTxn"]["status"] == "Deleted"


def test_hours(qb, place, class_of, library):
    """A time activity is made, found, changed and deleted; change data does not tell of it."""
    kind = class_of("TimeActivity")
    made = kind.from_json(HOURS["TimeActivity"](place)).save(qb=qb)
    made.Description = "on site"
    changed = made.save(qb=qb)
    assert (changed.Description, changed.SyncToken) == ("on site", "1")
    assert [one.Hours for one in kind.filter(Id=made.Id, qb=qb)] == [1]
    with pytest.raises(library.exceptions.UnsupportedException):
        library.cdc.change_data_capture([kind], "2026-03-01", qb=qb)
    assert changed.delete(qb=qb)["TimeActivity"]["status"] == "Deleted"


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


def test_change_data_capture(qb, place, library, order):
    """Changes and deletions since a moment come by entity."""
    order("POST", "clock", {"seconds": 60})
    since = order("GET", "state")["now"]
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


@pytest.mark.parametrize("name", ["Estimate", "Invoice", "PurchaseOrder"])
def test_sending(qb, place, class_of, name):
    """What the library can send is sent by e-mail."""
    made = class_of(name).from_json(TRANSACTIONS[name](place)).save(qb=qb)
    sent = made.send(qb=qb, send_to="a+b@example.com")[name]
    assert sent["EmailStatus"] == "EmailSent"


@pytest.mark.parametrize("name", ["Estimate", "Invoice", "SalesReceipt"])
def test_printing(qb, place, class_of, name):
    """What the library can print is fetched as a PDF."""
    made = class_of(name).from_json(TRANSACTIONS[name](place)).save(qb=qb)
    assert made.download_pdf(qb=qb).startswith(b"%PDF")


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
    """Company, preferences and reports are read; company and preferences are written back."""
    company = library.objects.CompanyInfo.get(REALM, qb=qb)
    company.LegalName = "Another name"
    company.save(qb=qb)
    assert library.objects.CompanyInfo.all(qb=qb)[0].LegalName == "Another name"
    preferences = library.objects.Preferences.get(qb=qb)
    preferences.EmailMessagesPrefs.EstimateMessage.Subject = "An estimate"
    preferences.save(qb=qb)
    found = library.objects.Preferences.get(qb=qb).EmailMessagesPrefs.EstimateMessage
    assert found.Subject == "An estimate"
    for name in ("BalanceSheet", "GeneralLedger", "ProfitAndLoss", "TransactionList"):
        assert qb.get_report(name)["Header"]["ReportName"] == name
    report = qb.get_report("TrialBalance", {"end_date": "2026-12-31"})
    assert report["Rows"]["Row"][-1]["group"] == "GrandTotal"


def test_currencies(qb, library):
    """The currency of the company is listed, and a rate is found and set."""
    assert [one.Name for one in library.CompanyCurrency.all(qb=qb)] == ["United States Dollar"]
    euro = library.ExchangeRate.where("SourceCurrencyCode = 'EUR'", qb=qb)[0]
    euro.Rate += 1
    euro.save(qb=qb)
    assert library.ExchangeRate.where("SourceCurrencyCode = 'EUR'", qb=qb)[0].Rate == euro.Rate


def test_an_expired_token(qb, library, order):
    """A 401 is raised as what it is; after a refresh the client goes on."""
    order("POST", "expire-tokens")
    with pytest.raises(library.exceptions.AuthorizationException):
        library.objects.Vendor.all(qb=qb)
    qb.auth_client.refresh()
    qb.session.close()
    qb._start_session()
    assert library.objects.Vendor.all(qb=qb)
