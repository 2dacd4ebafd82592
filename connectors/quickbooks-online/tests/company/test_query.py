"""The query language."""

from decimal import Decimal

import pytest


def test_a_select_answers_objects_and_positions(desk):
    """The objects stand under their entity, with the start and the number returned."""
    customer = desk.customer()
    assert desk.company.query("select * from Customer") == {
        "Customer": [desk.company.read("Customer", customer)],
        "startPosition": 1,
        "maxResults": 1,
    }


def test_nothing_found_is_an_empty_answer(desk):
    """No entity key and no counts."""
    assert desk.company.query("select * from Customer where DisplayName = 'x'") == {}


def test_count(desk):
    """COUNT(*) answers only totalCount; 0 too."""
    assert desk.company.query("select count(*) from Account") == {"totalCount": 31}
    assert desk.company.query("SELECT COUNT(*) FROM Vendor") == {"totalCount": 0}
    assert desk.company.query("select count(*) from Account where Name like 'S%'") == {
        "totalCount": 4
    }


def test_total_count_is_there_where_it_was_seen(open_desk):
    """Invoices tell how many there are in all, customers do not, unless the switch is set."""
    desk = open_desk()
    customer = desk.customer()
    for _ in range(3):
        desk.invoice(customer)
    answer = desk.company.query("select * from Invoice maxresults 2")
    assert (answer["maxResults"], answer["totalCount"]) == (2, 3)
    assert "totalCount" not in desk.company.query("select * from Customer")
    desk.company.configure(total_count="always")
    assert desk.company.query("select * from Customer")["totalCount"] == 1


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("Name = 'checking'", ["35"]),
        ("Name in ('Visa', 'Mastercard')", ["41", "42"]),
        ("Name LIKE '%ing'", ["7", "35"]),
        ("Name != 'Checking' and AccountType = 'Bank'", ["36"]),
        ("Id = '35'", ["35"]),
        ("id in ('35', 36)", ["35", "36"]),
        ("Classification = 'Equity' AND AccountSubType = 'RetainedEarnings'", ["2"]),
        ("FullyQualifiedName = 'Legal & Professional Fees'", ["12"]),
        ("CurrentBalance < 0", ["35"]),
        ("AccountType = 'Bank' and CurrentBalance >= 0", ["36"]),
        ("Active = false", []),
        ("CurrencyRef = 'USD' and Name = 'Visa'", ["42"]),
    ],
)
def test_conditions_on_lists(desk, where, found):
    """Texts compare without case, LIKE knows the percent sign, conditions are joined by AND."""
    desk.purchase("5", PaymentType="Cash", AccountRef={"value": "35"})
    assert desk.ids(f"select * from Account where {where}") == found


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("DocNumber = '1001'", ["1"]),
        ("DocNumber = 1001", ["1"]),
        ("DocNumber in ('1001', '1003')", ["3", "1"]),
        ("DocNumber != '1001'", ["3", "2"]),
        ("SyncToken = 1", ["3"]),
        ("MetaData.CreateTime > '2025-03-03T10:00:30'", ["3", "2"]),
        ("TotalAmt > '50.00'", ["2"]),
        ("TotalAmt <= 50", ["3", "1"]),
        ("TotalAmt = 30.5", ["3"]),
        ("Balance = '0'", ["3"]),
        ("TxnDate >= '2025-02-01' and TxnDate < '2025-03-01'", ["2"]),
        ("TxnDate = CURRENT_DATE", ["3"]),
        ("CustomerRef = '2'", ["2"]),
        ("customerref = 1 and txndate > '2025-01-31'", ["3"]),
        ("MetaData.LastUpdatedTime > '2025-03-03T10:00:00-08:00'", ["3", "2"]),
        ("Metadata.LastUpdatedTime >= '2025-03-03T18:01:00Z'", ["3", "2"]),
        ("MetaData.CreateTime < '2025-03-03T10:01:00-08:00'", ["1"]),
        ("MetaData.CreateTime = '2025-03-03T18:00:00Z'", ["1"]),
        ("MetaData.CreateTime != '2025-03-03T18:00:00Z'", ["3", "2"]),
        ("MetaData.CreateTime <= '2025-03-03T18:00:00Z'", ["1"]),
        (
            "MetaData.CreateTime in ('2025-03-03T18:00:00Z', '2025-03-03T18:01:00Z')",
            ["3", "2", "1"],
        ),
        ("DueDate = '2025-03-03'", ["3"]),
    ],
)
def test_conditions_on_documents(desk, where, found):
    """Numbers and dates may be quoted or bare; documents come newest first."""
    one, two = desk.customer("One"), desk.customer("Two")
    desk.invoice(one, "50", TxnDate="2025-01-15")
    desk.clock.move(minutes=1)
    desk.invoice(two, "70", TxnDate="2025-02-15")
    last = desk.invoice(one, "30.50")
    desk.payment(one, "30.50", (last, "Invoice", "30.50"))
    assert desk.ids(f"select * from Invoice where {where}") == found


