"""A harness that cannot fail proves nothing: with any guard off, it finds lost or doubled."""

import pytest
from attrs import evolve

from subledger.testing.crash import MOMENTS, Point
from subledger.testing.worlds import World, crashes

from . import guards
from .simulate import simulate

# Each guard with worlds that depend on it, the moments of the crashes, and the harm that is found.
#
# Without the fence a frozen process writes after it was superseded; that itself is the harm. It
# doubles nothing in QuickBooks, which fetches its requests itself, and a stale version that such a
# process plans is corrected by the next run: the other guards hold.
_CASES = [
    (guards.key, "hasty:1", "none", MOMENTS, "doubled"),
    (guards.fence, "hasty:1", "frozen@99", ("await",), "other"),
    (guards.intent, "late:1", "none", MOMENTS, "lost"),
    (guards.cursor, "shop:1", "none", ("before",), "lost"),
    (guards.sticky, "undo:1", "none", ("before",), "other"),
    (guards.message_set, "shop:1", "lost-answer@2", MOMENTS, "doubled"),
    (guards.message_set, "counter:1", "lost-answer@2", MOMENTS, "doubled"),
    (guards.meanwhile, "struck:3", "none", ("before",), "other"),
]


def _worlds(seed, fault, moments):
    """The worlds of a scenario and seed, with a crash at each step."""
    calm = World.parse(f"{seed}:{fault}:none")
    return [alike[0] for alike in crashes(simulate, calm, moments, apart=True)]


@pytest.mark.parametrize("case", _CASES, ids=[f"{case[0].__name__} {case[1]}" for case in _CASES])
def test_without_a_guard_the_harness_finds_harm(case, monkeypatch):
    """There is a world that ends well with the guard and with harm without it."""
    guard, *where, harm = case
    worlds = _worlds(*where)
    with guards.without(guard, monkeypatch):
        found = next(((w, e) for w in worlds if getattr(e := simulate(w), harm)), None)
    assert found is not None, f"{len(worlds)} worlds went well without the guard"
    world, ending = found
    print(f"without {guard.__name__}: {world}: {'; '.join(ending.problems)}")
    assert not simulate(world).problems


def test_a_point_that_no_process_comes_to_is_noticed():
    """A world whose crash did not happen is not counted as survived."""
    calm = World(scenario="shop", seed=1)
    ending = simulate(evolve(calm, point=Point("await", 4_000)))
    assert any("never came to" in problem for problem in ending.problems)
