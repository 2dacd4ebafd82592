"""Every document and operation with odd texts: the request is valid, or the record is parked."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from subledger.errors import RecordRejected
from subledger.ledger.keys import attempt_key, idempotency_key
from subledger.manifest import Operation
from subledger.model import Line, Movement, Reference, Way
from subledger.model.kinds import (
    ACCOUNT,
    CARD_TRANSACTION,
    CLASS,
    CUSTOMER,
    FEE,
    ITEM,
    TRANSFER,
    VENDOR,
)
from subledger.money import Money
from subledger.ports import Delivery, Target
from subledger_quickbooks_desktop import recovery
from subledger_quickbooks_desktop.render import Style, render
from subledger_quickbooks_desktop.wire import qbxml
from subledger_quickbooks_desktop.wire.checks import check_request

ODD = st.sampled_from(
    ["", " ", "a", "&<>\"'", "]]>", "Łódź", "\U0001f600", "x" * 42, "x" * 5000, "a:b", "\n", "\t",
     "\0", "\x1b[1m", "\u202eevil", "é" * 31, "<!DOCTYPE a>", "ﬁ", "½", "\ud800", "a\u0301", "1,0"]
)  # fmt: skip
TEXTS = st.one_of(ODD, st.text(max_size=60))


WRITES = (Operation.CREATE, Operation.UPDATE, Operation.VOID, Operation.DELETE)
SHAPES = {
    "Check": (CARD_TRANSACTION, Way.OUT, "Bank", "journal_entry"),
    "Deposit": (CARD_TRANSACTION, Way.IN, "Bank", "journal_entry"),
    "CreditCardCharge": (FEE, Way.OUT, "CreditCard", "journal_entry"),
    "CreditCardCredit": (CARD_TRANSACTION, Way.IN, "CreditCard", "journal_entry"),
    "JournalEntry": (TRANSFER, Way.IN, "Bank", "journal_entry"),
    "Transfer": (TRANSFER, Way.OUT, "Bank", "transfer"),
}
"""Kind, way, type of the register account and style that make a document."""


@st.composite
def references(draw: st.DrawFn, kind: str) -> Reference:
    """A list entry by id, or now and then by an odd name."""
    if draw(st.integers(0, 3)):
        return Reference(kind=kind, id="80000001-1234567890", name=draw(TEXTS))
    return Reference(kind=kind, name=draw(TEXTS.filter(bool)))


@st.composite
def movements(draw: st.DrawFn, document: str) -> Movement:
    """Any movement that becomes this document."""
    kind, way, _type, _style = SHAPES[document]
    most = 1 if document == "Transfer" else 4
    cents = draw(st.lists(st.integers(1, 10**11), min_size=1, max_size=most))
    items = st.none() if document == "Deposit" else st.one_of(st.none(), references(ITEM))
    lines = tuple(
        Line(
            amount=Money(amount),
            account=draw(references(ACCOUNT)),
            item=draw(items),
            customer=draw(st.one_of(st.none(), references(CUSTOMER))),
            class_=draw(st.one_of(st.none(), references(CLASS))),
            memo=draw(TEXTS),
        )
        for amount in cents
    )
    return Movement(
        kind=kind,
        id=draw(st.text(min_size=1, max_size=20)),
        way=way,
        amount=Money(sum(cents)),
        date=draw(st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1))),
        lines=lines,
        account=Reference(kind=ACCOUNT, id="80000002-1234567890", name=draw(TEXTS)),
        party=draw(st.one_of(st.none(), references(VENDOR))),
        number=draw(TEXTS),
        memo=draw(TEXTS),
    )


def delivery_of(entity, operation: Operation, target: Target | None) -> Delivery:
    """A delivery as the desk would hand it over."""
    key = idempotency_key("books", "cards", entity.kind, "1", operation=operation)
    return Delivery(
        effect=7,
        kind=entity.kind,
        operation=operation,
        key=key,
        attempt_key=attempt_key(key, 0),
        marker="sl:txn-1",
        entity=entity,
        target=target,
    )


def judged(schema: etree.XMLSchema, request: etree._Element, set_id: str | None) -> str:
    """The request's name, once the published schema has accepted its message set."""
    data = qbxml.message_set([request], new_set_id=set_id)
    assert data.isascii()
    root = etree.fromstring(data)
    assert schema.validate(root), (data.decode()[:3000], schema.error_log)
    return str(request.tag)


FUZZ = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("document", SHAPES)
def test_every_document_and_operation_is_valid_or_parked(
    official_schema, document: str, operation: Operation
) -> None:
    """Add, change, void and delete of each document: valid for the schema, or a plain refusal."""
    valid = []

    @FUZZ
    @given(entity=movements(document))
    def check(entity: Movement) -> None:
        target = Target(type=document, id="1A2B-1234567890", guard="1234567890")
        delivery = delivery_of(entity, operation, None if operation is Operation.CREATE else target)
        _kind, _way, account_type, transfers = SHAPES[document]
        try:
            request = render(delivery, lambda _: account_type, Style(transfers=transfers))
        except RecordRejected:
            return
        if not check_request(request):
            valid.append(judged(official_schema, request, delivery.attempt_key))

    check()
    gone = document == "Transfer" and operation in (Operation.VOID, Operation.DELETE)
    name = {
        Operation.CREATE: f"{document}AddRq",
        Operation.UPDATE: f"{document}ModRq",
        Operation.VOID: "TxnVoidRq",
        Operation.DELETE: "TxnDelRq",
    }[operation]
    assert set(valid) == (set() if gone else {name})


@FUZZ
@given(data=st.data(), document=st.sampled_from([*SHAPES]), known=st.booleans())
def test_every_search_for_a_lost_write_is_valid(official_schema, data, document, known) -> None:
    """The query that looks a document up is valid for any document and any text."""
    entity = data.draw(movements(document))
    target = Target(type=document, id="1A2B-1", guard="1") if known else None
    delivery = delivery_of(entity, Operation.UPDATE if known else Operation.CREATE, target)
    _kind, _way, account_type, transfers = SHAPES[document]
    style = Style(transfers=transfers)
    request = recovery.search(delivery, lambda _: account_type, style, "find-7")
    assert judged(official_schema, request, None) == f"{document}QueryRq"


@pytest.mark.parametrize("set_id", ["a" * 22])
def test_a_status_enquiry_is_valid(official_schema, set_id: str) -> None:
    """The empty message set with both identifiers is valid."""
    assert official_schema.validate(etree.fromstring(qbxml.status_enquiry(set_id)))
