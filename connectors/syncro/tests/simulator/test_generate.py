"""The generated year: the same from the same seed, with everything in it, and adding up."""

import json
from datetime import date, timedelta

import pytest

from subledger_syncro.simulator import generate, truth
from subledger_syncro.simulator.generate import quotas

TODAY = date(2026, 4, 10)


def world_of(**values):
    return generate(**{"seed": 1, "invoices": 400, "today": TODAY, **values})[0]


def test_a_seed_decides_everything():
    """The same seed gives the same truth, another one another."""
    assert truth(world_of()) == truth(world_of())
    assert truth(world_of()) != truth(world_of(seed=2))


@pytest.mark.parametrize("seed", range(1, 6))
def test_every_sort_of_document_is_there(seed):
    """A year has every sort of invoice, payment and order, deletions, children, doubles."""
    world = world_of(seed=seed)
    told = truth(world)
    assert set(told["totals"]) == {
        "credit_memo", "credit_use", "customer_purchase", "declined_payment", "finished_order",
        "invoice", "offered_purchase", "open_order", "payment", "refund", "zero_invoice",
    }  # fmt: skip
    assert set(told["deleted"]) == {"customer", "invoice", "payment"}
    assert all(count["count"] for count in told["totals"].values())
    assert all(told["counts"].values())
    customers = world.customers.values()
    names = [one.display_name for one in customers]
    assert len(names) > len(set(names))
    assert any(one.parent_id in world.customers for one in customers)
    assert any(not name.isascii() for name in names)
    assert {one.tax_rate_id for one in customers} == {None, 901, 902, 903, 904, 905}
    lines = [line for one in world.invoices.values() for line in one.lines]
    assert any(line.discount_percent for line in lines)
    assert any(line.discount_cents for line in lines)
    assert any(line.quantity % 1 for line in lines)
    assert any(len(one.applied) > 2 for one in world.payments.values())
    assert any(len(world.payments_of(number)) > 1 for number in world.invoices)
    assert {len(one.lines) for one in world.purchases.values()} == {1, 2}


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_truth_adds_up(seed):
    """Balances are what was invoiced less what was applied; credit is what was left over."""
    told = truth(world_of(seed=seed))
    invoices, payments = told["invoices"].values(), told["payments"].values()
    good = [row for row in payments if row["success"]]
    applied = sum(sum(row["applied"].values()) for row in good)
    assert told["receivable"] == sum(row["total"] for row in invoices) - applied
    sums = told["totals"]
    sorts = ("invoice", "zero_invoice", "credit_memo")
    assert sum(sums[name]["total"] for name in sorts) == sum(row["total"] for row in invoices)
    money = sum(row["cents"] for row in good if not row["uses_credit"])
    used = sum(row["cents"] for row in good if row["uses_credit"])
    assert sum(told["store_credit"].values()) == money + used - applied - used
    assert all(sum(row["tax_by_name"].values()) == row["tax"] for row in invoices)
    known = set(told["invoices"])
    assert all(set(row["applied"]) <= known for row in payments)


def test_nobody_has_negative_credit():
    """Store credit is used only as far as it goes."""
    assert all(cents > 0 for cents in truth(world_of(invoices=2000))["store_credit"].values())


def test_days_share_the_invoices():
    """The quotas of the days come to the number that was asked for, most on the first."""
    first = TODAY - timedelta(days=365)
    found = list(quotas(first, 1000))
    assert sum(found) == 1000
    assert max(found) - found[(date(2025, 6, 1) - first).days] <= 1
    assert len(world_of(invoices=1000).invoices) > 1000 * 0.9


def test_recurring_invoices_come_every_month():
    """A schedule's invoices share their customer and come on the first of a month."""
    world = world_of()
    schedule = next(iter(world.schedules.values()))
    assert schedule.next_run == date(2026, 5, 1)
    days = {
        one.date
        for one in world.invoices.values()
        if one.customer_id == schedule.customer_id and (one.note or "").endswith("services")
    }
    assert len(days) >= 9
    assert {day.day for day in days} == {1}


def test_nothing_is_later_than_the_start(account):
    """Every record is older than the moment at which the simulation starts."""
    world, now = account.simulation.world, account.simulation.now
    tables = (world.customers, world.invoices, world.payments, world.orders, world.products)
    rows = [row for table in tables for row in table.values()]
    assert [row for row in rows if not row.created_at <= row.updated_at < now] == []
    for table in tables:
        made = [row.created_at for _, row in sorted(table.items())]
        assert made == sorted(made)


@pytest.mark.parametrize("steps", [1, 7, 400])
def test_the_business_goes_on_the_same_in_any_steps(make_account, steps):
    """Ten days later the account is the same, however often it was looked at on the way."""
    account, whole = make_account(), make_account()
    for one, parts in ((account, steps), (whole, 1)):
        one.admin("POST", "behaviour", {"goes_on": True})
        for _ in range(parts):
            one.admin("POST", "clock", {"seconds": 10 * 86_400 // parts})
        one.admin("POST", "clock", {"to": "2026-04-20T12:00:00Z"})
    before, after = account.truth(), whole.truth()
    assert before == after
    assert before["counts"]["invoice"] > make_account().truth()["counts"]["invoice"]


def test_the_business_stands_still_unless_told(account):
    """Control: without the switch ten days change nothing."""
    before = account.truth()
    account.admin("POST", "clock", {"days": 10})
    assert {**account.truth(), "as_of": ""} == {**before, "as_of": ""}


def test_what_happens_is_stamped_no_later_than_it_is_seen(make_account):
    """A reader who asks again since its last look misses nothing that the business did."""
    account = make_account()
    account.admin("POST", "behaviour", {"goes_on": True})
    seen, since = {}, account.admin("GET", "state")["now"]
    for _ in range(30):
        account.admin("POST", "clock", {"hours": 3})
        rows = account.pages(f"invoices?since_updated_at={since}", "invoices")
        seen |= {row["id"]: row for row in rows}
        since = account.admin("GET", "state")["now"]
    known = account.simulation.business
    fresh = {row["id"]: row for row in account.pages("invoices", "invoices")}
    changed = {number for number, row in fresh.items() if row["updated_at"] > "2026-04-10T12:00"}
    assert known is not None
    assert changed
    assert {number: fresh[number] for number in changed} == {
        number: seen[number] for number in changed
    }


def test_the_truth_can_be_sent(account):
    """The truth is plain values: whole cents and text."""
    told = account.truth()
    assert json.loads(json.dumps(told)) == told
