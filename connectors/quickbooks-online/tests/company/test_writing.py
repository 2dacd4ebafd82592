"""What is the same for every write: fields, tokens, sparse and full updates, references."""

import datetime as dt
from decimal import Decimal

import pytest

from subledger_quickbooks_online.simulator.company.check import clean
from subledger_quickbooks_online.simulator.company.kinds import KINDS


@pytest.mark.parametrize(
    ("entity", "body", "code", "element"),
    [
        ("Customer", {"DisplayNme": "x"}, "2010", "DisplayNme"),
        ("Customer", {"DisplayName": {"x": 1}}, "2010", None),
        ("Customer", {"DisplayName": "A", "BillAddr": "x"}, "2010", None),
        ("Customer", {"DisplayName": "A", "BillAddr": {"Strasse": "x"}}, "2010", "Strasse"),
        ("Invoice", {"CustomerRef": {"value": "1"}, "Line": {}}, "2010", None),
        ("Customer", {"DisplayName": "A", "Taxable": "maybe"}, "2010", None),
        ("Invoice", {"CustomerRef": {"value": "1"}}, "2020", "Line"),
        ("Invoice", {"CustomerRef": {"value": "1"}, "Line": []}, "2020", "Line"),
        ("Bill", {"Line": [{"Amount": 1}]}, "2020", "VendorRef"),
        ("Payment", {"CustomerRef": {"value": "1"}}, "2020", "TotalAmt"),
        ("Customer", {"DisplayName": "A" * 501}, "2050", "DisplayName"),
        ("Payment", {"PaymentRefNum": "9" * 22}, "2050", "PaymentRefNum"),
        ("Invoice", {"DocNumber": "9" * 22}, "2050", "DocNumber"),
        ("Invoice", {"PrivateNote": "9" * 4001}, "2050", "PrivateNote"),
        ("Invoice", {"Line": [{"Description": "9" * 4001}]}, "2050", "Description"),
        ("Term", {"Name": "9" * 32, "DueDays": 1}, "2050", "Name"),
        ("Customer", {"DisplayName": "A", "BillAddr": {"Line1": "9" * 501}}, "2050", "Line1"),
        ("Customer", {"PrimaryPhone": {"FreeFormNumber": "9" * 31}}, "2050", "FreeFormNumber"),
        ("Customer", {"PrimaryEmailAddr": {"Address": "9" * 101}}, "2050", "Address"),
        ("Invoice", {"CustomerMemo": {"value": "9" * 1001}}, "2050", "value"),
        ("Invoice", {"TxnDate": "03/04/2025"}, "2060", "TxnDate"),
        ("Invoice", {"TxnDate": "2025-02-30"}, "2060", "TxnDate"),
        ("Payment", {"TotalAmt": "ten"}, "2080", "TotalAmt"),
        ("Payment", {"TotalAmt": 1234567890123456}, "2090", "TotalAmt"),
        ("Purchase", {"PaymentType": "Barter"}, "2170", "PaymentType"),
        ("Invoice", {"CustomerRef": {"value": "x"}, "Line": [{"Amount": 1}]}, "2030", "Id"),
        ("Nonsense", {}, "500", None),
        ("TaxCode", {"Name": "x"}, "500", None),
    ],
)
def test_a_wrong_field_is_refused_with_its_code(desk, entity, body, code, element):
    """Every kind of wrong field has its own code and names the field."""
    fault = desk.refused(desk.company.create, entity, body)
    assert fault.code == code
    if element:
        assert fault.element == element


def test_a_length_fault_tells_both_lengths(desk):
    """2050 tells what is allowed and what was supplied."""
    fault = desk.refused(desk.company.create, "Invoice", {"DocNumber": "9" * 25})
    assert "Max:21 supplied:25" in fault.detail


def test_the_greatest_length_is_accepted(desk):
    """A text of exactly the greatest length passes."""
    assert desk.company.create("Customer", {"DisplayName": "A" * 500})["Id"] == "1"


def test_unknown_fields_can_be_dropped_by_switch(open_desk):
    """With the switch a misspelt field is ignored, as older versions did."""
    desk = open_desk(unknown_property="ignore")
    shown = desk.company.create("Customer", {"DisplayName": "A", "Shoe": 44})
    assert "Shoe" not in shown


