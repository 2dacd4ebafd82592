"""Entities beside the requests that they become, as on file."""

import os
from pathlib import Path

import pytest
from attrs import evolve
from lxml import etree

from subledger.manifest import Operation
from subledger.model import Reference
from subledger.model import kinds as k
from subledger.model.marker import marker
from subledger.model.stored import load
from subledger.ports import Delivery, Target
from subledger_quickbooks_desktop.render import Style, render, type_of_delivery
from subledger_quickbooks_desktop.wire import qbxml
from subledger_quickbooks_desktop.wire.checks import check_request

GOLDEN = Path(__file__).with_name("golden")
REWRITE = "SUBLEDGER_WRITE_GOLDEN"
TYPES = {
    "checking": "Bank",
    "card": "CreditCard",
    "undeposited": "OtherCurrentAsset",
    "county": "ItemSalesTax",
    "visa": "Visa",
}
STYLE = Style(
    taxable=Reference(kind=k.TAX_CODE, id="tax", name="Tax"),
    exempt=Reference(kind=k.TAX_CODE, id="non", name="Non"),
    order_lines={"order": ("1A-1", "1B-1")},
)


def type_of(reference: Reference) -> str:
    """The type of a list entry, by its identifier."""
    return TYPES.get(reference.id, "")


def rendered(entity, operation: Operation, before=None) -> etree._Element:
    """The request of an entity: a new one, or a change of what was posted."""
    delivery = Delivery(
        effect=1,
        source="psa",
        kind=entity.kind,
        operation=operation,
        key="0" * 26,
        attempt_key="1" * 22,
        marker=marker(entity.kind, entity.id),
        entity=entity,
        before=before,
    )
    if operation is not Operation.CREATE:
        name = type_of_delivery(delivery, type_of, STYLE)
        listed = entity.kind in (*k.PARTIES, k.ITEM)
        target = Target(type="" if listed else name, id="1C-1", guard="1234:abcd")
        delivery = evolve(delivery, target=target)
    return render(delivery, type_of, STYLE)


def cases():
    """Every entity on file, as new and as changed where the request is on file."""
    for path in sorted(GOLDEN.glob("*.json")):
        for operation in (Operation.CREATE, Operation.UPDATE):
            answer = path.with_suffix(f".{operation}.xml")
            if answer.exists() or os.environ.get(REWRITE):
                yield pytest.param(path, operation, answer, id=f"{path.stem}-{operation}")


@pytest.mark.parametrize(("path", "operation", "answer"), [*cases()])
def test_an_entity_becomes_the_request_on_file(path, operation, answer) -> None:
    """Each field stands where QuickBooks wants it, and the request passes our own check."""
    request = rendered(load(path.read_text()), operation)
    assert check_request(request) == []
    etree.indent(request)
    text = etree.tostring(request, encoding="unicode") + "\n"
    if os.environ.get(REWRITE):
        answer.write_text(text)
    assert text == answer.read_text()


def test_a_payment_takes_back_what_it_does_not_settle_any_more() -> None:
    """Each invoice that it was applied to before is named with 0.00, since the others stay."""
    before = load((GOLDEN / "payment.json").read_text())
    for left, amounts in ((1, ["60.00", "0.00"]), (0, ["0.00", "0.00"])):
        payment = evolve(before, applications=before.applications[:left])
        request = rendered(payment, Operation.UPDATE, before)
        assert check_request(request) == []
        rows = request.findall("*/AppliedToTxnMod")
        assert [row.findtext("TxnID") for row in rows] == ["inv1", "inv2"]
        assert [row.findtext("PaymentAmount") for row in rows] == amounts


def test_the_requests_on_file_are_valid() -> None:
    """The published qbXML 13.0 schema accepts them all."""
    named = os.environ.get("SUBLEDGER_CONTRACTS")
    beside = Path(__file__).resolve().parents[4].parent / "shared" / "contracts"
    folder = Path(named) if named else beside
    if not folder.is_dir():
        pytest.skip("the published schemas are not here (SUBLEDGER_CONTRACTS names their folder)")
    schema = etree.XMLSchema(etree.parse(folder / "qbxml" / "qbxmlops130.xsd"))
    requests = [etree.parse(path).getroot() for path in sorted(GOLDEN.glob("*.xml"))]
    assert len(requests) > 15
    root = etree.fromstring(qbxml.message_set(requests))
    assert schema.validate(root), schema.error_log
