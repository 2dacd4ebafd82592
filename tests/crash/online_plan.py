"""Which worlds of QuickBooks Online a run consists of: scenarios and seeds, each under faults."""

import os

from subledger.testing.crash import MOMENTS
from subledger.testing.worlds import World

_MORE = int(os.environ.get("SUBLEDGER_ONLINE_SEEDS", "0"))
"""Seeds besides the first two; each runs all faults. Odd seeds send documents in batches."""
_FORGOTTEN = "lost-answer@1,forget-requestids"
_TOKENS = ("expired-token@3", "expired-token@9", "lost-refresh@1", "dropped~POST oauth2*@1")
_PLAN = {
    "online": (
        ("none", "lost-answer@2", "error-before@1", "error-after@2", _FORGOTTEN, "again@30"),
        ("fault-inside-200~POST *@1", "lost-answer@3,forget-requestids", "error-after@4"),
        ("remote-edit@2", "remote-delete@2", "error-before@2"),
    ),
    "online_update": (
        ("none", _FORGOTTEN, "remote-delete@1", "fault-inside-200~POST *@2"),
        ("lost-answer@1", "error-after@2", "remote-edit@1"),
    ),
    "online_expired": ((_TOKENS[2], _TOKENS[0]), (_TOKENS[3], _TOKENS[1])),
    "online_us": (
        ("none", "lost-answer@1", "error-after@1,forget-requestids", "remote-delete@2"),
        ("lost-answer@4,forget-requestids", "remote-edit@3", "again@60"),
    ),
    "online_ca": (
        ("lost-answer@2,forget-requestids", "error-before@2"),
        ("lost-answer@3", "error-after@5"),
    ),
    "online_invoice": (("none", "error-after@1"), (_FORGOTTEN, "remote-edit@1", "remote-delete@1")),
}
"""By scenario and seed; in the terms of the simulator's fault plan, but for `again@n` and
`frozen@n`: the next process dies too, at its n-th await; the process is frozen until n requests
later."""
_FROZEN = (("online", 1, 3), ("online", 2, 99), ("online_update", 1, 2), ("online_us", 2, 9))


def calm_worlds():
    """The worlds of a run before crashes are put into them."""
    found = [
        World(scenario=scenario, seed=seed, fault=fault)
        for scenario, by_seed in _PLAN.items()
        for number, faults in enumerate(by_seed)
        for seed in (number % 2 + 1, *range(3, 3 + _MORE))
        for fault in faults
    ]
    found += [World(scenario=s, seed=seed, fault=f"frozen@{n}") for s, seed, n in _FROZEN]
    return found


def is_frozen(world):
    """Whether the process stops for a while only."""
    return world.fault.startswith("frozen")


def moments(world):
    """Where a process can stop: a frozen one stops between two transactions only."""
    return MOMENTS[:1] if is_frozen(world) else MOMENTS
