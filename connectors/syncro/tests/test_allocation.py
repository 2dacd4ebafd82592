"""How much of each payment goes to which invoice, where Syncro does not tell."""

import random

from hypothesis import given
from hypothesis import strategies as st

from subledger_syncro import ledger
from subledger_syncro.allocation import allocate
from subledger_syncro.ledger import Ledger, Owed, Paid


def owed(id_, minor, date="2026-01-01"):
    return Owed(id=id_, date=date, minor=minor)


def paid(id_, minor, *invoices, date="2026-02-01", spends=False):
    return Paid(id=id_, date=date, minor=minor, invoices=invoices, spends=spends)


def shares(*entries, start=""):
    return allocate(
        Ledger(
            invoices=tuple(one for one in entries if isinstance(one, Owed)),
            payments=tuple(one for one in entries if isinstance(one, Paid)),
            start=start,
        )
    )


def test_an_invoice_takes_what_is_open():
    """Part by part, and the last one leaves credit."""
    found = shares(
        owed("1", 250),
        paid("7", 100, "1"),
        paid("8", 200, "1", date="2026-02-02"),
    )
    assert (found["7"].invoices, found["7"].rest) == ({"1": 100}, 0)
    assert (found["8"].invoices, found["8"].rest) == ({"1": 150}, 50)
    assert not found["8"].derived


def test_payments_of_one_day_count_by_age():
    """Identifiers count upwards, also where they grow by a digit."""
    found = shares(owed("1", 100), paid("99", 80, "1"), paid("100", 80, "1"))
    assert found["99"].invoices == {"1": 80}
    assert found["100"].invoices == {"1": 20}


def test_totals_that_add_up_are_believed():
    """A payment of exactly the totals of its invoices is theirs, whatever their dates."""
    found = shares(owed("1", 120), owed("2", 200), paid("7", 320, "2", "1"))
    assert (found["7"].invoices, found["7"].derived) == ({"1": 120, "2": 200}, False)


def test_the_balances_before_the_payment_count():
    """What was paid before is not paid again."""
    found = shares(
        owed("1", 120),
        owed("2", 200, "2026-01-02"),
        paid("6", 100, "1"),
        paid("7", 60, "1", "2", date="2026-02-03"),
    )
    assert (found["7"].invoices, found["7"].derived) == ({"1": 20, "2": 40}, True)


def test_an_invoice_that_is_gone_leaves_credit():
    """What the payment names and nobody knows takes nothing."""
    assert shares(paid("7", 60, "1"))["7"].rest == 60


def test_credit_is_used_up_oldest_first():
    """Two prepayments pay one invoice; each tells its part, the use none."""
    found = shares(
        owed("1", 100),
        paid("5", 70, date="2026-01-05"),
        paid("6", 70, date="2026-01-06"),
        paid("7", 100, "1", spends=True),
    )
    assert (found["5"].invoices, found["5"].rest) == ({"1": 70}, 0)
    assert (found["6"].invoices, found["6"].rest) == ({"1": 30}, 40)
    assert found["5"].derived
    assert (found["7"].invoices, found["7"].credits, found["7"].unknown) == ({}, {}, 0)


def test_credit_from_before_the_start_is_unknown():
    """What the books never got cannot be applied there."""
    found = shares(
        owed("1", 100),
        paid("5", 100, date="2025-01-05"),
        paid("7", 100, "1", spends=True),
        start="2026-01-01",
    )
    assert found["7"].unknown == 100


def test_money_back_on_a_paid_invoice_opens_it_again():
    """A later payment can settle it once more."""
    found = shares(
        owed("1", 100),
        paid("5", 100, "1"),
        paid("6", -100, "1", date="2026-02-02"),
        paid("7", 100, "1", date="2026-02-03"),
    )
    assert (found["6"].credits, found["7"].invoices) == ({}, {"1": 100})


@st.composite
def ledgers(draw):
    """Invoices and payments of a customer, in any order."""
    count = draw(st.integers(1, 6))
    days = st.integers(1, 28).map("2026-03-{:02}".format)
    invoices = [owed(str(n), draw(st.integers(-300, 300)), draw(days)) for n in range(1, count + 1)]
    names = st.lists(
        st.sampled_from([one.id for one in invoices] + ["404"]), max_size=3, unique=True
    )
    payments = [
        Paid(
            id=str(100 + n),
            date=draw(days),
            minor=draw(st.integers(-300, 300)),
            invoices=tuple(draw(names)),
            spends=draw(st.integers(0, 3)) == 0,
        )
        for n in range(draw(st.integers(0, 8)))
    ]
    return invoices, payments


@given(ledgers(), st.integers())
def test_the_answer_does_not_depend_on_the_order_of_reading(entries, seed):
    """Whoever reads the same invoices and payments gets the same split."""
    invoices, payments = entries
    rng = random.Random(seed)  # noqa: S311 - shuffles test data
    mixed = rng.sample(invoices, len(invoices)), rng.sample(payments, len(payments))
    plain = ledger.dump(Ledger(invoices=tuple(invoices), payments=tuple(payments)))
    other = ledger.dump(Ledger(invoices=tuple(mixed[0]), payments=tuple(mixed[1])))
    assert plain == other
    assert allocate(ledger.load(plain)) == allocate(
        Ledger(invoices=tuple(mixed[0]), payments=tuple(mixed[1]))
    )


@given(ledgers())
def test_no_payment_gives_more_than_it_has_and_no_invoice_takes_more_than_it_owes(entries):
    """Parts are positive; money never comes from nowhere."""
    invoices, payments = entries
    found = allocate(Ledger(invoices=tuple(invoices), payments=tuple(payments)))
    taken = dict.fromkeys((one.id for one in invoices), 0)
    reopened = sum(-one.minor for one in payments if one.minor < 0)
    for one in payments:
        share = found[one.id]
        assert all(part > 0 for part in (*share.invoices.values(), *share.credits.values()))
        if one.spends:
            assert sum(share.invoices.values()) == sum(share.credits.values())
        elif one.minor > 0 and not share.credits:
            assert sum(share.invoices.values()) + share.rest in (one.minor, 0)
        for id_, part in share.invoices.items():
            taken[id_] += part
    for one in invoices:
        assert taken[one.id] <= max(one.minor, 0) + reopened
