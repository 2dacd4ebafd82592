"""Refunds of one batch are joined to their credit memos in one request."""

import json
from decimal import Decimal

import pytest

from subledger.model import kinds
from subledger.money import Money
from subledger.ports import Posted, Unknown

BATCH = "T" * 26


def placed(delivery, entities):
    """Deliveries that leave together."""
    return [
        delivery(entity, effect=place, attempt_key=f"{place:0>26}", batch=BATCH, place=place)
        for place, entity in enumerate(entities, start=1)
    ]


def posts(world, word):
    """The ``requestid`` and items of each batch that was sent, of those that hold a word."""
    sent = []
    for method, url, _headers, body in world.http.seen:
        if method == "POST" and "/batch?" in url and word.encode() in body:
            key = url.partition("requestid=")[2].partition("&")[0]
            sent.append((key, len(json.loads(body)["BatchItemRequest"])))
    return sent


async def refunded(sink, make, delivery, count):
    """So many refunds that are ready, each of its own credit memo."""
    credits_ = [
        make.document(kinds.CREDIT_MEMO, id=str(number), number=f"C{number}")
        for number in range(count)
    ]
    given = [(await sink.deliver([delivery(credit)]))[0] for credit in credits_]
    return [
        make.settlement(kinds.REFUND, id=f"r{one.id}", applied=[("credit_memo", one.id, "100.00")])
        for one in given
    ], [one.id for one in given]


async def test_refunds_of_a_batch_are_joined_in_one_request(world, make, delivery):
    """Three refunds take two requests, and pay their credit memos out."""
    sink = world.sink()
    refunds, credits_ = await refunded(sink, make, delivery, 3)
    world.http.seen.clear()
    outcomes = await sink.deliver(placed(delivery, refunds))
    assert [(one.amount, one.warnings) for one in outcomes] == [(Money.of("100.00"), ())] * 3
    assert posts(world, "Purchase") == [(BATCH, 3)]
    assert posts(world, "Payment") == [(BATCH, 3), (f"{BATCH}l", 3)]  # a Purchase has PaymentType
    left = [world.company.read("CreditMemo", one)["RemainingCredit"] for one in credits_]
    assert left == [Decimal(0)] * 3


@pytest.mark.parametrize("memory", ["", ",forget-requestids"])
async def test_a_lost_joining_is_not_repeated(world, make, delivery, memory):
    """Where the answer to the joining request is lost, each refund is joined once all the same."""
    sink = world.sink()
    refunds, credits_ = await refunded(sink, make, delivery, 2)
    world.simulation.faults.set(f"lost-answer~POST batch@2{memory}")
    sent = placed(delivery, refunds)
    assert all(isinstance(one, Unknown) for one in await sink.deliver(sent))
    for each in sent:
        found = await sink.find(each)
        assert isinstance(found, Posted)
        assert (found.recovered, found.warnings) == (True, ())
    assert len(world.company.query("select * from Payment")["Payment"]) == 2
    left = [world.company.read("CreditMemo", one)["RemainingCredit"] for one in credits_]
    assert left == [Decimal(0)] * 2
