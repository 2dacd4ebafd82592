"""The peer contract: a sound peer keeps it, and each defect breaks the promise it is about."""

import pytest

from subledger.testing.contracts.connector import ConnectorContract
from subledger.testing.contracts.enrolled import EnrolledContract
from subledger.testing.specimens import Chart

from .defective.peer.defects import DEFECTS, SOUND
from .defective.peer.other_side import PollingInvented

TESTS = sorted(
    {name for name in dir(EnrolledContract) if name.startswith("test_")} - {*dir(ConnectorContract)}
)


class Contract(EnrolledContract):
    """The invented books, which poll us."""

    type = SOUND
    chart = Chart(register="Card", bank="Bank", expense="Expenses", income="Income")

    def outside(self, _clock):
        """New books, and the program beside them."""
        return PollingInvented()


def test_a_sound_peer_keeps_every_promise(broken):
    """A peer that does everything right passes all of the contract."""
    assert broken(Contract, TESTS) == {}


@pytest.mark.parametrize("promise", DEFECTS)
def test_a_defect_breaks_one_promise(promise, broken):
    """A peer with one defect fails the one test that is about it, and passes all others."""
    found = broken(type("Defective", (Contract,), {"type": DEFECTS[promise]}), TESTS)
    assert list(found) == [promise], found
    assert "To do:" in found[promise]


def test_every_promise_has_a_defect():
    """No test of the contract is without a peer that breaks it."""
    assert set(TESTS) == {*DEFECTS}
