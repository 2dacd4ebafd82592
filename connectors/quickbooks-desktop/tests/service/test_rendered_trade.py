"""Every list entry, document and payment with odd values: a valid request, or a plain refusal."""

import datetime as dt
import os
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from subledger.errors import RecordRejected
from subledger.ledger.keys import attempt_key, idempotency_key
from subledger.manifest import Operation
from subledger.model import (
    PAID_AT_ONCE,
    SALES,
    Address,
    Application,
    Document,
    Item,
    ItemType,
    Line,
    Party,
    Reference,
    Settlement,
    Tax,
)
from subledger.model import kinds as k
from subledger.money import Money
from subledger.ports import Delivery, Target
from subledger_quickbooks_desktop import recovery
from subledger_quickbooks_desktop.render import Style, render, type_of_delivery
from subledger_quickbooks_desktop.wire import qbxml
from subledger_quickbooks_desktop.wire.checks import check_request

ODD = st.sampled_from(
    ["", " ", "a", "&<>\"'", "]]>", "Łódź", "\U0001f600", "x" * 42, "x" * 5000, "a:b", "\n", "\t",
     "\0", "\u202eevil", "é" * 31, "<!DOCTYPE a>", "½", "a\u0301", "1,0", "a:", ":"]
)  # fmt: skip
TEXTS = st.one_of(ODD, st.text(max_size=60))
DATES = st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1))
NUMBERS = st.decimals(-(10**9), 10**9, places=7, allow_nan=False, allow_infinity=False)
WRITES = (Operation.CREATE, Operation.UPDATE, Operation.VOID, Operation.DELETE)
TYPES = {"bank": "Bank", "card": "CreditCard", "item": "ItemSalesTax", "code": "SalesTaxCode",
         "visa": "Visa", "known": "ItemService", "odd": "ItemGroup"}  # fmt: skip
