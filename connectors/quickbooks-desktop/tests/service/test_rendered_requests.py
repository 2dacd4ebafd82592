"""Every document and operation with odd texts: the request is valid, or the record is parked."""

import datetime as dt
from functools import cache

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
NAMES = TEXTS.filter(bool)
IDS = st.text(min_size=1, max_size=20)
DATES = st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1))
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


@cache
def references(kind: str) -> st.SearchStrategy[Reference]:
    """A list entry by id, or now and then by an odd name; each strategy is built once."""
    by_id = st.builds(Reference, kind=st.just(kind), id=st.just("80000001-1234567890"), name=TEXTS)
    by_name = st.builds(Reference, kind=st.just(kind), name=NAMES)
    return st.one_of(by_id, by_id, by_id, by_name)


@cache
def maybe(kind: str) -> st.SearchStrategy[Reference | None]:
    """A list entry, or nothing."""
    return st.one_of(st.none(), references(kind))


@cache
def line_lists(document: str) -> st.SearchStrategy[tuple[Line, ...]]:
    """The lines of any movement that becomes this document."""
    line = st.builds(
        Line,
        amount=st.integers(1, 10**11).map(Money),
        account=references(ACCOUNT),
        item=st.none() if document == "Deposit" else maybe(ITEM),
        customer=maybe(CUSTOMER),
        class_=maybe(CLASS),
        memo=TEXTS,
    )
    return st.lists(line, min_size=1, max_size=1 if document == "Transfer" else 4).map(tuple)


@st.composite
def movements(draw: st.DrawFn, document: str) -> Movement:
    """Any movement that becomes this document."""
    kind, way, _type, _style = SHAPES[document]
    lines = draw(line_lists(document))
    return Movement(
        kind=kind,
        id=draw(IDS),
        way=way,
        amount=Money(sum(line.amount.minor for line in lines)),
        date=draw(DATES),
        lines=lines,
        account=Reference(kind=ACCOUNT, id="80000002-1234567890", name=draw(TEXTS)),
        party=draw(maybe(VENDOR)),
        number=draw(TEXTS),
        memo=draw(TEXTS),
    )


MOVEMENTS = {document: movements(document) for document in SHAPES}


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


@pytest.mark.parametrize("document", SHAPES)
def test_every_document_and_operation_is_valid_or_parked(official_schema, document: str) -> None:
    """Add, change, void and delete of each document: valid for the schema, or a plain refusal."""
    valid: dict[Operation, set[str]] = {operation: set() for operation in WRITES}
    _kind, _way, account_type, transfers = SHAPES[document]
    style = Style(transfers=transfers)
    target = Target(type=document, id="1A2B-1234567890", guard="1234567890")

    @FUZZ
    @given(entity=MOVEMENTS[document])
    def check(entity: Movement) -> None:
        for operation in WRITES:
            given_ = None if operation is Operation.CREATE else target
            delivery = delivery_of(entity, operation, given_)
            try:
                request = render(delivery, lambda _: account_type, style)
            except RecordRejected:
                continue
            if not check_request(request):
                valid[operation].add(judged(official_schema, request, delivery.attempt_key))

    check()
    gone = set() if document == "Transfer" else {"TxnVoidRq"}
    assert valid == {
        Operation.CREATE: {f"{document}AddRq"},
        Operation.UPDATE: {f"{document}ModRq"},
        Operation.VOID: gone,
        Operation.DELETE: {"TxnDelRq"} if gone else set(),
    }


@FUZZ
@given(data=st.data(), document=st.sampled_from([*SHAPES]), known=st.booleans())
def test_every_search_for_a_lost_write_is_valid(official_schema, data, document, known) -> None:
    """The query that looks a document up is valid for any document and any text."""
    entity = data.draw(MOVEMENTS[document])
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
