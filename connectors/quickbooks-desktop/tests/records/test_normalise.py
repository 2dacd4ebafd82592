"""QuickBooks' answers beside the entities that they become, as on file."""

import json
import os
from pathlib import Path

import pytest
from attrs import evolve

from subledger.errors import RecordRejected
from subledger.model import amount_of
from subledger.model.kinds import CUSTOMER, INVOICE, ITEM
from subledger.model.stored import dump
from subledger.ports import RawRecord
from subledger_quickbooks_desktop.normalise import balance_of, normalise
from subledger_quickbooks_desktop.reading_records import raw_records
from subledger_quickbooks_desktop.wire import qbxml

GOLDEN = Path(__file__).with_name("golden")
REWRITE = "SUBLEDGER_WRITE_GOLDEN"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.xml"))


def raws(name):
    """The records of an answer on file."""
    (result,) = qbxml.parse_answer((GOLDEN / f"{name}.xml").read_bytes()).results
    return raw_records(result.request, result.records)


def changed(name, **fields):
    """The first record of an answer on file, with other fields."""
    raw = raws(name)[0]
    return evolve(raw, data={**raw.data, **fields})


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_becomes_the_entities_on_file(name):
    """Each field of a record stands where it belongs; what is void or deleted makes nothing."""
    found = [json.loads(dump(entity)) for raw in raws(name) for entity in normalise(raw)]
    path = GOLDEN / f"{name}.expected.json"
    if os.environ.get(REWRITE):
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    assert found == json.loads(path.read_text())


@pytest.mark.parametrize("name", NAMES)
def test_a_record_has_the_balance_of_its_entity(name):
    """What a record moves is what its entity says; nothing where it makes none."""
    for raw in raws(name):
        entities = [*normalise(raw)]
        moved = amount_of(entities[0]) if entities else None
        assert (balance_of(raw) or None) == (moved or None)


def test_taxes_are_no_items():
    """Sales tax items stand in the list of items, but nobody sells them."""
    assert [raw.makes for raw in raws("items")] == [frozenset({ITEM})] * 2


def test_items_without_a_counterpart_are_told_apart():
    """A discount is rejected by itself, as excluded; the records around it go on."""
    discount = changed("items", **{"#name": "ItemDiscountRet"})
    with pytest.raises(RecordRejected) as caught:
        [*normalise(discount)]
    assert caught.value.category == "excluded"


@pytest.mark.parametrize("name", ["invoice", "credit_memo", "sales_receipt"])
def test_a_pending_sale_is_none_yet(name):
    """QuickBooks posts a sale once it is final; until then it moves nothing, and is not read."""
    pending = changed(name, IsPending="true")
    assert [*normalise(pending)] == []
    assert not balance_of(pending)
    assert [*normalise(changed(name, IsPending="false"))] != []


def test_a_sale_to_nobody_is_told_apart():
    """QuickBooks takes sales receipts without a customer; entities always have a party."""
    with pytest.raises(RecordRejected) as caught:
        [*normalise(changed("sales_receipt", CustomerRef=None))]
    assert caught.value.category == "excluded"


@pytest.mark.parametrize(
    ("fields", "category"),
    [
        ({"CurrencyRef": {"FullName": "Euro"}}, "currency"),
        ({"Subtotal": "71.00"}, "unreadable"),
        ({"TxnDate": "soon"}, "unreadable"),
        ({"Subtotal": "many"}, "unreadable"),
    ],
)
def test_what_does_not_add_up_is_rejected(fields, category):
    """A document in another currency, or one that contradicts itself, is nobody's entity."""
    with pytest.raises(RecordRejected) as caught:
        [*normalise(changed("invoice", **fields))]
    assert caught.value.category == category


def test_zero_is_not_void():
    """An invoice over nothing is an invoice, unless its memo says that it was voided."""
    line = {"TxnLineID": "1", "Amount": "0.00"}
    nothing = {"Subtotal": "0.00", "SalesTaxTotal": "0.00", "InvoiceLineRet": [line]}
    (entity,) = normalise(changed("invoice", **nothing))
    assert entity.amount.minor == 0
    assert [*normalise(changed("invoice", **nothing, Memo="VOID: March"))] == []


def test_in_us_dollars_by_name_is_at_home():
    """Where several currencies are on, documents in US dollars are read as ever."""
    (entity,) = normalise(changed("invoice", CurrencyRef={"FullName": "US Dollar"}))
    assert entity.kind == INVOICE


def test_traces_without_a_kind_are_left_out():
    """A deleted object of a sort that is not read makes no record."""
    trace = {"ListDelType": "Vehicle", "ListID": "1", "TimeDeleted": "2026-03-02T07:00:00"}
    customer = {**trace, "ListDelType": "Customer"}
    assert raw_records("ListDeletedQueryRq", [trace, customer]) == [
        RawRecord(id="1", data=customer, makes=frozenset({CUSTOMER}))
    ]
