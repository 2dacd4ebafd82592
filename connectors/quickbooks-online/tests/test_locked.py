"""What the books lock, for deposits, bank matches or closed periods, is told, and works later."""

import datetime as dt

import pytest

from subledger.manifest import Operation
from subledger.ports import Posted, Refused

WAYS = pytest.mark.parametrize(
    "operation", [Operation.UPDATE, Operation.VOID, Operation.DELETE], ids=lambda way: way.value
)


async def one(sink, delivery):
    [outcome] = await sink.deliver([delivery])
    return outcome


@pytest.fixture
async def payment(world, make, delivery):
    """A payment that was posted, and the sink."""
    sink = world.sink()
    return sink, await one(sink, delivery(make.settlement()))


@pytest.fixture
def change(make, delivery, target, payment):
    """Changes the payment, or takes it back; each time under a key of its own."""
    sink, posted = payment

    async def go(operation, number, posted=posted):
        return await one(
            sink,
            delivery(
                make.settlement(amount="60.00"),
                operation=operation,
                target=target(posted),
                attempt_key=f"{number:026d}",
            ),
        )

    return go


@WAYS
async def test_a_deposited_payment_waits_until_it_is_taken_out(world, payment, change, operation):
    """6540: the hint names the deposit; out of it, the same goes."""
    link = {"TxnId": payment[1].id, "TxnType": "Payment", "TxnLineId": "0"}
    body = {"DepositToAccountRef": {"value": "35"}, "Line": [{"Amount": 100, "LinkedTxn": [link]}]}
    deposit = world.company.create("Deposit", body)
    refused = await change(operation, 1)
    assert isinstance(refused, Refused)
    assert (refused.finding.category, refused.code) == ("reconciled", "6540")
    assert "deposit" in refused.finding.hint
    assert world.company.read("Payment", payment[1].id)["TotalAmt"] == 100
    world.person.delete("Deposit", deposit["Id"])
    assert isinstance(await change(operation, 2), Posted)


@WAYS
async def test_a_matched_payment_waits_until_it_is_unmatched(world, payment, change, operation):
    """6480: the hint names the bank's line; unmatched, the same goes."""
    world.person.match(payment[1].id)
    refused = await change(operation, 1)
    assert (refused.finding.category, refused.code) == ("reconciled", "6480")
    assert "match" in refused.finding.hint
    world.person.match(payment[1].id, matched=False)
    assert isinstance(await change(operation, 2), Posted)


@pytest.mark.parametrize("password", [False, True])
@WAYS
async def test_a_payment_of_a_closed_period_waits(world, change, operation, password):
    """6200, or 6210 behind a password: the same finding; reopened, the same goes."""
    world.person.close_books(dt.date(2026, 3, 1), password=password)
    refused = await change(operation, 1)
    assert refused.finding.category == "closed_period"
    assert refused.code == ("6210" if password else "6200")
    world.person.close_books(None)
    assert isinstance(await change(operation, 2), Posted)