def test_read_only_fields_and_empty_texts_are_overwritten(desk):
    """Sending back what was read, with empty texts for what is not there, does no harm."""
    body = {
        "DisplayName": "A",
        "Balance": 77,
        "Level": 0,
        "GivenName": "",
        "FullyQualifiedName": "nonsense",
        "Notes": None,
        "MetaData": {"CreateTime": "2001-01-01T00:00:00-08:00"},
    }
    shown = desk.company.create("Customer", body)
    assert (shown["Balance"], shown["FullyQualifiedName"]) == (0, "A")
    assert "GivenName" not in shown
    assert "Notes" not in shown
    assert shown["MetaData"]["CreateTime"].startswith("2025-03-03")


def test_numbers_may_come_as_text_and_dates_with_a_time(desk):
    """A number may be "10.50", and a time after the date is cut off."""
    customer = desk.customer()
    body = {
        "CustomerRef": {"value": customer},
        "TxnDate": "2025-02-01T10:00:00-08:00",
        "TotalAmt": "10.50",
    }
    shown = desk.company.create("Payment", body)
    assert (shown["TotalAmt"], shown["TxnDate"]) == (Decimal("10.50"), "2025-02-01")


def test_letters_outside_latin_1_can_be_refused_or_replaced_by_switch(open_desk):
    """US companies keep ISO-8859-1: other letters pass, are 2040, or become question marks."""
    desk = open_desk()
    assert desk.company.create("Customer", {"DisplayName": "A😀"})["DisplayName"] == "A😀"
    desk.company.configure(foreign_letters="refuse")
    assert desk.refused(desk.customer, "Zoë 😀").code == "2040"
    assert desk.customer("Zoë")
    desk.company.configure(foreign_letters="replace")
    assert desk.company.create("Vendor", {"DisplayName": "ë😀"})["DisplayName"] == "ë?"


def test_a_user_without_permission_can_read_but_not_write(open_desk):
    """5020 for every write."""
    desk = open_desk(read_only_user=True)
    fault = desk.refused(desk.customer)
    assert (fault.code, fault.status) == ("5020", 403)
    assert desk.company.read("Account", "35")["Name"] == "Checking"


def test_the_date_defaults_to_today_in_the_company(desk):
    """At 03:00 UTC it is still yesterday in Los Angeles."""
    desk.clock.now = dt.datetime(2025, 3, 5, 3, 0, tzinfo=dt.UTC)
    shown = desk.invoice(desk.customer())
    assert shown["TxnDate"] == "2025-03-04"
    assert shown["MetaData"]["CreateTime"] == "2025-03-04T19:00:00-08:00"


@pytest.mark.parametrize(
    ("field", "where", "word"),
    [
        ("CustomerRef", "top", "Names"),
        ("DepartmentRef", "top", "Depts"),
        ("SalesTermRef", "top", "Terms"),
        ("PaymentMethodRef", "top", "PaymentMethods"),
        ("ItemRef", "line", "Items"),
        ("ClassRef", "line", "Klasses"),
    ],
)
def test_a_reference_to_nothing_names_the_list(desk, field, where, word):
    """2500 with Intuit's word for the list and the Id."""
    body = {"CustomerRef": {"value": desk.customer()}, "Line": [desk.item_line("5")]}
    holder = body if where == "top" else body["Line"][0]["SalesItemLineDetail"]
    holder[field] = {"value": "999"}
    fault = desk.refused(desk.company.create, "Invoice", body)
    assert (fault.code, fault.message) == ("2500", "Invalid Reference Id")
    assert fault.detail == f"Invalid Reference Id : {word} element id 999 not found"


def test_a_customer_is_no_vendor(desk):
    """Customers and vendors share numbers but not lists."""
    customer = desk.customer()
    body = {"VendorRef": {"value": customer}, "Line": [desk.expense_line("5")]}
    assert desk.refused(desk.company.create, "Bill", body).code == "2500"


def test_an_inactive_reference_is_refused(desk):
    """610 for a new document that names an inactive account."""
    account = desk.account("Old")
    desk.change("Account", {"Id": account}, Active=False)
    body = {"Line": [desk.expense_line("5", account)]}
    fault = desk.refused(desk.purchase, **body)
    assert fault.code == "610"
    assert "has been made inactive" in fault.detail


