"""Create, read, update, delete, void, query, send, print: in JSON and in XML."""

from decimal import Decimal

import pytest

from subledger_quickbooks_online.simulator.xmlform import NAMESPACE

N = f"{{{NAMESPACE}}}"


def test_create_and_read(app, bill):
    """A create answers 200 with the whole object, and a read gives the same."""
    made = app.post("bill", bill, minorversion="4")
    assert made["time"].startswith("2026-03-02T09:00:00.000-08:00")
    stored = made["Bill"]
    assert (stored["SyncToken"], stored["domain"]) == ("0", "QBO")
    assert stored["Line"][0]["Amount"] == Decimal("10.00")
    assert app.get(f"bill/{stored['Id']}")["Bill"] == stored


def test_headers(app):
    """Every answer carries intuit_tid, a new one each time, and may not be stored."""
    first, second = (app.send("GET", "preferences").headers for _ in range(2))
    assert first["intuit_tid"] != second["intuit_tid"]
    assert first["Cache-Control"] == "no-store"
    assert first["QBO-Version"]


@pytest.mark.parametrize("options", [{}, {"operation": "update"}])
def test_an_id_makes_it_an_update(app, bill, options):
    """A body with an Id is an update, with or without operation=update."""
    made = app.post("bill", bill)["Bill"]
    changes = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "seen"}
    changed = app.post("bill", {**made, **changes}, **options)["Bill"]
    assert (changed["PrivateNote"], changed["SyncToken"]) == ("seen", "1")
    assert app.count("Bill") == 1


def test_a_stale_token(app, bill):
    """An update with an old SyncToken is refused with 5010."""
    made = app.post("bill", bill)["Bill"]
    app.person.edit("Bill", made["Id"], {"PrivateNote": "by hand"})
    assert app.code("POST", "bill", {**made, "PrivateNote": "mine"}) == (400, "5010")


def test_delete(app, bill):
    """A deleted transaction leaves a stub in the answer and is not found again."""
    made = app.post("bill", bill)["Bill"]
    body = {"Id": made["Id"], "SyncToken": made["SyncToken"]}
    gone = app.post("bill", body, operation="delete")["Bill"]
    assert gone == {"domain": "QBO", "status": "Deleted", "Id": made["Id"]}
    assert app.code("GET", f"bill/{made['Id']}") == (400, "610")


@pytest.fixture
def invoice(app):
    """A stored invoice."""
    customer = app.post("customer", {"DisplayName": "Blue Clinic"})["Customer"]["Id"]
    income = app.query("select * from Account where AccountType = 'Income'")["Account"][0]["Id"]
    item = app.post(
        "item",
        {"Name": "Consulting", "Type": "Service", "IncomeAccountRef": {"value": income}},
    )["Item"]["Id"]
    line = {
        "Amount": Decimal(100),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item}},
    }
    return app.post("invoice", {"CustomerRef": {"value": customer}, "Line": [line]})["Invoice"]


def test_void_an_invoice(app, invoice):
    """operation=void answers the invoice, zeroed."""
    body = {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"]}
    voided = app.post("invoice", body, operation="void")["Invoice"]
    assert (voided["TotalAmt"], voided["Balance"]) == (0, 0)
    assert "Voided" in voided["PrivateNote"]


def test_void_a_payment(app, invoice):
    """operation=update with include=void voids a payment."""
    body = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": Decimal(25)}
    made = app.post("payment", body)["Payment"]
    stub = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True}
    voided = app.post("payment", stub, operation="update", include="void")["Payment"]
    assert voided["TotalAmt"] == 0


def test_send(app, invoice):
    """An e-mailed invoice has the status EmailSent."""
    sent = app.post(f"invoice/{invoice['Id']}/send", b"", sendTo="a@example.com")["Invoice"]
    assert sent["EmailStatus"] == "EmailSent"


def test_pdf(app, invoice):
    """A document can be fetched as a PDF."""
    response = app.send("GET", f"invoice/{invoice['Id']}/pdf")
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.body.startswith(b"%PDF-1.4")
    assert response.body.endswith(b"%%EOF\n")
    assert app.code("GET", "invoice/999/pdf") == (400, "610")


def test_query_by_get_and_by_post(app):
    """The same statement, in the URL or as the body."""
    statement = "select * from Preferences"
    headers = {"content-type": "application/text"}
    posted = app.send("POST", "query", statement, headers=headers)
    assert posted.body == app.send("GET", "query", query=statement).body
    assert app.code("GET", "query") == (400, "2020")


def test_company_and_preferences(app):
    """The two objects of which there is one each."""
    assert app.get(f"companyinfo/{app.realm}")["CompanyInfo"]["CompanyName"]
    assert app.get("preferences")["Preferences"]["Id"] == "1"


