"""Which worlds a run consists of: scenarios and seeds, each under faults that the seed draws."""

import math
import os
from random import Random

from subledger.testing.crash import MOMENTS
from subledger.testing.worlds import World

from .scenarios import SCENARIOS

WANTED = int(os.environ.get("SUBLEDGER_WORLDS", "20000"))
"""The least number of worlds in a run."""
A_SEED = 10_500
"""The least number of worlds that one seed gives; held by a test."""
SEEDS = math.ceil(WANTED / A_SEED)
_CALLS = ("authenticate", "sendRequestXML", "receiveResponseXML", "closeConnection")
_MOST = {"authenticate": 2, "closeConnection": 2}


def faults(scenario, seed):
    """The faults of one scenario under one seed, as lines of the Web Connector's fault plan.

    `frozen@n` freezes the process instead of ending it, until n calls later; `again@n` ends the
    next process too, at its n-th await.
    """
    rng = Random(f"faults:{scenario}:{seed}")
    yield "none"
    yield "lost-answer@1"
    yield "lost-answer@2"
    other = ("answer-unseen", "crash-in-quickbooks", "duplicate-receive")
    yield f"{rng.choice(other)}@{rng.choice((1, 2))}"
    for cut in ("cut", "cut-after"):
        method = rng.choice(_CALLS)
        yield f"{cut}={method}@{rng.randint(1, _MOST.get(method, 4))}"
    yield f"again@{rng.randint(1, 25)}"
    yield f"frozen@{rng.randint(1, 6)}"
    yield f"frozen@{rng.randint(7, 30)}"


def calm_worlds(seeds=SEEDS):
    """The worlds of a run before crashes are put into them."""
    return [
        World(scenario=scenario, seed=seed, fault=fault)
        for seed in range(1, seeds + 1)
        for scenario in SCENARIOS
        for fault in faults(scenario, seed)
    ]


def moments(world):
    """Where a process can stop: a frozen one stops between two transactions only."""
    return MOMENTS[:1] if world.fault.startswith("frozen") else MOMENTS


def differ(world):
    """Whether each step is another history: what a frozen process goes on with is in its head."""
    return world.fault.startswith("frozen")
