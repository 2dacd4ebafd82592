"""The peer contract: a sound peer keeps it, and each defect breaks the promise it is about."""

import pytest
from attrs import evolve

from subledger.testing.contracts.base import Breach
from subledger.testing.contracts.connector import ConnectorContract
from subledger.testing.contracts.enrolled import EnrolledContract
from subledger.testing.contracts.exactly_once import ExactlyOnceContract
from subledger.testing.contracts.role import RoleContract
from subledger.testing.routes import INVENTED_CHART, recipes_of
from subledger.testing.specimens import Chart

from .defective.peer.defects import DEFECTS, SOUND
from .defective.peer.other_side import PollingInvented
from .defective.peer.sound import Peer

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
    """A peer that does everything right passes all of the contract; it is in memory only."""
    in_memory = {"test_the_catalogue_accepts_it", "test_no_version_is_pinned"}
    assert broken(Contract).keys() == in_memory


class TestInAFlow(ExactlyOnceContract, RoleContract):
    """The sound peer takes everything once, and by the recipe of its role."""

    type = SOUND
    worlds = 10
    chart = INVENTED_CHART

    def outside(self, _clock):
        """New books, and the program beside them."""
        return PollingInvented()


def test_a_peer_that_takes_silence_for_absence_doubles_in_some_world():
    """Control: what the other side never told of is not written again."""
    denying = DEFECTS["test_a_call_that_never_arrived_loses_nothing"]
    broken = type("Broken", (TestInAFlow,), {"type": denying, "worlds": 60})
    with pytest.raises(Breach, match="doubled"):
        broken().test_any_answer_may_be_lost(lambda _name, _value: None)


class Waiting(Peer):
    """Prepares until all is planned, and reads nothing meanwhile that planning may wait for."""

    async def work(self, call):
        """What is to be done next."""
        more = True
        while more:
            more = await self.context.prepare()
        return await super().work(call)


def test_a_peer_that_waits_for_what_it_does_not_read_is_told():
    """Control: a peer that never comes to an end is a breach, with what to do."""
    waiting = type("Broken", (TestInAFlow,), {"type": evolve(SOUND, peer=Waiting)})
    (recipe,) = (one for one in recipes_of(SOUND) if one.name == "card-expenses")
    with pytest.raises(Breach, match="never comes to an end"):
        waiting().test_a_recipe_of_its_role_works(recipe)


@pytest.mark.parametrize("promise", DEFECTS)
def test_a_defect_breaks_one_promise(promise, broken):
    """A peer with one defect fails the one test that is about it, and passes all others."""
    defective = {"type": DEFECTS[promise], "most_calls": 4}  # all but the last, which tells nothing
    found = broken(type("Defective", (Contract,), defective), TESTS)
    assert list(found) == [promise], found
    assert "To do:" in found[promise]


def test_every_promise_has_a_defect():
    """No test of the contract is without a peer that breaks it."""
    assert set(TESTS) == {*DEFECTS}
