"""Which worlds a run consists of: scenarios and seeds, each under faults that the seed draws."""

import itertools
import os

from subledger.testing.chance import chance
from subledger.testing.worlds import World

from .scenarios import SCENARIOS

WANTED = int(os.environ.get("SUBLEDGER_WORLDS", "12500"))
"""The least number of worlds of QuickBooks Desktop in a run; those of Online make it 20,000."""
_LEAST = {
    "shop": (118, 39),
    "move": (93, 32),
    "update": (98, 33),
    "undo": (85, 28),
    "hasty": (152, 54),
    "late": (188, 66),
    "first": (220, 74),
    "pex": (510, 69),
}
"""The worlds that a fault gives at least, on average, and a frozen process; a test counts them."""
_SELDOM = {"first": 2, "pex": 2}
"""Scenarios with long histories that differ little by seed: only every so-many-th seed."""
_CALLS = ("authenticate", "sendRequestXML", "receiveResponseXML", "closeConnection")
_MOST = {"authenticate": 2, "closeConnection": 2}
_CUTS = ("cut", "cut-after")


def faults(scenario, seed):
    """The faults of one scenario under one seed, as lines of the Web Connector's fault plan.

    `frozen@n` freezes the process instead of ending it, until n calls later; `again@n` ends the
    next process too, at its n-th await.
    """
    rng = chance("faults", scenario, seed)
    yield "none"
    yield f"lost-answer@{rng.choice((1, 2))}"
    other = ("answer-unseen", "crash-in-quickbooks", "duplicate-receive")
    yield f"{rng.choice(other)}@{rng.choice((1, 2))}"
    for cut in _CUTS if scenario != "first" else rng.sample(_CUTS, 1):
        method = rng.choice(_CALLS)
        yield f"{cut}={method}@{rng.randint(1, _MOST.get(method, 4))}"
    yield f"again@{rng.randint(1, 25)}"
    if scenario != "pex" or seed % 2 == 0:
        yield f"frozen@{rng.choice((1, 3, 6, 10, 15, 99))}"


def calm_worlds(wanted=WANTED):
    """The worlds of a run before crashes are put into them; as many as are needed."""
    chosen = []
    for seed in itertools.count(1):
        for scenario in SCENARIOS:
            if seed % _SELDOM.get(scenario, 1):
                continue
            for fault in faults(scenario, seed):
                if wanted <= 0:
                    return chosen
                chosen.append(World(scenario=scenario, seed=seed, fault=fault))
                wanted -= _LEAST[scenario][fault.startswith("frozen")]
    return chosen


def chosen(world, histories):
    """Of a frozen process with long histories every fifth place is played."""
    if world.scenario == "pex" and world.fault.startswith("frozen"):
        return [histories[0], *histories[1::5]]
    return histories
