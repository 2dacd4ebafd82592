"""Tools to prove what subledger promises: virtual time, crashes at every step, contracts.

Only the contracts, and the plugin that collects them, need a test framework (the extra
``subledger[testing]``); they are imported when they are asked for. Everything else serves any
project.
"""

from importlib import import_module
from typing import Any, Final

from subledger.testing.outside import (
    Clock,
    Consenting,
    Door,
    Fault,
    Outside,
    OutsideBooks,
    PollingBooks,
    Scenario,
    Sent,
    Trouble,
    Written,
)

_LAZY: Final[dict[str, str]] = {}
"""Where the names are that need a test framework."""


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)


__all__ = [
    "Clock",
    "Consenting",
    "Door",
    "Fault",
    "Outside",
    "OutsideBooks",
    "PollingBooks",
    "Scenario",
    "Sent",
    "Trouble",
    "Written",
]
