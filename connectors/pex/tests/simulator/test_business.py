"""The generated business."""

import time
from collections import Counter
from datetime import date, timedelta

import pytest

from subledger_pex.simulator import generate_business, wall
from subledger_pex.simulator.model import INTERNAL_KINDS
from subledger_pex.simulator.seen import seen_at

TODAY = date(2026, 4, 10)


def test_the_same_seed_gives_the_same_business():
    """Two businesses from the same arguments are equal, and from another seed they are not."""
    one = generate_business(seed=5, transactions=200, today=TODAY)
    assert one == generate_business(seed=5, transactions=200, today=TODAY)
    assert one != generate_business(seed=6, transactions=200, today=TODAY)


@pytest.mark.parametrize("funding", ["prepaid", "credit"])
@pytest.mark.parametrize("count", [0, 50, 1000])
def test_there_are_at_least_as_many_records_as_asked_for(count, funding):
    """The asked number of records is a lower bound."""
    business = generate_business(seed=1, transactions=count, today=TODAY, funding=funding)
    assert len(business.transactions) >= max(count, 50)


def test_two_thousand_records_are_generated_in_half_a_second():
    """Making a year of 2,000 records is quick enough for every test to make its own."""
    spent = []
    for _ in range(3):
        begin = time.process_time()
        generate_business(seed=1, transactions=2000, today=TODAY)
        spent.append(time.process_time() - begin)
    assert min(spent) < 0.5


def test_every_kind_of_record_occurs(prepaid):
    """Purchases, refunds, fees, funding, rebates, disputes and internal moves all occur."""
    kinds = Counter(item.kind for item in prepaid.transactions)
    assert set(kinds) == INTERNAL_KINDS | {
        "purchase",
        "merchant_credit",
        "card_fee",
        "dispute",
        "business_fee",
        "ach_credit",
        "ach_debit",
        "wire_in",
        "rebate",
        "rebate_reversal",
    }
    descriptions = {item.description for item in prepaid.transactions}
    assert descriptions >= {
        "ISA Fee",
        "ISA Fee Adjustment",
        "Monthly Account Fee",
        "Card Shipping Fee",
        "Rebate Credit",
        "Rebate Credit Reversal",
    }


def test_ids_are_unique_also_while_pending(prepaid):
    """No id, not even that of a pending transaction, names two transactions."""
    ids = [item.id for item in prepaid.transactions]
    pending = [item.pending_id for item in prepaid.transactions if item.renumbered]
    assert pending
    assert len(set(ids + pending)) == len(ids) + len(pending)


def test_the_year_lies_before_today_and_nothing_settles_before_it_is_bought(prepaid):
    """Everything happens between the first day and today, settlement after the purchase."""
    first, today = prepaid.first_day, prepaid.today
    assert today - first == timedelta(days=364)
    for item in prepaid.transactions:
        assert first <= wall(item.time).date() <= today
        assert item.time <= prepaid.starts
        assert item.settlement is None or item.settlement >= item.time


def test_no_balance_of_a_prepaid_business_ever_falls_below_zero(prepaid):
    """A prepaid card never spends, nor the business account pays out, what it does not hold."""
    events = sorted(
        (
            (item.time if item.cents < 0 else item.settlement, item.cents < 0, item)
            for item in prepaid.transactions
            if item.settlement is not None and not item.is_decline
        ),
        key=lambda event: event[:2],
    )
    balances: Counter[int] = Counter()
    for _, _, item in events:
        balances[item.account_id] += item.cents
        assert balances[item.account_id] >= 0, item


def test_internal_moves_appear_on_both_sides_and_cancel_out(prepaid):
    """Each load or unload names the other account, and both sides sum to zero."""
    inside = [item for item in prepaid.transactions if item.kind in INTERNAL_KINDS]
    pairs = Counter()
    for item in inside:
        assert item.counter_account_id
        accounts = frozenset((item.account_id, item.counter_account_id))
        pairs[accounts, item.time, abs(item.cents)] += item.cents
    assert {item.kind for item in inside} == INTERNAL_KINDS
    assert set(pairs.values()) == {0}


def test_splits_add_up_except_in_the_one_defective_transaction(prepaid):
    """Split amounts are positive and sum to the amount, save where the defect is the point."""
    wrong, counted = [], Counter()
    for item in prepaid.transactions:
        sets = [item.tags, *(change.tags for change in item.changes)]
        for tags in sets:
            if tags is None or not tags.splits:
                continue
            assert all(line.cents > 0 for line in tags.splits)
            counted[len(tags.splits)] += 1
            if sum(line.cents for line in tags.splits) != abs(item.cents):
                wrong.append(item.landmark)
    assert wrong == ["split_defective"]
    assert set(counted) >= {2, 3, 4}


def test_every_review_state_and_odd_merchant_occurs(prepaid):
    """All review states occur at the start, and the awkward merchant names are all there."""
    seen = [seen_at(item, prepaid.starts) for item in prepaid.transactions]
    states = {one.approval for one in seen if one}
    assert states == {"NotReviewed", "Ignored", "Approved", "Rejected", "NoReceipt"}
    names = {item.merchant.name for item in prepaid.transactions if item.merchant}
    for mark in ('"', "&", ":", "<b>", "☕", "ス", "Ł"):
        assert any(mark in name for name in names), mark
    assert any(name != name.rstrip() for name in names)
    assert any(len(name) == 60 for name in names)
    assert "RIVERSIDE BAKERY" in names


@pytest.mark.parametrize("today", [date(2026, 3, 1), date(2024, 2, 29), date(2025, 12, 31)])
def test_any_day_can_be_today(today):
    """Month ends and leap days make no difference."""
    business = generate_business(seed=1, transactions=100, today=today)
    assert business.landmarks["first_pass"]
    assert business.landmarks["after_the_gap"]
