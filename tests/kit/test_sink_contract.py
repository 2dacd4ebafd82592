"""The sink contract: a sound sink keeps it, and each defect breaks the promise it is about."""

import pytest
from attrs import evolve

from subledger.errors import AuthenticationError
from subledger.testing.contracts.connector import ConnectorContract
from subledger.testing.contracts.posting import PostingContract
from subledger.testing.contracts.reading import ReadingContract
from subledger.testing.contracts.recovering import RecoveringContract
from subledger.testing.invented import InventedBooks
from subledger.testing.outside import Scenario
from subledger.testing.specimens import Chart

from .defective.sink.defects import DEFECTS, SMALL

PARTS = (PostingContract, RecoveringContract, ReadingContract)
TESTS = sorted(
    {name for part in PARTS for name in dir(part) if name.startswith("test_")}
    - set(dir(ConnectorContract))
)


class Contract(*PARTS):
    """The invented books with few kinds."""

    type = SMALL
    chart = Chart(register="Card", bank="Bank", expense="Expenses", income="Income")
    scenarios = (
        Scenario(name="wrong token", settings={"token": "wrong"}, raises=AuthenticationError),
    )

    def outside(self, _clock):
        """New books."""
        return InventedBooks()


def test_a_sound_sink_keeps_every_promise(broken):
    """A small sink that does everything right, some at a time, passes all of the contract."""
    sound = type("Sound", (Contract,), {"type": evolve(SMALL, batch=3)})
    assert broken(sound, TESTS) == {}


@pytest.mark.parametrize("promise", DEFECTS)
def test_a_defect_breaks_one_promise(promise, broken):
    """A sink with one defect fails the one test that is about it, and passes all others."""
    found = broken(type("Defective", (Contract,), {"type": DEFECTS[promise]}), TESTS)
    assert list(found) == [promise], found
    assert "To do:" in found[promise]


def test_every_promise_has_a_defect():
    """No test of the contract is without a sink that breaks it."""
    assert set(TESTS) == {*DEFECTS}
