"""Leases: one holder at a time, and a holder that was superseded writes nothing."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subledger.errors import Fenced
from subledger.ledger import leases


def test_one_holder(c):
    """While a lease runs nobody else gets it, and it tells who has it."""
    assert leases.take(c, "flow:a", "one", 1000, 500) == 1
    assert leases.take(c, "flow:a", "two", 1500, 500) is None
    assert leases.holder(c, "flow:a", 1500) == "one"
    assert leases.take(c, "flow:b", "two", 1500, 500) == 1


def test_epoch_grows(c):
    """Whoever takes a lease that has run out gets a higher epoch, also the same owner."""
    assert leases.take(c, "x", "one", 1000, 500) == 1
    assert leases.take(c, "x", "two", 1501, 500) == 2
    assert leases.take(c, "x", "two", 3000, 500) == 3
    assert leases.holder(c, "x", 3501) is None


def test_renew(c):
    """A renewal prolongs the lease, also one that has run out but that nobody took."""
    epoch = leases.take(c, "x", "one", 1000, 500)
    leases.renew(c, "x", epoch, 1400, 500)
    assert leases.take(c, "x", "two", 1800, 500) is None
    leases.renew(c, "x", epoch, 9000, 500)
    assert leases.holder(c, "x", 9100) == "one"


def test_superseded_holder_is_fenced(c):
    """Whoever comes back after another took the lease is fenced, and changes nothing."""
    old = leases.take(c, "x", "one", 1000, 500)
    new = leases.take(c, "x", "two", 2000, 500)
    with pytest.raises(Fenced):
        leases.renew(c, "x", old, 2100, 10_000)
    assert leases.holder(c, "x", 2501) is None
    leases.give_back(c, "x", old)
    assert leases.holder(c, "x", 2100) == "two"
    leases.renew(c, "x", new, 2100, 500)


def test_unknown_lease_is_fenced(c):
    """A lease that was never taken cannot be renewed."""
    with pytest.raises(Fenced):
        leases.renew(c, "x", 1, 1000, 500)


def test_give_back(c):
    """A lease that is given back is free at once, and the epoch goes on growing."""
    epoch = leases.take(c, "x", "one", 1000, 500_000)
    leases.give_back(c, "x", epoch)
    assert leases.holder(c, "x", 1001) is None
    assert leases.take(c, "x", "two", 1001, 500) == epoch + 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 400)), max_size=30))
def test_never_two_holders(c, steps):
    """In any order of events at most one of the workers can write at a moment."""
    epochs, seen, now = {}, [], 0
    c.exec_driver_sql("DELETE FROM lease")
    for owner, passed in steps:
        now += passed
        taken = leases.take(c, "x", owner, now, 300)
        if taken is not None:
            epochs[owner] = taken
            seen.append(taken)
        able = [one for one in epochs if _can_write(c, epochs[one], now)]
        assert len(able) <= 1
        assert not able or epochs[able[0]] == seen[-1]
    assert seen == sorted(set(seen))


def _can_write(c, epoch, now):
    """Whether a worker with this epoch could write; the lease is left as it is."""
    until = c.exec_driver_sql("SELECT until FROM lease WHERE name = 'x'").scalar()
    try:
        leases.renew(c, "x", epoch, now, 0)
    except Fenced:
        return False
    c.exec_driver_sql("UPDATE lease SET until = ? WHERE name = 'x'", (until,))
    return True


def test_leases_of_the_ended_are_freed(c):
    """What an owner that has ended held is free at once; the epoch goes on growing."""
    old = leases.take(c, "flow:a", "gone", 1000, 500_000)
    leases.take(c, "flow:b", "here", 1000, 500_000)
    leases.take(c, "flow:c", "gone", 1000, 100)
    freed = leases.free(c, lambda owner: owner == "gone", 2000)
    assert freed == ["flow:a"]
    assert leases.holder(c, "flow:b", 2000) == "here"
    assert leases.take(c, "flow:b", "next", 2000, 500) is None
    assert leases.take(c, "flow:a", "next", 2000, 500) == old + 1
    with pytest.raises(Fenced):
        leases.renew(c, "flow:a", old, 2001, 500)
