"""Which worlds of QuickBooks Online a run consists of: scenarios and seeds, each under faults."""

import os

from subledger.testing.crash import MOMENTS
from subledger.testing.worlds import World

SEEDS = range(1, 1 + int(os.environ.get("SUBLEDGER_ONLINE_SEEDS", "2")))
"""Odd seeds send documents in batches, even ones one by one."""
_LOST = ("lost-answer@1", "error-before@1", "error-after@1", "fault-inside-200~POST *@1")
_FORGOTTEN = "lost-answer@1,forget-requestids"
_LATER = ("lost-answer@2", "error-after@2", "lost-answer@3,forget-requestids")
_PERSON = ("remote-edit@1", "remote-delete@1", "remote-edit@2", "remote-delete@2")
_TOKENS = (
    "expired-token@3",
    "lost-refresh@1",
    "dropped~POST oauth2*@1",
    "error-before~POST oauth2*@1",
)
_FROZEN = ("frozen@1", "frozen@5", "frozen@99")
FAULTS = {
    "online": ("none", *_LOST, _FORGOTTEN, *_LATER, *_PERSON, "again@30", "frozen@4"),
    "online_update": ("none", *_LOST[::2], _FORGOTTEN, *_PERSON[:2], "frozen@99"),
    "online_expired": ("none", *_TOKENS, "frozen@1"),
    "online_us": ("none", *_LOST[:1], _FORGOTTEN, _LATER[2], *_PERSON, "again@60", "frozen@6"),
    "online_ca": ("none", "lost-answer@2,forget-requestids", "error-after@3", "remote-delete@3"),
    "online_invoice": ("none", _FORGOTTEN, "error-after@1", *_PERSON[:2]),
}
"""By scenario; in the terms of the simulator's fault plan, but for `again@n` and `frozen@n`:
the next process dies too, at its n-th await; the process is frozen until n requests later."""


def calm_worlds():
    """The worlds of a run before crashes are put into them."""
    return [
        World(scenario=scenario, seed=seed, fault=fault)
        for scenario, faults in FAULTS.items()
        for seed in SEEDS
        for fault in faults
    ]


def is_frozen(world):
    """Whether the process stops for a while only."""
    return world.fault.startswith("frozen")


def moments(world):
    """Where a process can stop: a frozen one stops between two transactions only."""
    return MOMENTS[:1] if is_frozen(world) else MOMENTS
