"""The hooks of the Syncro connector."""

from collections.abc import Iterable

from subledger.hooks import hookimpl
from subledger.ports import SimulatorType, SinkType, SourceType
from subledger_syncro.config import SyncroConfig
from subledger_syncro.manifest import SINK, SOURCE
from subledger_syncro.normalise import balance_of, normalise
from subledger_syncro.render import preview
from subledger_syncro.sink import open_sink
from subledger_syncro.source import open_source
from subledger_syncro.webhook import judge


@hookimpl
def register_sources() -> Iterable[SourceType[SyncroConfig]]:
    """Syncro as a PSA whose documents go to the books."""
    return (
        SourceType(
            manifest=SOURCE,
            config=SyncroConfig,
            open=open_source,
            normalise=normalise,
            balance=balance_of,
            webhook=judge,
        ),
    )


@hookimpl
def register_sinks() -> Iterable[SinkType[SyncroConfig]]:
    """Syncro as a PSA that takes payments from the books."""
    return (SinkType(manifest=SINK, config=SyncroConfig, preview=preview, open=open_sink),)


@hookimpl
def register_simulators() -> Iterable[SimulatorType]:
    """A simulated Syncro account."""
    return (
        SimulatorType(
            name="syncro", api=2, command="subledger_syncro.simulator.command:simulate_syncro"
        ),
    )
