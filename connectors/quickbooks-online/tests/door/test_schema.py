"""Every object in the XML form is what the published schema says."""

from types import SimpleNamespace

import pytest
from lxml import etree

from subledger_quickbooks_online.simulator import xmlform

from .bodies import HOURS, NAMES, TRANSACTIONS

BODIES = {**NAMES, **TRANSACTIONS, **HOURS}


def without_empty(value):
    """An object without its empty lists and extensions: they have no form in XML."""
    return {key: item for key, item in value.items() if item != [] and not key.endswith("Ex")}


@pytest.fixture
def place(app):
    """What the bodies refer to."""

    def ref(entity, body):
        return {"value": app.post(entity.lower(), body)[entity]["Id"]}

    def account(kind, name):
        return ref("Account", {"Name": name, "AccountType": kind})

    income, expense = account("Income", "Door income"), account("Expense", "Door expense")
    item = {"Name": "Door service", "Type": "Service", "IncomeAccountRef": income}
    return SimpleNamespace(
        income=income,
        expense=expense,
        bank=account("Bank", "Door bank"),
        savings=account("Bank", "Door savings"),
        card=account("Credit Card", "Door card"),
        item=ref("Item", {**item, "ExpenseAccountRef": expense}),
        customer=ref("Customer", {"DisplayName": "Door customer"}),
        vendor=ref("Vendor", {"DisplayName": "Door vendor"}),
    )


@pytest.mark.parametrize("name", sorted(BODIES))
def test_stored_objects(app, place, schema, name):
    """A created object has no member that the schema does not know, and its XML is valid."""
    made = app.post(name.lower(), BODIES[name](place))[name]
    assert xmlform.unknown(name, made) == []
    root = app.xml("GET", f"{name.lower()}/{made['Id']}")
    schema.assertValid(root)
    [node] = root
    assert without_empty(xmlform.from_element(node)) == without_empty(made)


@pytest.mark.parametrize("name", sorted({*TRANSACTIONS, *HOURS}))
def test_created_from_xml(app, place, schema, name):
    """The same body as XML makes the same object as the JSON form."""
    body = BODIES[name](place)
    first = app.post(name.lower(), body)[name]
    root = xmlform.element("IntuitRequest")
    node = xmlform.add(root, name, body)
    answered = app.xml("POST", name.lower(), etree.tostring(node))
    schema.assertValid(answered)
    second = xmlform.from_element(answered[0])
    differing = {"Id", "MetaData", "DocNumber"}
    first, second = (
        {key: value for key, value in without_empty(one).items() if key not in differing}
        for one in (first, second)
    )
    assert first == second


@pytest.mark.parametrize("name", ["Invoice", "Payment", "SalesReceipt", "BillPayment"])
def test_voided_objects(app, place, schema, name):
    """A voided object is valid too."""
    made = app.post(name.lower(), BODIES[name](place))[name]
    body = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True}
    options = {"operation": "void"} if name == "Invoice" else {"include": "void"}
    voided = app.post(name.lower(), body, **options)[name]
    assert xmlform.unknown(name, voided) == []
    schema.assertValid(app.xml("GET", f"{name.lower()}/{made['Id']}"))


def test_paid_documents(app, place, schema):
    """Links between documents are valid on both sides."""
    invoice = app.post("invoice", BODIES["Invoice"](place))["Invoice"]
    links = [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
    body = {
        "CustomerRef": place.customer,
        "TotalAmt": 150,
        "Line": [{"Amount": 100, "LinkedTxn": links}],
    }
    payment = app.post("payment", body)["Payment"]
    link = {"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}
    line = {"Amount": 150, "LinkedTxn": [link]}
    app.post("deposit", {"DepositToAccountRef": place.bank, "Line": [line]})
    for entity in ("Invoice", "Payment", "Deposit"):
        root = app.xml("GET", "query", query=f"select * from {entity}")
        schema.assertValid(root)
        assert root.findall(f".//{{{xmlform.NAMESPACE}}}LinkedTxn")


@pytest.mark.parametrize(
    "entity",
    [
        *("Account", "Item", "TaxCode", "TaxRate", "TaxAgency", "Term", "PaymentMethod"),
        *("Preferences", "CompanyInfo", "CompanyCurrency"),
    ],
)
def test_the_starter_company(app, schema, entity):
    """What a new company has is valid and known to the schema."""
    found = app.query(f"select * from {entity} maxresults 1000").get(entity, [])
    assert [path for one in found for path in xmlform.unknown(entity, one)] == []
    root = app.xml("GET", "query", query=f"select * from {entity} maxresults 1000")
    schema.assertValid(root)
    assert len(root[0]) == len(found)


def test_the_control(app, schema):
    """Control: an answer with an element that has no place is not valid."""
    root = app.xml("GET", "query", query="select * from Account")
    etree.SubElement(root[0][0], f"{{{xmlform.NAMESPACE}}}Colour").text = "blue"
    assert not schema.validate(root)
