"""Sources that number their kinds separately: an invoice 5 and a payment 5 are two records."""

import datetime as dt

import pytest

from subledger.errors import RecordRejected
from subledger.flow.intake import normalise_page, store_page
from subledger.ledger import leases
from subledger.ledger.records import Subscriber
from subledger.model import Document, Line, Reference, Settlement
from subledger.model.kinds import CREDIT_MEMO, CUSTOMER, INVOICE, PAYMENT
from subledger.money import Money
from subledger.ports import RawRecord, SourceType
from subledger.store.engine import memory_store
from subledger.store.schema import POSTING, RECORD

INVOICES, PAYMENTS = frozenset({INVOICE, CREDIT_MEMO}), frozenset({PAYMENT})
WHO = Reference(kind=CUSTOMER, record="1", name="Acme")
DAY = dt.date(2026, 3, 1)


def normalise(raw):
    """Becomes what its data say; nothing where there are none."""
    if raw.data.get("broken"):
        raise RecordRejected("broken", category="unreadable")
    amount = Money.of("10.00")
    for kind in raw.data.get("kinds", ()):
        if kind == PAYMENT:
            yield Settlement(kind=kind, id=raw.id, party=WHO, date=DAY, amount=amount)
        else:
            lines = (Line(amount=amount),)
            yield Document(kind=kind, id=raw.id, party=WHO, date=DAY, amount=amount, lines=lines)


SOURCE = SourceType(manifest=None, config=object, open=None, normalise=normalise)


@pytest.fixture
def store():
    """A store in memory."""
    opened = memory_store()
    yield opened
    opened.close()


async def read(store, *page):
    """Stores a page; the kinds and identifiers that are known then, readable or not."""
    flows = [Subscriber(flow="f", kinds=INVOICES | PAYMENTS)]
    epoch = await store.tx(leases.take, "flow:f", "me", 0, 0) or 1
    await store.tx(
        store_page,
        *("f", "psa", flows, normalise_page(SOURCE, page)),
        cursor=None,
        epoch=epoch,
        now=0,
        lease=0,
    )
    rows = await store.tx(lambda c: c.execute(RECORD.select()).all())
    posted = await store.tx(lambda c: c.execute(POSTING.select()).all())
    assert {(row.kind, row.id) for row in rows} == {(row.kind, row.id) for row in posted}
    return {(row.kind, row.id) for row in rows}


def raw(number, makes, **data):
    """A raw record."""
    return RawRecord(id=number, makes=makes, data=data)


async def test_deleted_invoice_takes_no_payment_along(store):
    """An invoice that is gone leaves the payment of the same number alone."""
    invoice, payment = raw("5", INVOICES, kinds=[INVOICE]), raw("5", PAYMENTS, kinds=[PAYMENT])
    assert await read(store, invoice, payment) == {(INVOICE, "5"), (PAYMENT, "5")}
    assert await read(store, raw("5", INVOICES)) == {(PAYMENT, "5")}


async def test_invoice_that_turned_into_a_credit_memo(store):
    """What a record is not any more is gone, what it became is there."""
    await read(store, raw("5", INVOICES, kinds=[INVOICE]))
    assert await read(store, raw("5", INVOICES, kinds=[CREDIT_MEMO])) == {(CREDIT_MEMO, "5")}


async def test_unreadable_records_of_one_number(store):
    """An unreadable invoice and an unreadable payment of one number are two records."""
    known = await read(store, raw("5", INVOICES, broken=True), raw("5", PAYMENTS, broken=True))
    assert len(known) == 2
    healed = raw("5", PAYMENTS, kinds=[PAYMENT])
    assert await read(store, healed) == {(PAYMENT, "5"), ("unreadable", "credit_memo/invoice:5")}
