"""Which worlds a run consists of: scenarios and seeds, each under faults that the seed draws."""

import itertools
import os

from subledger.testing.chance import chance
from subledger.testing.worlds import AGAIN, CALM, FROZEN, World

from .scenarios import SCENARIOS

WANTED = int(os.environ.get("SUBLEDGER_WORLDS", "7000"))
"""The least number of worlds of QuickBooks Desktop in a run; those of Online make it 20,000."""
_LEAST = {
    "shop": (107, 12),
    "move": (79, 10),
    "update": (79, 10),
    "undo": (79, 10),
    "hasty": (137, 18),
    "late": (87, 21),
    "first": (63, 28),
    "pex": (215, 28),
    "counter": (14, 9),
    "struck": (15, 5),
}
"""The worlds that a fault gives on average, at least, and a frozen process; a test counts them."""
_SELDOM = {"first": 2, "pex": 2, "counter": 2}
"""Scenarios with long histories that differ little by seed: only every so-many-th seed."""
_EVERY = {"late": 2, "first": 4, "pex": 2, "counter": 6, "struck": 6}
"""Of their histories every so-many-th is played; see `chosen`."""
_CALLS = ("authenticate", "sendRequestXML", "receiveResponseXML", "closeConnection")
_MOST = {"authenticate": 2, "closeConnection": 2}
_CUTS = ("cut", "cut-after")
_OTHER = ("answer-unseen", "crash-in-quickbooks", "duplicate-receive")
FAULTS = {CALM, "lost-answer", *_OTHER, *_CUTS, AGAIN, FROZEN}
"""Every sort of fault."""


def faults(scenario, seed):
    """The faults of one scenario under one seed, as lines of the Web Connector's fault plan.

    `frozen@n` freezes the process instead of ending it, until n calls later; `again@n` ends the
    next process too, at its n-th await.
    """
    rng = chance("faults", scenario, seed)
    yield "none"
    yield f"lost-answer@{rng.choice((1, 2))}"
    other = _OTHER[(seed + list(SCENARIOS).index(scenario)) % len(_OTHER)]
    yield f"{other}@{rng.choice((1, 2))}"
    for cut in _CUTS if scenario != "first" else rng.sample(_CUTS, 1):
        method = rng.choice(_CALLS)
        yield f"{cut}={method}@{rng.randint(1, _MOST.get(method, 4))}"
    yield f"again@{rng.randint(1, 25)}"
    yield f"frozen@{rng.choice((1, 3, 6, 10, 15, 99))}"


def calm_worlds(wanted=WANTED):
    """The worlds of a run before crashes are put into them; as many as are needed.

    The first seed is played whole: it holds every scenario under every sort of fault.
    """
    chosen = []
    for seed in itertools.count(1):
        for scenario in SCENARIOS:
            if (seed - 1) % _SELDOM.get(scenario, 1):
                continue
            for fault in faults(scenario, seed):
                if wanted <= 0 and seed > 1:
                    return chosen
                chosen.append(World(scenario=scenario, seed=seed, fault=fault))
                wanted -= _LEAST[scenario][fault.startswith("frozen")]
    return chosen


def chosen(world, histories):
    """Where histories are long every so-many-th is played; each fault begins with another one.

    Most of those of `first` differ by the list that is read at the crash, most of those of a frozen
    process by what it has read when it stops.
    """
    every = _EVERY.get(world.scenario, 1)
    if world.fault.startswith(FROZEN):
        every = 10 if world.scenario == "pex" else 3
    begin = list(faults(world.scenario, world.seed)).index(world.fault) % every
    return [histories[0], *histories[1 + begin :: every]]