def test_an_unchanged_inactive_reference_is_refused_or_kept_by_switch(open_desk):
    """Editing a document whose account went inactive: 610, and with the switch it is kept."""
    desk = open_desk()
    account = desk.account("Old")
    shown = desk.purchase("5", Line=[desk.expense_line("5", account)])
    desk.change("Account", {"Id": account}, Active=False)
    assert desk.refused(desk.change, "Purchase", shown, PrivateNote="x").code == "610"
    desk.company.configure(inactive_unchanged_reference="keep")
    assert desk.change("Purchase", shown, PrivateNote="x")["PrivateNote"] == "x"
    name = desk.again("Purchase", shown)["Line"][0]["AccountBasedExpenseLineDetail"]
    assert name["AccountRef"]["name"] == "Old (deleted)"


def test_every_write_moves_the_token_and_the_time(desk):
    """SyncToken goes up by one and LastUpdatedTime follows the clock; CreateTime stays."""
    shown = desk.invoice(desk.customer())
    desk.clock.move(minutes=5)
    again = desk.change("Invoice", shown, PrivateNote="x")
    assert (shown["SyncToken"], again["SyncToken"]) == ("0", "1")
    assert again["MetaData"]["CreateTime"] == shown["MetaData"]["CreateTime"]
    assert again["MetaData"]["LastUpdatedTime"] > shown["MetaData"]["LastUpdatedTime"]


def test_an_old_token_is_stale(desk):
    """5010 for a SyncToken that is not the current one, and nothing is written."""
    shown = desk.invoice(desk.customer())
    desk.change("Invoice", shown, PrivateNote="theirs")
    body = {"Id": shown["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "ours"}
    fault = desk.refused(desk.company.update, "Invoice", body)
    assert (fault.code, fault.message) == ("5010", "Stale Object Error")
    assert fault.detail.startswith("Stale Object Error : You and another user were working on")
    assert desk.again("Invoice", shown)["PrivateNote"] == "theirs"


def test_a_token_from_the_future_is_stale_or_taken_by_switch(open_desk):
    """Above the current token: 5010, and with the switch accepted."""
    desk = open_desk()
    shown = desk.invoice(desk.customer())
    body = {"Id": shown["Id"], "SyncToken": "7", "sparse": True, "PrivateNote": "x"}
    assert desk.refused(desk.company.update, "Invoice", body).code == "5010"
    desk.company.configure(newer_sync="accept")
    assert desk.company.update("Invoice", body)["SyncToken"] == "1"


@pytest.mark.parametrize("verb", ["update", "delete", "void"])
def test_a_missing_token_is_told(desk, verb):
    """2020 "Required parameter SyncToken is missing" for every write to an existing object."""
    shown = desk.invoice(desk.customer())
    fault = desk.refused(getattr(desk.company, verb), "Invoice", {"Id": shown["Id"]})
    assert (fault.code, fault.element) == ("2020", "SyncToken")
    assert "Required parameter SyncToken is missing" in fault.detail


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"SyncToken": "0"}, "2020"),
        ({"Id": "x", "SyncToken": "0"}, "2030"),
        ({"Id": "1", "SyncToken": "new"}, "2080"),
        ({"Id": "99", "SyncToken": "0"}, "610"),
    ],
)
def test_an_update_must_say_of_what(desk, body, code):
    """Id and SyncToken are numbers of something that is there."""
    desk.purchase()
    assert desk.refused(desk.company.delete, "Purchase", body).code == code


def test_tax_codes_cannot_be_updated(desk):
    """500: they are made by the tax service and only read."""
    body = {"Id": "2", "SyncToken": "0", "sparse": True, "Name": "x"}
    assert desk.refused(desk.company.update, "TaxCode", body).code == "500"


def test_a_sparse_update_keeps_what_was_not_sent(desk):
    """Only the fields that were sent change; an empty one is cleared."""
    shown = desk.invoice(desk.customer(), DocNumber="A1", PrivateNote="old", TxnDate="2025-01-02")
    again = desk.change("Invoice", shown, PrivateNote="new")
    assert (again["DocNumber"], again["TxnDate"]) == ("A1", "2025-01-02")
    assert (again["PrivateNote"], again["TotalAmt"]) == ("new", 100)
    assert "PrivateNote" not in desk.change("Invoice", shown, PrivateNote="")


