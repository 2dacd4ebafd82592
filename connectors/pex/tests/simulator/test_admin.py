"""Steering the simulation from outside."""

from decimal import Decimal


async def find(pex, number, **query):
    rows = await pex.rows(**query)
    return next(row for row in rows if row["TransactionId"] == number)


async def test_the_clock_moves_forward_only(pex):
    """Days, hours, or an Eastern wall time; never back."""
    state = await pex.admin("GET", "state")
    assert state["now"] == "2026-04-10T06:00:00"
    assert (await pex.admin("POST", "clock", {"days": 1, "hours": 2}))["now"] == (
        "2026-04-11T08:00:00"
    )
    moved = await pex.admin("POST", "clock", {"to": "2026-04-12T00:00:00"})
    assert moved["now"] == "2026-04-12T00:00:00"
    status, _ = await pex.call("POST", "/_simulator/clock", {"to": "2026-04-11T00:00:00"})
    assert status == 400
    assert (await pex.admin("GET", "state"))["now"] == "2026-04-12T00:00:00"


async def test_a_transaction_can_be_approved_and_tagged(pex, landmark):
    """A review and tags by hand show on the next read."""
    number = landmark("untagged")
    await pex.admin("POST", f"transactions/{number}/approval", {"status": "Rejected"})
    splits = [
        {"amount": "30.00", "answers": {"GL Account": "Fuel"}},
        {"amount": "3.00", "answers": {"GL Account": "Travel", "Class": "Clinic"}},
    ]
    await pex.admin("POST", f"transactions/{number}/tags", {"splits": splits})
    row = await find(pex, number)
    assert row["MetadataApprovalStatus"] == "Rejected"
    assert len(row["TransactionTags"]["Tags"]) == 2
    status, _ = await pex.call(
        "POST", f"/_simulator/transactions/{number}/approval", {"status": "Maybe"}
    )
    assert status == 400


async def test_a_new_purchase_can_be_made_and_settled(pex):
    """A purchase appears pending and settles for another amount under the same id."""
    made = await pex.admin(
        "POST", "transactions", {"amount": "-12.34", "merchant": "KIOSK", "pending": True}
    )
    assert (await find(pex, made["id"], IncludePendings="True"))["IsPending"]
    settled = await pex.admin("POST", f"transactions/{made['id']}/settle", {"amount": "-12.50"})
    row = await find(pex, settled["id"])
    assert row["TransactionAmount"] == Decimal("-12.50")
    status, _ = await pex.call("POST", f"/_simulator/transactions/{made['id']}/settle", {})
    assert status == 409


async def test_counts_and_landmarks(pex):
    """The records by sort, and the names of those worth finding again."""
    counts = await pex.admin("GET", "counts")
    assert counts["all"] == len(pex.simulation.business.transactions)
    assert counts["pending"] > 3
    assert counts["declined"] > 3
    landmarks = await pex.admin("GET", "landmarks")
    assert {"journey", "split_example", "account_prefix", "late_approval"} <= set(landmarks)


async def test_bad_orders_are_explained(pex):
    """An unknown switch, fault or transaction is a 4xx with a message, not a crash."""
    for method, path, body in (
        ("PUT", "behaviour", {"colour": 1}),
        ("PUT", "faults", {"colour": 1}),
        ("POST", "transactions", {}),
        ("POST", "clock", {"moons": 1}),
        ("POST", "clock", []),
        ("POST", "transactions/5/settle", {}),
    ):
        status, answer = await pex.call(method, f"/_simulator/{path}", body)
        assert status in {400, 404}, path
        assert answer["Message"]


async def test_two_simulations_of_one_business_do_not_touch_each_other(open_caller, prepaid):
    """What happens to one simulation stays there."""
    one, two = await open_caller(prepaid), await open_caller(prepaid)
    number = prepaid.landmarks["untagged"]
    await one.admin("POST", f"transactions/{number}/approval", {"status": "Rejected"})
    assert (await find(one, number))["MetadataApprovalStatus"] == "Rejected"
    assert (await find(two, number))["MetadataApprovalStatus"] == "Approved"
