"""Nothing is lost and nothing is doubled, wherever the server stops and whatever else fails."""

import pytest

from subledger.testing.chance import chance
from subledger.testing.worlds import World, crashes, explore, remembering

from . import online_simulate
from .plan import FAULTS, WANTED, calm_worlds, chosen, faults
from .scenarios import SCENARIOS
from .simulate import digest, simulate

REPLAY = "pytest tests/crash --world"


_played = remembering(simulate)


def _histories(calm):
    return chosen(calm, crashes(_played, calm))


@pytest.mark.parametrize("calm", calm_worlds(), ids=str)
def test_a_crash_at_every_step_loses_and_doubles_nothing(calm, record_property):
    """A crash at each await, and before and after each commit, leaves the books right."""
    report = explore(_played, _histories(calm))
    for name in ("worlds", "played", "lost", "doubled"):
        record_property(name, getattr(report, name))
    assert not report.bad, report.text(REPLAY)


def test_a_run_has_as_many_worlds_as_was_asked_for():
    """The number of worlds is counted, not estimated."""
    count = sum(len(alike) for calm in calm_worlds() for alike in _histories(calm))
    print(f"{count} worlds")
    assert count >= WANTED, "the kernel takes fewer steps than the table of plan.py says"


def test_a_run_has_every_scenario_and_every_sort_of_fault():
    """However few worlds are asked for, each thing that can happen is among them."""
    worlds = calm_worlds()
    assert {world.scenario for world in worlds} == {*SCENARIOS}
    assert {world.fault.partition("@")[0].partition("=")[0] for world in worlds} == FAULTS


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_worlds_that_are_taken_for_one_history_end_alike(scenario):
    """Whichever world of a history is played, store and books end with the same content."""
    calm = World(scenario=scenario, seed=1, fault=list(faults(scenario, 1))[1])
    several = [alike for alike in _histories(calm) if len(alike) > 1]
    for alike in chance(scenario).sample(several, 4):
        assert len({digest(world) for world in (alike[0], alike[1], alike[-1])}) == 1, str(alike[0])


def test_a_world_from_the_command_line(subledger_world):
    """A failure can be played again from the line that it printed."""
    played = World.parse(subledger_world)
    scenarios = {**SCENARIOS, **online_simulate.SCENARIOS}
    if played.scenario not in scenarios:
        pytest.skip(f"{played.scenario} is a world of another test")
    online = played.scenario in online_simulate.SCENARIOS
    ending = (online_simulate.simulate if online else simulate)(played)
    assert not ending.problems, "\n".join(ending.problems)
