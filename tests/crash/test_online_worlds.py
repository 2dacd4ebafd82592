"""QuickBooks Online: nothing is lost and nothing is doubled, wherever the server stops."""

import pytest

from subledger.testing.chance import chance
from subledger.testing.worlds import World, crashes, explore, remembering

from .online_plan import calm_worlds, chosen
from .online_scenarios import SCENARIOS
from .online_simulate import digest, simulate
from .plan import WANTED

REPLAY = "pytest tests/crash --world"
LEAST = 13_000
"""The least number of worlds of QuickBooks Online in a run."""
TOGETHER = 20_000


_played = remembering(simulate)


def _histories(calm):
    return chosen(calm, crashes(_played, calm))


@pytest.mark.parametrize("calm", calm_worlds(), ids=str)
def test_a_crash_at_every_step_of_a_delivery(calm, record_property):
    """A crash at each await, and before and after each commit, leaves the books right."""
    report = explore(_played, _histories(calm))
    for name in ("worlds", "played", "lost", "doubled"):
        record_property(name, getattr(report, name))
    assert not report.bad, report.text(REPLAY)


def test_an_online_run_has_as_many_worlds_as_was_asked_for():
    """The number of worlds is counted, not estimated."""
    count = sum(len(alike) for calm in calm_worlds() for alike in _histories(calm))
    print(f"{count} worlds")
    assert count >= LEAST
    assert count + WANTED >= TOGETHER


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_online_worlds_that_are_taken_for_one_history_end_alike(scenario):
    """Whichever world of a history is played, store and books end with the same content."""
    calm = World(scenario=scenario, seed=1, fault="lost-answer@1")
    several = [alike for alike in _histories(calm) if len(alike) > 1]
    for alike in chance(scenario).sample(several, 3):
        assert len({digest(world) for world in (alike[0], alike[-1])}) == 1, str(alike[0])