def test_a_full_update_resets_what_was_not_sent(desk):
    """Fields left out of a full update go back to their defaults."""
    shown = desk.purchase("5", PrivateNote="old", DocNumber="A1", TxnDate="2025-01-02")
    body = {
        **desk.token("Purchase", shown),
        "PaymentType": "CreditCard",
        "AccountRef": {"value": "42"},
        "Line": [desk.expense_line("6")],
    }
    again = desk.company.update("Purchase", body)
    assert "PrivateNote" not in again
    assert "DocNumber" not in again
    assert (again["TxnDate"], again["TotalAmt"]) == ("2025-03-03", 6)


def test_a_full_update_needs_the_required_fields(desk):
    """2020 where a full update leaves out what a create needs."""
    shown = desk.purchase()
    body = {**desk.token("Purchase", shown), "PrivateNote": "x"}
    assert desk.refused(desk.company.update, "Purchase", body).code == "2020"


def test_what_was_read_can_be_written_back(desk):
    """Read, change one field, write the whole object: nothing else changes."""
    vendor = desk.vendor()
    documents = [
        ("Invoice", desk.invoice(desk.customer(), tax="TAX")),
        ("Bill", desk.bill(vendor)),
        ("Purchase", desk.purchase()),
        ("JournalEntry", desk.journal()),
        ("PurchaseOrder", desk.purchase_like("PurchaseOrder", vendor, "30")),
    ]
    for entity, shown in documents:
        before = desk.company.postings(shown["Id"])
        again = desk.company.update(entity, {**shown, "PrivateNote": "x"})
        moving = {"SyncToken", "MetaData", "PrivateNote"}
        assert {k: v for k, v in again.items() if k not in moving} == {
            k: v for k, v in shown.items() if k not in moving
        }
        assert desk.company.postings(shown["Id"]) == before


def test_lines_keep_their_ids(desk):
    """A known Id is an update, no Id a new line with a new Id, a missing line is gone."""
    lines = [desk.expense_line("1"), desk.expense_line("2")]
    shown = desk.purchase(Line=lines)
    first, second = shown["Line"]
    assert (first["Id"], second["Id"]) == ("1", "2")
    again = desk.change("Purchase", shown, Line=[second, desk.expense_line("3")])
    assert [(line["Id"], line["Amount"]) for line in again["Line"]] == [("2", 2), ("3", 3)]
    later = desk.change("Purchase", shown, Line=[{**desk.expense_line("9"), "Id": "77"}])
    assert [line["Id"] for line in later["Line"]] == ["4"]


def test_a_deleted_document_is_gone_for_good(desk):
    """Deleting answers with a stub; reading or updating it afterwards is 610."""
    shown = desk.purchase()
    stub = desk.company.delete("Purchase", desk.token("Purchase", shown))
    assert stub == {"domain": "QBO", "status": "Deleted", "Id": shown["Id"]}
    assert desk.refused(desk.company.read, "Purchase", shown["Id"]).code == "610"
    body = {"Id": shown["Id"], "SyncToken": "0", "sparse": True}
    fault = desk.refused(desk.company.update, "Purchase", body)
    assert (fault.code, fault.status) == ("610", 400)
    assert set(desk.company.trial_balance().values()) == {0}


def test_an_id_must_be_a_number(desk):
    """2030 for a read by anything else; the pseudo tax codes are named."""
    fault = desk.refused(desk.company.read, "Invoice", "abc")
    assert (fault.code, fault.message) == ("2030", "Invalid ID")
    assert desk.company.read("TaxCode", "NON")["TaxGroup"] is False


def test_documents_share_one_counter(desk):
    """Ids of documents of all kinds follow each other; names have their own."""
    customer = desk.customer()
    ids = [desk.invoice(customer)["Id"], desk.purchase()["Id"], desk.journal()["Id"]]
    assert ids == ["1", "2", "3"]
    assert (customer, desk.vendor()) == ("1", "2")


def test_classes_have_long_ids(desk):
    """Ids of classes do not fit into 32 bits."""
    assert int(desk.company.create("Class", {"Name": "A"})["Id"]) > 5_000_000_000_000_000_000


def test_entities_are_known_in_every_spelling(desk):
    """The spellings "invoice" and "Invoice" name the same entity."""
    shown = desk.invoice(desk.customer())
    assert desk.company.read("invoice", shown["Id"]) == shown