def test_an_apostrophe_is_escaped_with_a_backslash(desk):
    """The name O'Neil is found, and a doubled apostrophe is no escape."""
    found = desk.customer("O'Neil")
    assert desk.ids(r"select * from Customer where DisplayName = 'O\'Neil'") == [found]
    assert desk.refused(desk.company.query, "select * from Customer where Id = 'O''N'").code == (
        "4000"
    )


def test_lists_come_in_the_order_of_names_and_documents_newest_first(desk):
    """Without ORDERBY, names go by alphabet without case and documents by falling Id."""
    for name in ("beta", "Alpha", "Gamma"):
        desk.customer(name)
    for _ in range(3):
        desk.purchase()
    assert desk.ids("select * from Customer") == ["2", "1", "3"]
    assert desk.ids("select * from Purchase") == ["3", "2", "1"]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("ORDERBY Id", ["1", "2", "3"]),
        ("ORDER BY Id DESC", ["3", "2", "1"]),
        ("orderby TotalAmt", ["2", "3", "1"]),
        ("orderby TotalAmt desc, Id asc", ["1", "3", "2"]),
        ("orderby TxnDate desc, Id desc", ["3", "1", "2"]),
        ("orderby MetaData.LastUpdatedTime", ["1", "2", "3"]),
    ],
)
def test_orders(desk, order, found):
    """ORDERBY takes several properties, in one word or two."""
    dates = ["2025-02-01", "2025-01-01", "2025-02-01"]
    for amount, date in zip(["9", "5", "7"], dates, strict=True):
        desk.purchase(amount, TxnDate=date)
        desk.clock.move(seconds=1)
    assert desk.ids(f"select * from Purchase {order}") == found


def test_ids_sort_as_numbers(desk):
    """Id 10 comes after Id 9."""
    for _ in range(11):
        desk.purchase()
    assert desk.ids("select * from Purchase orderby Id startposition 9") == ["9", "10", "11"]


def test_pages(desk):
    """STARTPOSITION counts from 1; both words may come in either order."""
    for name in "abcde":
        desk.customer(name)
    assert desk.ids("select * from Customer startposition 2 maxresults 2") == ["2", "3"]
    assert desk.ids("select * from Customer maxresults 2 startposition 4") == ["4", "5"]
    assert desk.ids("select * from Customer startposition 6") == []


def test_a_page_has_a_hundred_by_default(desk):
    """And at most 1000."""
    for _ in range(101):
        desk.purchase("1")
    assert desk.company.query("select * from Purchase")["maxResults"] == 100
    assert desk.company.query("select * from Purchase maxresults 1000")["maxResults"] == 101
    assert desk.company.query("select * from Purchase orderby TotalAmt")["maxResults"] == 100


def test_projections_are_partial_objects(desk):
    """Only the fields that were named, marked sparse."""
    desk.customer("Acme", Notes="x")
    answer = desk.company.query("select Id, DisplayName, MetaData.CreateTime from Customer")
    shown = answer["Customer"][0]
    assert shown["sparse"] is True
    assert set(shown) == {"Id", "DisplayName", "MetaData", "domain", "sparse"}


def test_the_sku_is_only_shown_on_wish(desk):
    """A plain read has it, SELECT * has not, SELECT *, Sku has."""
    found = desk.change("Item", {"Id": "1"}, Sku="S-1", IncomeAccountRef={"value": "1"})
    assert desk.company.read("Item", "1")["Sku"] == found["Sku"] == "S-1"
    assert "Sku" not in desk.company.query("select * from Item where Id = '1'")["Item"][0]
    assert "Sku" in desk.company.query("select *, Sku from Item where Id = '1'")["Item"][0]


def test_inactive_objects_are_left_out_unless_asked_for(desk):
    """Active IN (true, false) shows all of them."""
    kept, gone = desk.customer("Kept"), desk.customer("Gone")
    desk.change("Customer", {"Id": gone}, Active=False)
    assert desk.ids("select * from Customer") == [kept]
    assert desk.ids("select * from Customer where Active in (true,false)") == [gone, kept]
    assert desk.ids("select * from Customer where Active = false") == [gone]
    assert desk.ids("select * from Customer where DisplayName = 'Gone (deleted)'") == []


def test_mail_addresses_can_be_queried_of_customers_only(desk):
    """The same property of a vendor is refused."""
    found = desk.customer("A", PrimaryEmailAddr={"Address": "a@example.com"})
    where = "where PrimaryEmailAddr = 'a@example.com'"
    assert desk.ids(f"select * from Customer {where}") == [found]
    fault = desk.refused(desk.company.query, f"select * from Vendor {where}")
    assert fault.detail == ("QueryValidationError: property 'PrimaryEmailAddr' is not queryable")


