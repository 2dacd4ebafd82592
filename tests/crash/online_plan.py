"""Which worlds of QuickBooks Online a run consists of: scenarios and seeds, each under faults."""

import os

from subledger.testing.chance import chance
from subledger.testing.worlds import World

_MORE = int(os.environ.get("SUBLEDGER_ONLINE_SEEDS", "0"))
"""Seeds besides those of `_SEEDS`; each runs all faults. Odd seeds send documents in batches."""
_FORGET = "forget-requestids"
_PLAN = {
    "online": (
        ("none", f"lost-answer@2,{_FORGET}", "error-before@1", "remote-delete@2"),
        ("error-after@4", f"lost-answer@3,{_FORGET}", "remote-edit@2", "again@30"),
    ),
    "online_at_once": (("none", f"lost-answer@2,{_FORGET}", f"error-after@3,{_FORGET}"),),
    "online_update": (
        ("none", f"lost-answer@1,{_FORGET}", "remote-delete@1"),
        ("error-after@2", "fault-inside-200~POST *@2", "remote-edit@1"),
    ),
    "online_expired": (("lost-refresh@1",), ("expired-token@3",)),
    "online_us": (
        ("lost-answer@1", f"error-after@1,{_FORGET}"),
        (f"lost-answer@7,{_FORGET}", "remote-delete@3"),
    ),
    "online_ca": (("error-before@2",), (f"lost-answer@3,{_FORGET}",)),
    "online_invoice": (("error-after@1",), (f"lost-answer@1,{_FORGET}", "remote-edit@1")),
    "online_counter": (
        ("none", f"lost-answer@1,{_FORGET}", "error-before@2"),
        (f"error-after@3,{_FORGET}", "remote-delete@2"),
    ),
    "online_counter_ca": (
        (f"lost-answer@2,{_FORGET}", "fault-inside-200~POST *@1"),
        (f"error-after@1,{_FORGET}", "remote-edit@3"),
    ),
    "online_struck": (
        ("none", f"lost-answer@2,{_FORGET}", "remote-delete@1"),
        (f"error-after@1,{_FORGET}", "fault-inside-200~POST *@2", "again@25"),
    ),
    "online_struck_ca": (
        (f"lost-answer@1,{_FORGET}", "error-before@2"),
        ("error-after@3", "remote-edit@1"),
    ),
    "online_first": (("none", f"lost-answer@2,{_FORGET}"), ("error-after@1",)),
}
"""By scenario, for odd and for even seeds; in the terms of the simulator's fault plan, but for
`again@n` and `frozen@n`: the next process dies too, at its n-th await; the process is frozen until
n requests later."""
_SEEDS = {
    "online": 2,
    **dict.fromkeys(("online_us", "online_counter", "online_counter_ca", "online_first"), 2),
    **dict.fromkeys(("online_struck", "online_struck_ca"), 2),
    "online_at_once": 3,
    **dict.fromkeys(("online_expired", "online_ca"), 4),
    **dict.fromkeys(("online_update", "online_invoice"), 10),
}
"""Most for the scenarios whose worlds cost least: what was posted before changes."""
_EVERY = {
    "online_first": 6,
    **dict.fromkeys(("online_counter", "online_counter_ca"), 5),
    **dict.fromkeys(("online_struck", "online_struck_ca"), 5),
}
"""Of their histories every so-many-th is played; see `chosen`."""
_FROZEN = (
    *(("online", 1, 3), ("online", 2, 99), ("online_update", 1, 2), ("online_us", 2, 9)),
    *(("online_at_once", 1, 9), ("online_expired", 1, 3)),
    *(("online_counter", 2, 3), ("online_struck", 1, 9)),
)


def calm_worlds():
    """The worlds of a run before crashes are put into them."""
    found = [
        World(scenario=scenario, seed=seed, fault=fault)
        for scenario, by_seed in _PLAN.items()
        for seed in range(1, _SEEDS[scenario] + 1 + _MORE)
        for fault in _faults(by_seed, seed, least=_SEEDS[scenario])
    ]
    found += [World(scenario=s, seed=seed, fault=f"frozen@{n}") for s, seed, n in _FROZEN]
    return found


def _faults(by_seed, seed, least):
    """Those of a seed; all of them for a seed beyond the least number."""
    if seed > least:
        return [fault for faults in by_seed for fault in faults]
    return by_seed[(seed - 1) % len(by_seed)]


def chosen(world, histories):
    """Of long histories every so-many-th is played, where not all seeds are asked for.

    Each fault begins with another one.
    """
    every = 5 if world.fault.startswith("frozen") else _EVERY.get(world.scenario, 1)
    if _MORE or every == 1:
        return histories
    begin = chance("begin", world.scenario, world.fault).randrange(every)
    return [histories[0], *histories[1 + begin :: every]]
