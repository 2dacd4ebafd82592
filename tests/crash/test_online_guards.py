"""With any guard of a delivery to QuickBooks Online off, the harness finds lost or doubled."""

import pytest
from attrs import evolve

from subledger.testing.crash import MOMENTS, Point
from subledger.testing.worlds import World, crashes

from . import guards, online_guards
from .online_simulate import simulate

_FORGET = "forget-requestids"
# Each guard with worlds that depend on it, the moments of the crashes, and the harm that is found.
#
# Two guards stand behind each other: the requestid, and the look into the books before a repeat.
# Where one is to be missed, the other cannot help in its world: a frozen process sends what
# nobody finds yet; a lost answer is looked for after QuickBooks has forgotten the requestid.
_CASES = [
    (online_guards.requestid, "online:2:frozen@6", ("await",), "doubled"),
    (online_guards.find, f"online:2:lost-answer@2,{_FORGET}", ("before",), "doubled"),
    (online_guards.intent, f"online:2:{_FORGET}", MOMENTS, "doubled"),
    (guards.fence, "online:2:frozen@99", ("await",), "other"),
    (online_guards.kept_first, "online_expired:2:none", ("before",), "other"),
    (online_guards.find, f"online_counter:2:lost-answer@1,{_FORGET}", ("before",), "doubled"),
    (guards.meanwhile, f"online_struck:2:error-after@1,{_FORGET}", ("before",), "other"),
    (online_guards.look, "online_first:2:none", ("before",), "doubled"),
]


def _worlds(line, moments):
    calm = World.parse(f"{line}:none")
    return [alike[0] for alike in crashes(simulate, calm, moments, apart="frozen" in line)]


@pytest.mark.parametrize("case", _CASES, ids=[f"{case[0].__name__} {case[1]}" for case in _CASES])
def test_without_an_online_guard_the_harness_finds_harm(case, monkeypatch):
    """There is a world that ends well with the guard and with harm without it."""
    guard, line, moments, harm = case
    worlds = _worlds(line, moments)
    with guards.without(guard, monkeypatch):
        found = next(((w, e) for w in worlds if getattr(e := simulate(w), harm)), None)
    assert found is not None, f"{len(worlds)} worlds went well without the guard"
    world, ending = found
    print(f"without {guard.__name__}: {world}: {'; '.join(ending.problems)}")
    assert not simulate(world).problems


def test_a_point_of_a_delivery_that_no_process_comes_to_is_noticed():
    """A world whose crash did not happen is not counted as survived."""
    calm = World(scenario="online", seed=1)
    ending = simulate(evolve(calm, point=Point("await", 4_000)))
    assert any("never came to" in problem for problem in ending.problems)
