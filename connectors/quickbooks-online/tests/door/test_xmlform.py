"""The XML form: the schema's order out, the JSON form's values in."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from subledger_quickbooks_online.simulator import xmlform
from subledger_quickbooks_online.simulator.outline import entities, shape

INVOICE = {
    "PrivateNote": "shuffled on purpose",
    "TotalAmt": Decimal("10.50"),
    "domain": "QBO",
    "sparse": False,
    "CustomerMemo": {"value": "Thank you & <good> bye"},
    "Line": [
        {
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {
                "Qty": 2,
                "UnitPrice": Decimal("5.25"),
                "ItemRef": {"name": "Hours", "value": "1"},
            },
            "Amount": Decimal("10.50"),
            "LineNum": 1,
            "Id": "1",
        },
        {
            "Amount": Decimal("10.50"),
            "DetailType": "SubTotalLineDetail",
            "SubTotalLineDetail": {},
        },
    ],
    "SyncToken": "0",
    "Id": "7",
    "CustomerRef": {"value": "3", "name": "Zoë"},
    "LinkedTxn": [{"TxnType": "Payment", "TxnId": "8"}],
    "MetaData": {
        "LastUpdatedTime": "2026-03-02T09:00:00-08:00",
        "CreateTime": "2026-03-02T09:00:00-08:00",
    },
}


def written(name, value):
    root = xmlform.element("IntuitResponse", {"time": "2026-03-02T09:00:00.000-08:00"})
    xmlform.add(root, name, value)
    return xmlform.to_bytes(root)


def test_an_invoice_is_valid(schema):
    """Whatever the order of the JSON form, the XML form has the schema's."""
    schema.assertValid(etree.fromstring(written("Invoice", INVOICE)))


def test_the_schema_minds_the_order(schema):
    """Control: the same elements in another order are not valid."""
    root = etree.fromstring(written("Invoice", INVOICE))
    root[0].append(root[0][0])
    assert not schema.validate(root)


def test_there_and_back():
    """Reading what was written gives the same values, lists and references among them."""
    [node] = xmlform.children(xmlform.parse(written("Invoice", INVOICE)))
    assert xmlform.from_element(node) == INVOICE


def test_references_and_attributes():
    """A reference's name and an object's domain are attributes."""
    text = written("Invoice", INVOICE).decode()
    assert '<CustomerRef name="Zoë">3</CustomerRef>' in text
    assert '<Invoice domain="QBO" sparse="false"><Id>7</Id>' in text


def test_extensions_are_name_value_pairs():
    """The blobs in which JSON wraps name-value pairs are plain elements in XML."""
    blob = {"any": [{"name": "x", "value": {"Name": "TxnType", "Value": "3"}}]}
    text = written("Purchase", {"PurchaseEx": blob}).decode()
    inner = "<NameValue><Name>TxnType</Name><Value>3</Value></NameValue>"
    assert f"<PurchaseEx>{inner}</PurchaseEx>" in text


def test_what_the_schema_does_not_know_is_named():
    """Unknown members are found by their paths, and known ones are not."""
    assert xmlform.unknown("Invoice", INVOICE) == []
    wrong = {**INVOICE, "Colour": 1, "CustomerRef": {"value": "1", "Age": 3}}
    assert xmlform.unknown("Invoice", wrong) == ["Invoice.CustomerRef.Age", "Invoice.Colour"]
    assert xmlform.unknown("Invoicing", {}) == ["Invoicing"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<Invoice", "Couldn't find end|EndTag|Premature|required"),
        ("<Invoice/>", "namespace"),
        ("<Invoice xmlns='{n}'><Colour/></Invoice>", "Invoice.Colour is not known"),
        ("<Invoicing xmlns='{n}'/>", "Invoicing is not known"),
        ("<Invoice xmlns='{n}'><TotalAmt>x</TotalAmt></Invoice>", "'x' is no number"),
        ("<Invoice xmlns='{n}'><AutoDocNumber>x</AutoDocNumber></Invoice>", "neither true nor"),
    ],
)
def test_unreadable_xml(text, message):
    """What is no XML of the API is refused with the reason."""
    with pytest.raises(xmlform.NotXmlError, match=message):
        xmlform.from_element(xmlform.parse(text.format(n=xmlform.NAMESPACE).encode()))


def test_entities_of_a_document_type_are_not_expanded():
    """A body cannot make the reader fetch or blow up anything."""
    text = (
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>"
        f"<Invoice xmlns='{xmlform.NAMESPACE}'><PrivateNote>&e;</PrivateNote></Invoice>"
    )
    value = xmlform.from_element(xmlform.parse(text.encode()))
    assert not value.get("PrivateNote")


def test_the_outline_is_what_the_schema_says(contracts, tmp_path):
    """The shipped outline is what its tool makes of the published schema."""
    tool = Path(__file__).parents[2] / "tools" / "make_outline.py"
    made = tmp_path / "outline.txt"
    subprocess.run([sys.executable, tool, contracts, made], check=True)
    shipped = Path(xmlform.__file__).with_name("outline.txt")
    assert shipped.read_text() == made.read_text()


def test_every_entity_has_an_id():
    """Every object of a company is one by the schema."""
    assert {"Invoice", "Customer", "Purchase", "TaxCode", "Attachable"} <= set(entities())
    assert all("Id" in shape(name).elements for name in entities())
    assert "Transaction" not in entities()
