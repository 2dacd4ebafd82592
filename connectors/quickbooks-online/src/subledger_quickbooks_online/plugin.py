"""Registers QuickBooks Online: as books, as a source, and its simulator."""

from collections.abc import Iterable

from subledger.hooks import hookimpl
from subledger.ports import SimulatorType, SinkType, SourceType
from subledger_quickbooks_online import manifest
from subledger_quickbooks_online.authorization import AUTHORIZATION
from subledger_quickbooks_online.config import QuickBooksOnlineConfig
from subledger_quickbooks_online.normalise import balance_of, normalise
from subledger_quickbooks_online.pace import AT_ONCE
from subledger_quickbooks_online.preview import preview
from subledger_quickbooks_online.sink import open_sink
from subledger_quickbooks_online.source import open_source
from subledger_quickbooks_online.text import fit_name
from subledger_quickbooks_online.webhook import judge
from subledger_quickbooks_online.wire.requests import MOST_ITEMS


@hookimpl
def register_sinks() -> Iterable[SinkType[QuickBooksOnlineConfig]]:
    """QuickBooks Online as the books."""
    return (
        SinkType(
            manifest=manifest.SINK,
            config=QuickBooksOnlineConfig,
            preview=preview,
            open=open_sink,
            batch=MOST_ITEMS,
            at_once=AT_ONCE,
            fit_name=fit_name,
            authorization=AUTHORIZATION,
        ),
    )


@hookimpl
def register_sources() -> Iterable[SourceType[QuickBooksOnlineConfig]]:
    """QuickBooks Online as a source."""
    return (
        SourceType(
            manifest=manifest.SOURCE,
            config=QuickBooksOnlineConfig,
            open=open_source,
            normalise=normalise,
            balance=balance_of,
            webhook=judge,
            authorization=AUTHORIZATION,
        ),
    )


@hookimpl
def register_simulators() -> Iterable[SimulatorType]:
    """A simulated QuickBooks Online."""
    return (
        SimulatorType(
            name="quickbooks-online",
            api=2,
            command="subledger_quickbooks_online.simulator.command:quickbooks_online",
        ),
    )