def test_exchange_rates(app, schema):
    """The home currency is worth itself, a known one has a rate, an unknown one is refused."""
    rate = app.get("exchangerate", sourcecurrencycode="USD", asofdate="2026-01-31")["ExchangeRate"]
    assert (rate["Rate"], rate["AsOfDate"]) == (1, "2026-01-31")
    assert app.get("exchangerate", sourcecurrencycode="eur")["ExchangeRate"]["Rate"] > 1
    assert app.code("GET", "exchangerate", sourcecurrencycode="XXX") == (400, "2220")
    assert app.code("GET", "exchangerate") == (400, "2020")
    schema.assertValid(app.xml("GET", "exchangerate", sourcecurrencycode="EUR"))


def test_an_exchange_rate_is_set(app, schema):
    """A rate holds from its day on, is found by query, and is one by the schema."""
    body = {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-02-01", "Rate": Decimal("1.25")}
    assert app.post("exchangerate", body)["ExchangeRate"]["Rate"] == Decimal("1.25")

    def rate(where):
        found = app.query(f"select * from ExchangeRate where SourceCurrencyCode = 'EUR'{where}")
        return found["ExchangeRate"][0]["Rate"]

    assert (rate(""), rate(" and AsOfDate = '2026-01-31'")) == (Decimal("1.25"), Decimal("1.09"))
    assert app.query("select * from ExchangeRate where SourceCurrencyCode = 'USD'") == {}
    assert app.code("GET", "query", query="select * from ExchangeRate where Rate = '1'")[1] == (
        "4001"
    )
    assert app.code("POST", "exchangerate", {"SourceCurrencyCode": "EUR"}) == (400, "2020")
    assert app.code("POST", "exchangerate", {**body, "SourceCurrencyCode": "XXX"}) == (400, "2220")
    assert app.code("POST", "exchangerate", {**body, "Rate": "much"}) == (400, "2010")
    schema.assertValid(app.xml("GET", "query", query="select * from ExchangeRate"))


def test_a_tax_code_comes_without_an_envelope(app):
    """The tax service answers its object alone."""
    agency = app.post("taxagency", {"DisplayName": "City of Springfield"})["TaxAgency"]["Id"]
    rate = {
        "TaxRateName": "City",
        "RateValue": "2.5",
        "TaxAgencyId": agency,
        "TaxApplicableOn": "Sales",
    }
    body = {"TaxCode": "City 2.5", "TaxRateDetails": [rate]}
    made = app.post("taxservice/taxcode", body)
    assert made["TaxCode"] == "City 2.5"
    assert "time" not in made
    found = app.query(f"select * from TaxCode where Id = '{made['TaxCodeId']}'")
    assert found["TaxCode"][0]["Name"] == "City 2.5"


def test_a_vendor_in_xml(app, schema):
    """Created, updated and read in XML; each answer is valid and the JSON form shows the same."""
    body = f'<Vendor xmlns="{NAMESPACE}"><DisplayName>Paper &amp; Co</DisplayName></Vendor>'
    made = app.xml("POST", "vendor", body)
    schema.assertValid(made)
    id_, token = (made.findtext(f"{N}Vendor/{N}{name}") for name in ("Id", "SyncToken"))
    changed = app.xml(
        "POST",
        "vendor",
        f'<Vendor xmlns="{NAMESPACE}" sparse="true"><Id>{id_}</Id><SyncToken>{token}</SyncToken>'
        "<Active>true</Active><AcctNum>A-1</AcctNum></Vendor>",
    )
    schema.assertValid(changed)
    stored = app.get(f"vendor/{id_}")["Vendor"]
    assert (stored["DisplayName"], stored["AcctNum"]) == ("Paper & Co", "A-1")
    assert stored["SyncToken"] == "1"
    schema.assertValid(app.xml("GET", f"vendor/{id_}"))


def test_unknown_xml(app):
    """A misspelt element is refused with 2010, as a misspelt key is."""
    body = f'<Vendor xmlns="{NAMESPACE}"><DisplayNam>Paper</DisplayNam></Vendor>'
    assert app.xml("POST", "vendor", body).find(f".//{N}Error").get("code") == "2010"
    assert app.code("POST", "vendor", {"DisplayNam": "Paper"}) == (400, "2010")


@pytest.mark.parametrize(
    "statement",
    [
        "select * from Account maxresults 1000",
        "select count(*) from Account",
        "select * from Preferences",
        "select * from CompanyInfo",
        "select * from TaxCode",
        "select * from Vendor where DisplayName = 'nobody'",
        "select * from Invoice",
    ],
)
def test_queries_in_xml(app, schema, statement):
    """The rows of a query are valid, and so is an answer without rows."""
    root = app.xml("GET", "query", query=statement)
    assert root[0].tag == f"{N}QueryResponse", root[0].tag
    schema.assertValid(root)


def test_faults_in_xml_are_valid(app, schema):
    """A Fault is valid by the schema too."""
    schema.assertValid(app.xml("GET", "vendor/999"))
