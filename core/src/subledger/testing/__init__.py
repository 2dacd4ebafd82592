"""Tools to prove what subledger promises: virtual time, crashes at every step, contracts.

Names are imported when they are asked for: only the contracts, and what collects them, need a
test framework (the extra ``subledger[testing]``); everything else serves any project.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from subledger.testing.contracts.base import Contract as Contract
    from subledger.testing.contracts.base import applies as applies
    from subledger.testing.contracts.base import breach as breach
    from subledger.testing.contracts.connector import ConnectorContract as ConnectorContract
    from subledger.testing.contracts.dispatcher import DispatcherCase as DispatcherCase
    from subledger.testing.contracts.dispatcher import DispatcherContract as DispatcherContract
    from subledger.testing.contracts.exactly_once import ExactlyOnceContract as ExactlyOnceContract
    from subledger.testing.contracts.role import RoleContract as RoleContract
    from subledger.testing.contracts.sink import SinkContract as SinkContract
    from subledger.testing.contracts.source import SourceContract as SourceContract
    from subledger.testing.contracts.step import StepContract as StepContract
    from subledger.testing.contracts.store import StoreCase as StoreCase
    from subledger.testing.contracts.store import StoreContract as StoreContract
    from subledger.testing.outside import Clock as Clock
    from subledger.testing.outside import Consenting as Consenting
    from subledger.testing.outside import Door as Door
    from subledger.testing.outside import Fault as Fault
    from subledger.testing.outside import Held as Held
    from subledger.testing.outside import Holding as Holding
    from subledger.testing.outside import Outside as Outside
    from subledger.testing.outside import OutsideBooks as OutsideBooks
    from subledger.testing.outside import PollingBooks as PollingBooks
    from subledger.testing.outside import Scenario as Scenario
    from subledger.testing.outside import Sent as Sent
    from subledger.testing.outside import Trouble as Trouble
    from subledger.testing.outside import Written as Written
    from subledger.testing.proof import Changing as Changing
    from subledger.testing.specimens import Chart as Chart
    from subledger.testing.workplace import Side as Side
    from subledger.testing.workplace import Workplace as Workplace
    from subledger.testing.workplace import nowhere as nowhere

_WHERE: Final = {
    "contracts.base": ("Contract", "applies", "breach"),
    "contracts.connector": ("ConnectorContract",),
    "contracts.dispatcher": ("DispatcherCase", "DispatcherContract"),
    "contracts.exactly_once": ("ExactlyOnceContract",),
    "contracts.role": ("RoleContract",),
    "contracts.sink": ("SinkContract",),
    "contracts.source": ("SourceContract",),
    "contracts.step": ("StepContract",),
    "contracts.store": ("StoreCase", "StoreContract"),
    "outside": (
        *("Clock", "Consenting", "Door", "Fault", "Held", "Holding", "Outside"),
        *("OutsideBooks", "PollingBooks", "Scenario", "Sent", "Trouble", "Written"),
    ),
    "proof": ("Changing",),
    "specimens": ("Chart",),
    "workplace": ("Side", "Workplace", "nowhere"),
}
"""The names by module; a type checker reads them above."""

_MODULES: Final = {name: module for module, names in _WHERE.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