def test_everything_is_refused_when_the_subscription_has_ended(open_desk):
    """6190 for every request."""
    desk = open_desk(subscription_ended=True)
    assert desk.refused(desk.company.query, "select * from Account").code == "6190"
    assert desk.refused(desk.customer).code == "6190"


def test_classes_and_locations_are_dropped_or_refused_when_off(open_desk):
    """Without tracking they are ignored, and with the switch refused: 5030."""
    off = {
        "AccountingInfoPrefs.ClassTrackingPerTxnLine": False,
        "AccountingInfoPrefs.TrackDepartments": False,
    }
    desk = open_desk(off)
    a_class = desk.company.create("Class", {"Name": "A"})["Id"]
    place = desk.company.create("Department", {"Name": "Berlin"})["Id"]
    more = {
        "Line": [desk.expense_line("5", ClassRef={"value": a_class})],
        "DepartmentRef": {"value": place},
    }
    shown = desk.purchase(**more)
    assert "DepartmentRef" not in shown
    assert "ClassRef" not in shown["Line"][0]["AccountBasedExpenseLineDetail"]
    desk.company.configure(feature_off="refuse")
    assert desk.refused(desk.purchase, **more).code == "5030"


def test_classes_and_locations_reach_the_ledger(desk):
    """A line's class and the document's location stand on its posting."""
    a_class = desk.company.create("Class", {"Name": "A"})["Id"]
    place = desk.company.create("Department", {"Name": "Berlin"})["Id"]
    line = desk.expense_line("5", ClassRef={"value": a_class})
    shown = desk.purchase(Line=[line], DepartmentRef={"value": place})
    found = [row for row in desk.company.postings(shown["Id"]) if row.line == "1"]
    assert [(row.class_id, row.department) for row in found] == [(a_class, place)]


def test_another_currency_is_refused(desk):
    """A company with one currency refuses documents in another: 6000."""
    fault = desk.refused(desk.purchase, CurrencyRef={"value": "EUR"})
    assert (fault.code, fault.element) == ("6000", "CurrencyRef")
    assert desk.purchase(CurrencyRef={"value": "USD"})


def test_a_multicurrency_company_shows_the_rate(open_desk):
    """With the preference on, documents in the home currency carry the rate 1."""
    desk = open_desk({"CurrencyPrefs.MultiCurrencyEnabled": True})
    assert desk.purchase()["ExchangeRate"] == 1


def test_everything_that_is_shown_has_a_place_in_the_schema(desk):
    """No answer has a field that the API does not know, of whatever entity."""
    customer, vendor = desk.customer(BillAddr={"City": "X"}), desk.vendor()
    invoice = desk.invoice(customer, tax="TAX")
    payment = desk.payment(customer, "50", (invoice, "Invoice", "50"))
    bill = desk.bill(vendor)
    desk.bill_payment(vendor, "5", (bill, "Bill", "5"))
    for entity in ("CreditMemo", "SalesReceipt", "Estimate"):
        desk.sale(entity, customer)
    desk.sale("RefundReceipt", customer, DepositToAccountRef={"value": "35"})
    desk.purchase_like("VendorCredit", vendor, "5")
    desk.purchase_like("PurchaseOrder", vendor, "5")
    desk.purchase()
    desk.journal()
    link = {"TxnId": payment["Id"], "TxnType": "Payment"}
    desk.company.create(
        "Deposit", {"DepositToAccountRef": {"value": "35"}, "Line": [{"LinkedTxn": [link]}]}
    )
    ends = {"FromAccountRef": {"value": "35"}, "ToAccountRef": {"value": "36"}}
    desk.company.create("Transfer", {**ends, "Amount": 5})
    desk.company.create("Class", {"Name": "A"})
    desk.company.create("Department", {"Name": "A"})
    desk.company.create("Employee", {"GivenName": "Ann"})
    hours = {"NameOf": "Vendor", "VendorRef": {"value": vendor}, "Hours": 2}
    desk.company.create("TimeActivity", hours)
    desk.company.create("Attachable", {"Note": "A"})
    desk.company.send("Invoice", invoice["Id"], "a@example.com")
    seen = set()
    for entity in KINDS:
        for shown in desk.company.query(f"select * from {entity}").get(entity, []):
            clean(entity, shown, desk.company.behaviour)
            seen.add(entity)
    assert set(KINDS) - seen == {"CreditCardPaymentTxn"}
