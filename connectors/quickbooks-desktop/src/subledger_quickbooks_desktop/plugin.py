"""Registers QuickBooks Desktop: as books, as a source, and its simulator."""

from collections.abc import Iterable

from subledger.hooks import hookimpl
from subledger.ports import Peer, PeerContext, SimulatorType, SinkType, SourceType
from subledger_quickbooks_desktop.config import QuickBooksDesktopConfig
from subledger_quickbooks_desktop.manifest import MANIFEST, SOURCE
from subledger_quickbooks_desktop.normalise import balance_of, normalise
from subledger_quickbooks_desktop.preview import preview
from subledger_quickbooks_desktop.render import fit_name


def _peer(config: QuickBooksDesktopConfig, context: PeerContext) -> Peer:
    from subledger_quickbooks_desktop.service import Service  # noqa: PLC0415 - aiohttp is heavy

    return Service(config, context)


SINK = SinkType(
    manifest=MANIFEST,
    config=QuickBooksDesktopConfig,
    preview=preview,
    peer=_peer,
    mount="qbwc",
    fit_name=fit_name,
)


@hookimpl
def register_sinks() -> Iterable[SinkType[QuickBooksDesktopConfig]]:
    """QuickBooks Desktop as the books."""
    return [SINK]


@hookimpl
def register_sources() -> Iterable[SourceType[QuickBooksDesktopConfig]]:
    """QuickBooks Desktop as a source: its peer answers what a run asks."""
    return [
        SourceType(
            manifest=SOURCE,
            config=QuickBooksDesktopConfig,
            normalise=normalise,
            balance=balance_of,
        )
    ]


@hookimpl
def register_simulators() -> Iterable[SimulatorType]:
    """QuickBooks Desktop and its Web Connector."""
    return [
        SimulatorType(
            name="quickbooks-desktop",
            api=2,
            command="subledger_quickbooks_desktop.simulator.command:simulate_quickbooks_desktop",
        )
    ]
