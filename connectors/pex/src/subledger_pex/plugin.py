"""The hooks of the PEX connector."""

from collections.abc import Iterable

from subledger.hooks import hookimpl
from subledger.ports import SimulatorType, SourceType
from subledger_pex.config import PexConfig
from subledger_pex.manifest import MANIFEST
from subledger_pex.normalise import balance_of, normalise
from subledger_pex.source import fetch, open_source
from subledger_pex.webhook import judge


@hookimpl
def register_sources() -> Iterable[SourceType[PexConfig]]:
    """PEX as a card platform."""
    return (
        SourceType(
            manifest=MANIFEST,
            config=PexConfig,
            open=open_source,
            normalise=normalise,
            balance=balance_of,
            webhook=judge,
            fetch=fetch,
        ),
    )


@hookimpl
def register_simulators() -> Iterable[SimulatorType]:
    """A simulated PEX business."""
    return (
        SimulatorType(name="pex", api=2, command="subledger_pex.simulator.command:simulate_pex"),
    )