FUZZ = settings(
    max_examples=50,  # each of them is written in four ways and looked for in two
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def type_of(reference: Reference) -> str:
    """The type of a list entry, by its identifier."""
    return TYPES.get(reference.id, "")


@cache
def maybe(strategy):
    """Now and then nothing."""
    return st.one_of(st.none(), strategy)


@cache
def refs(kind, *ids):
    """A list entry by id, or now and then by an odd name."""
    by_id = st.builds(Reference, kind=st.just(kind), id=st.sampled_from(ids or ("80000001-1",)),
                      name=TEXTS)  # fmt: skip
    return st.one_of(*[by_id] * 7, st.builds(Reference, kind=st.just(kind), name=TEXTS))


ADDRESSES = st.builds(
    Address,
    lines=st.lists(TEXTS, max_size=7).map(tuple),
    city=TEXTS,
    region=TEXTS,
    postcode=TEXTS,
    country=TEXTS,
)
_TEXT_FIELDS = (
    *("name", "company", "first_name", "last_name"),
    *("email", "phone", "mobile", "notes", "number"),
)
PARTIES = st.builds(
    Party,
    kind=st.sampled_from([k.CUSTOMER, k.VENDOR]),
    id=st.just("1"),
    **dict.fromkeys(_TEXT_FIELDS, TEXTS),
    address=maybe(ADDRESSES),
    terms=maybe(refs(k.TERMS)),
    parent=maybe(refs(k.CUSTOMER)),
    active=st.booleans(),
)
ITEMS = st.builds(
    Item,
    id=st.just("1"),
    name=TEXTS,
    type=st.sampled_from(ItemType),
    sku=TEXTS,
    description=TEXTS,
    price=maybe(NUMBERS),
    cost=maybe(NUMBERS),
    taxable=st.booleans(),
    active=st.booleans(),
    **dict.fromkeys(("income_account", "expense_account", "asset_account"), maybe(refs(k.ACCOUNT))),
)


BUYS = (k.BILL, k.VENDOR_CREDIT, k.PURCHASE)


@cache
@st.composite
def lines(draw: st.DrawFn, kind: str) -> Line:
    """A line of a document of this kind; some fit only purchases."""
    buys = kind in BUYS
    has_item = draw(st.integers(0, 5)) > (2 if buys else 0)
    return Line(
        amount=Money(draw(st.integers(0, 10**10))),
        item=draw(refs(k.ITEM)) if has_item else None,
        account=draw(refs(k.ACCOUNT)) if buys and not has_item else None,
        customer=draw(maybe(refs(k.CUSTOMER))),
        class_=draw(maybe(refs(k.CLASS))),
        memo=draw(TEXTS),
        quantity=draw(maybe(NUMBERS)),
        price=draw(maybe(NUMBERS)),
        taxable=draw(st.booleans()),
        tax=draw(maybe(refs(k.TAX_CODE, "code"))),
    )


TAXES = st.builds(
    Tax, amount=st.integers(0, 10**6).map(Money), code=maybe(refs(k.TAX_CODE, "item", "code"))
)
ORDERS = st.just(Reference(kind=k.PURCHASE_ORDER, id="order"))


@st.composite
def documents(draw: st.DrawFn, kind: str) -> Document:
    """Any document of this kind."""
    rows = tuple(draw(st.lists(lines(kind), max_size=4)))
    tax = draw(maybe(TAXES)) if kind in SALES else None
    cents = sum(row.amount.minor for row in rows) + (tax.amount.minor if tax else 0)
    return Document(
        kind=kind,
        id="1",
        party=draw(_parties(kind)),
        date=draw(DATES),
        due=draw(maybe(DATES)),
        number=draw(TEXTS),
        amount=Money(cents),
        lines=rows,
        tax=tax,
        message=draw(TEXTS),
        billing=draw(maybe(ADDRESSES)),
        order_number=draw(TEXTS),
        order=draw(maybe(ORDERS)),
        payment_number=draw(TEXTS),
        payment_method=draw(maybe(refs(k.PAYMENT_METHOD))),
        account=draw(st.sampled_from(MONEY) if kind in PAID_AT_ONCE else maybe(refs(k.ACCOUNT))),
        terms=draw(maybe(refs(k.TERMS))),
        class_=draw(maybe(refs(k.CLASS))),
        memo=draw(TEXTS),
    )


def _parties(kind: str) -> st.SearchStrategy[Reference]:
    """Who a document of this kind may be with."""
    if kind == k.PURCHASE:
        return st.one_of(refs(k.VENDOR), refs(k.CUSTOMER))
    return refs(k.VENDOR if kind in BUYS else k.CUSTOMER)


MONEY = (
    *(Reference(kind=k.ACCOUNT, id=name, name=name) for name in ("bank", "card", "bank", "card")),
    Reference(kind=k.ACCOUNT, id="80000001-1", name="unknown"),
    None,
)


@st.composite
def settlements(draw: st.DrawFn, kind: str) -> Settlement:
    """Any payment of this kind: of documents, by credits, or of nothing."""
    target, credit = {
        k.PAYMENT: (k.INVOICE, k.CREDIT_MEMO),
        k.BILL_PAYMENT: (k.BILL, k.VENDOR_CREDIT),
        k.REFUND: (k.CREDIT_MEMO, k.CREDIT_MEMO),
    }[kind]
    paid = draw(st.lists(st.integers(1, 10**9), max_size=3))
    rows = [
        Application(document=Reference(kind=target, id=f"T{place}"), amount=Money(cents))
        for place, cents in enumerate(paid)
    ]
    used = draw(st.integers(0, sum(paid))) if paid and kind != k.REFUND else 0
    if used:
        rows.append(Application(document=Reference(kind=credit, id="C"), amount=Money(used)))
    more = draw(st.sampled_from([0, 0, 5])) if kind != k.BILL_PAYMENT else 0
    return Settlement(
        kind=kind,
        id="1",
        party=draw(refs(k.CUSTOMER)),
        date=draw(DATES),
        amount=Money(sum(paid) - used + more),
        applications=tuple(rows),
        number=draw(TEXTS),
        payment_method=draw(maybe(refs(k.PAYMENT_METHOD, "visa"))),
        money=draw(st.sampled_from(MONEY)),
        account=draw(refs(k.ACCOUNT)),
        memo=draw(TEXTS),
    )


STYLES = st.sampled_from(
    [
        Style(),
        Style(
            taxable=Reference(kind=k.TAX_CODE, id="80000001-1"),
            exempt=Reference(kind=k.TAX_CODE, name="Non"),
            order_lines={"order": ("1-1", "1-2")},
        ),
    ]
)
SHAPES = {
    "Party": PARTIES,
    "Item": ITEMS,
    **{kind: documents(kind) for kind in
       (k.INVOICE, k.CREDIT_MEMO, k.SALES_RECEIPT, k.BILL, k.VENDOR_CREDIT, k.PURCHASE,
        k.PURCHASE_ORDER)},
    **{kind: settlements(kind) for kind in (k.PAYMENT, k.BILL_PAYMENT, k.REFUND)},
}  # fmt: skip
REQUESTS = {
    "Party": {"CustomerAdd", "CustomerMod", "VendorAdd", "VendorMod"},
    "Item": {f"Item{sort}{verb}" for sort in ("Service", "NonInventory", "Inventory", "OtherCharge")
             for verb in ("Add", "Mod")},
    k.INVOICE: {"InvoiceAdd", "InvoiceMod"},
    k.CREDIT_MEMO: {"CreditMemoAdd", "CreditMemoMod"},
    k.SALES_RECEIPT: {"SalesReceiptAdd", "SalesReceiptMod"},
    k.BILL: {"BillAdd", "BillMod"},
    k.PURCHASE: {"CheckAdd", "CheckMod", "CreditCardChargeAdd", "CreditCardChargeMod"},
    k.VENDOR_CREDIT: {"VendorCreditAdd", "VendorCreditMod"},
    k.PURCHASE_ORDER: {"PurchaseOrderAdd", "PurchaseOrderMod"},
    k.PAYMENT: {"ReceivePaymentAdd", "ReceivePaymentMod"},
    k.BILL_PAYMENT: {"BillPaymentCheckAdd", "BillPaymentCheckMod", "BillPaymentCreditCardAdd"},
    k.REFUND: {"CheckAdd", "CheckMod", "ARRefundCreditCardAdd"},
}  # fmt: skip


def delivery_of(entity, operation: Operation, target: Target | None = None) -> Delivery:
    """A delivery as the desk would hand it over."""
    key = idempotency_key("books", "psa", entity.kind, "1", operation=operation)
    return Delivery(
        effect=7,
        source="psa",
        kind=entity.kind,
        operation=operation,
        key=key,
        attempt_key=attempt_key(key, 0),
        marker="sl:invoice-1",
        entity=entity,
        target=target,
    )


def target_of(entity, operation: Operation, style: Style, sort: str) -> Target | None:
    """What an update or a removal is about."""
    if operation is Operation.CREATE:
        return None
    try:
        name = type_of_delivery(delivery_of(entity, operation), type_of, style)
    except RecordRejected:
        name = "Check"
    return Target(type="" if sort in ("Party", "Item") else name, id="1A2B-1", guard="12:ab")


def judged(schema: etree.XMLSchema, request: etree._Element, set_id: str | None) -> str:
    """The request's name, once the published schema has accepted its message set."""
    data = qbxml.message_set([request], new_set_id=set_id)
    assert data.isascii()
    assert schema.validate(etree.fromstring(data)), (data.decode()[:3000], schema.error_log)
    return str(request.tag).removesuffix("Rq")


@pytest.fixture(scope="session")
def schema() -> etree.XMLSchema:
    """The published qbXML 13.0 schema; tests that need it skip without it."""
    named = os.environ.get("SUBLEDGER_CONTRACTS")
    beside = Path(__file__).resolve().parents[4].parent / "shared" / "contracts"
    folder = Path(named) if named else beside
    if not folder.is_dir():
        pytest.skip("the published schemas are not here (SUBLEDGER_CONTRACTS names their folder)")
    return etree.XMLSchema(etree.parse(folder / "qbxml" / "qbxmlops130.xsd"))


@pytest.mark.parametrize("sort", SHAPES)
def test_every_request_is_valid_or_parked(schema, sort: str) -> None:
    """Add, change, void, delete and both searches: what is sent is valid for the schema, too.

    The searches look for a lost write by its identifier and by what it should hold.
    """
    written, looked_for = set(), {True: set(), False: set()}

    @FUZZ
    @given(entity=SHAPES[sort], before=SHAPES[sort], style=STYLES)
    def check(entity, before, style) -> None:
        for operation in WRITES:
            target = target_of(entity, operation, style, sort)
            delivery = evolve(delivery_of(entity, operation, target), before=before)
            request = rendered(delivery, style)
            if request is not None and not check_request(request):
                written.add(judged(schema, request, delivery.attempt_key))
        for operation, known in ((Operation.CREATE, False), (Operation.UPDATE, True)):
            delivery = delivery_of(entity, operation, target_of(entity, operation, Style(), sort))
            if rendered(delivery, Style()) is None:
                continue
            request = recovery.search(delivery, type_of, Style(), "find-7")
            if not check_request(request):
                looked_for[known].add(judged(schema, request, None))

    check()
    assert written - {"TxnVoid", "TxnDel"} <= REQUESTS[sort]
    assert len(written & REQUESTS[sort]) >= 2
    assert all(looked_for.values())


def rendered(delivery: Delivery, style: Style) -> etree._Element | None:
    """The request of a delivery; None where its record is parked."""
    try:
        return render(delivery, type_of, style)
    except RecordRejected:
        return None


def test_odd_numbers_are_kept_exact() -> None:
    """A price that does not make the amount is left out; a too fine quantity too."""
    base = {"amount": Money(1000), "item": Reference(kind=k.ITEM, id="1")}
    for quantity, price, found in (
        ("2", "5", {"Quantity": "2", "Rate": "5"}),
        ("3", "3.33", {"Quantity": "3"}),
        ("1.123456", "8.9", {}),
        ("0", "5", {}),
    ):
        row = Line(**base, quantity=Decimal(quantity), price=Decimal(price))
        invoice = Document(
            kind=k.INVOICE,
            id="1",
            party=Reference(kind=k.CUSTOMER, id="1"),
            date=dt.date(2026, 3, 2),
            amount=Money(1000),
            lines=(row,),
        )
        request = render(delivery_of(invoice, Operation.CREATE), type_of, Style())
        element = request.find("InvoiceAdd/InvoiceLineAdd")
        given_ = {name: element.findtext(name) for name in ("Quantity", "Rate")}
        assert {name: value for name, value in given_.items() if value} == found
        assert element.findtext("Amount") == "10.00"
