"""The configuration once it holds: what the rest of the kernel works with."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from subledger.catalogue import Refusal
from subledger.config.schema import (
    ClosedPeriod,
    DebugSettings,
    LogSettings,
    ServerSettings,
    StoreSettings,
    VaultSettings,
)
from subledger.errors import Problem
from subledger.manifest import Operation
from subledger.model.kinds import Kind
from subledger.ports import FlowPlan, SinkType, SourceType, Step


@frozen(kw_only=True)
class ConnectionSettings:
    """One configured account of a connector.

    ``name`` is ``company.short`` in a folder of companies, else the short name alone. ``config`` is
    an instance of the connector's own class; at least one of ``type`` and ``sink`` is there.
    """

    name: str
    company: str = ""
    connector: str
    config: Any
    type: SourceType[Any] | None = None
    sink: SinkType[Any] | None = None


@frozen(kw_only=True)
class FlowSettings:
    """One flow, checked and ready: ``source`` and ``sink`` are full names of connections.

    It runs by ``every`` or by ``cron``; by neither if it is started by hand only. ``start`` None
    means 12 months before the first run. ``plan.kinds`` equals ``kinds``. ``digest`` changes when
    anything changes that decides what becomes of a record.
    """

    name: str
    company: str = ""
    recipe: str = ""
    source: str
    sink: str
    kinds: frozenset[Kind]
    every: dt.timedelta | None = None
    cron: str = ""
    start: dt.date | None = None
    end: dt.date | None = None
    look_back: dt.timedelta
    closed_period: ClosedPeriod = ClosedPeriod.HOLD
    removal: Mapping[Kind, Operation] = field(factory=dict)
    """What is done to a posted document whose record is gone, by kind; nothing for the others."""
    review: bool = False
    currency: str = "USD"
    match_email: bool = False
    require_complete_mapping: bool = False
    hold_duplicates: bool = False
    settings: Any = None
    plan: FlowPlan
    steps: tuple[tuple[str, Step], ...] = ()
    digest: str

    @property
    def manual(self) -> bool:
        """Whether it runs only when a person asks."""
        return self.every is None and not self.cron


@frozen(kw_only=True)
class Settings:
    """Everything that was configured; connections and flows by full name.

    ``left_out`` tells which connections and flows are missing because a plugin was refused, and
    ``refusals`` which plugins: the rest works.
    """

    folder: Path
    store: StoreSettings = field(factory=StoreSettings)
    server: ServerSettings = field(factory=ServerSettings)
    log: LogSettings = field(factory=LogSettings)
    debug: DebugSettings = field(factory=DebugSettings)
    vault: VaultSettings = field(factory=VaultSettings)
    connections: Mapping[str, ConnectionSettings] = field(factory=dict)
    flows: Mapping[str, FlowSettings] = field(factory=dict)
    left_out: tuple[Problem, ...] = ()
    refusals: tuple[Refusal, ...] = ()