def test_files_of_a_document_are_found_by_their_reference(desk):
    """AttachableRef.EntityRef by type, in any case, and value."""
    bill = desk.bill(desk.vendor())
    body = {
        "FileName": "a.pdf",
        "AttachableRef": [{"EntityRef": {"type": "Bill", "value": bill["Id"]}}],
    }
    found = desk.company.create("Attachable", body)["Id"]
    desk.company.create("Attachable", {"Note": "loose"})
    where = "AttachableRef.EntityRef.Type = 'bill' and AttachableRef.EntityRef.value = '1'"
    assert desk.ids(f"select * from Attachable where {where}") == [found]
    assert desk.ids("select * from Attachable where Note = 'loose'") != [found]


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        (
            "select * from Customer where PrimayEmailAddr = 'x'",
            "Property PrimayEmailAddr not found for Entity Customer",
        ),
        ("select Nope from Customer", "Property Nope not found for Entity Customer"),
        ("select * from Customer orderby Nope", "Property Nope not found for Entity Customer"),
        ("select * from Customer maxresults 0", "value 0 is too small. Min allowed value is 1"),
        ("select * from Customer startposition 0", "value 0 is too small. Min allowed value is 1"),
        (
            "select * from Customer maxresults 1001",
            "value 1001 is too large. Max allowed value is 1000",
        ),
        ("select * from Invoice where Line = 'x'", "property 'Line' is not queryable"),
        (
            "select * from Invoice where PrivateNote = 'x'",
            "property 'PrivateNote' is not queryable",
        ),
        (
            "select * from Customer where BillAddr.City = 'x'",
            "property 'BillAddr.City' is not queryable",
        ),
        (
            "select * from Invoice where Id > '1'",
            "operator > is not supported for property Id",
        ),
        ("select * from Unicorn", "Entity Unicorn not found"),
    ],
)
def test_invalid_queries(desk, statement, detail):
    """4001 with the validator's text."""
    fault = desk.refused(desk.company.query, statement)
    assert (fault.code, fault.message) == ("4001", "Invalid query")
    assert fault.detail == f"QueryValidationError: {detail}"


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        ("select * from Account where Name > > 'x'", '" ">" "> "" at line 1, column 36.'),
        ("select * Account", '" <IDENTIFIER> "Account "" at line 1, column 10.'),
        ("select * from Account where", '"<EOF>"'),
        ("select * from Account where Name = 'a' or Name = 'b'", '" <IDENTIFIER> "or ""'),
        ("select * from Account\nwhere Name 'x'", "at line 2, column 12."),
        ("delete from Account", '" <IDENTIFIER> "delete ""'),
        ("select * from Account maxresults x", '" <IDENTIFIER> "x ""'),
        ("", '"<EOF>"'),
    ],
)
def test_statements_that_cannot_be_read(desk, statement, seen):
    """4000 tells what the parser met, where, and what it was waiting for."""
    fault = desk.refused(desk.company.query, statement)
    assert (fault.code, fault.message) == ("4000", "Error parsing query")
    assert fault.detail.startswith("QueryParserError: Encountered ")
    assert seen in fault.detail
    assert "\nWas expecting one of:\n" in fault.detail


def test_an_empty_id_is_no_number(desk):
    """2030 with the recorded text."""
    fault = desk.refused(desk.company.query, "select * from Customer where Id = ''")
    assert (fault.code, fault.element) == ("2030", "Id")
    assert fault.detail == "Id should be a valid number. Supplied value:"


def test_notes_can_be_queried_by_switch(open_desk):
    """With the switch PrivateNote may stand in a condition."""
    desk = open_desk(private_note_queryable=True)
    found = desk.purchase(PrivateNote="[sync:7]")
    desk.purchase()
    assert desk.ids("select * from Purchase where PrivateNote like '%sync:7%'") == [found["Id"]]


def test_one_tax_code_is_answered_with_three_too_many(open_desk):
    """The known quirk of TaxCode with MAXRESULTS 1, unless switched off; pseudo codes first."""
    desk = open_desk()
    assert desk.ids("select * from TaxCode maxresults 1") == ["NON", "TAX", "2", "3"]
    desk.company.configure(tax_code_quirk=False)
    assert desk.ids("select * from TaxCode maxresults 1") == ["NON"]


def test_queries_may_lag_behind(open_desk):
    """With the switch a query sees the books as they were, while a read by Id does not."""
    desk = open_desk(query_lag_seconds=60)
    invoice = desk.invoice(desk.customer())
    assert desk.company.query("select * from Invoice") == {}
    assert desk.company.query("select count(*) from Invoice") == {"totalCount": 0}
    desk.clock.move(seconds=61)
    assert desk.ids("select * from Invoice where DocNumber = '1001'") == [invoice["Id"]]
    desk.change("Invoice", invoice, PrivateNote="new")
    shown = desk.company.query("select * from Invoice")["Invoice"][0]
    assert (shown["SyncToken"], "PrivateNote" in shown) == ("0", False)
    assert desk.again("Invoice", invoice)["SyncToken"] == "1"


def test_company_info_and_preferences_can_be_queried(desk):
    """One object each; the company is also found by its realm."""
    info = desk.company.query("select * from CompanyInfo")["CompanyInfo"][0]
    assert info == desk.company.read("CompanyInfo", "4620816365")
    shown = desk.company.query("select * from Preferences")["Preferences"][0]
    assert shown["CurrencyPrefs"]["HomeCurrency"] == {"value": "USD"}
    assert isinstance(desk.company.read("Item", "1")["UnitPrice"], Decimal)
