"""The tables of the configuration file, as they are written."""

import datetime as dt
import enum
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from attrs import field, frozen

from subledger.config.fields import Duration, Secret, describe
from subledger.model.kinds import Kind


@frozen(kw_only=True)
class StoreSettings:
    """Where subledger keeps what it knows."""

    url: str = field(
        default="sqlite:///subledger.db",
        metadata=describe("The database; a relative SQLite file lies in this file's folder."),
    )
    password: Secret | None = field(
        default=None,
        metadata=describe("The password of a database server."),
    )


@frozen(kw_only=True)
class ServerSettings:
    """Where the server listens, and what address others know it by."""

    host: str = field(default="127.0.0.1", metadata=describe("The address that is listened on."))
    port: int = field(default=8080, metadata=describe("The port that is listened on."))
    public_url: str = field(
        default="",
        metadata=describe("The address that the Web Connector and browsers use, with https."),
    )
    metrics: bool = field(
        default=False,
        metadata=describe(
            "Whether /metrics tells a Prometheus server how things stand; it names flows and "
            "connections to everybody who can reach the server."
        ),
    )

    @port.validator
    def _is_port(self, _attribute: object, port: int) -> None:
        if not 0 <= port <= 65535:  # noqa: PLR2004 - the range of ports
            raise ValueError(f"{port} is not a port: 0 to 65535")

    @public_url.validator
    def _is_url(self, _attribute: object, url: str) -> None:
        if url and not url.startswith(("https://", "http://")):
            raise ValueError(f"{url!r} does not start with https://")


@frozen(kw_only=True)
class LogSettings:
    """What is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = field(
        default="info", metadata=describe("The least important lines that are shown.")
    )
    format: Literal["text", "json"] = field(
        default="text", metadata=describe("text for people, json for machines.")
    )


@frozen(kw_only=True)
class DebugSettings:
    """Help for looking into trouble; nothing of it is on by default."""

    wire_log: Path | None = field(
        default=None,
        metadata=describe(
            "A folder for every message of the Web Connector; holds bookkeeping data.",
            example='"wire"',
        ),
    )


@frozen(kw_only=True)
class VaultSettings:
    """The keys under which tokens are encrypted."""

    key: Secret | None = field(
        default=None,
        metadata=describe(
            "32 bytes in base64; without it a file beside the database holds the key.",
            example='{env = "SUBLEDGER_VAULT_KEY"}',
        ),
    )
    old_keys: tuple[Secret, ...] = field(
        default=(), metadata=describe("Earlier keys, which can still be decrypted with.")
    )


@frozen(kw_only=True)
class PluginTable:
    """A plugin to load that no connection, recipe or step names; or one that is a single file."""

    path: Path | None = field(
        default=None,
        metadata=describe("A Python file with hooks, instead of a package.", example='"rules.py"'),
    )


class ClosedPeriod(enum.StrEnum):
    """What happens to a record whose date lies in a closed period of the books."""

    HOLD = "hold"
    REDATE = "redate"
    SKIP = "skip"


class Gone(enum.StrEnum):
    """What happens to a document in the books whose record the source has deleted."""

    FLAG = "flag"
    VOID = "void"
    DELETE = "delete"


Every = Duration | Literal["daily", "manual"]


@frozen(kw_only=True)
class FlowTable:
    """One flow, as it is written."""

    recipe: str = field(
        default="", metadata=describe("A ready-made flow; without one, kinds says what flows.")
    )
    source: str = field(metadata=describe("The connection that is read.", example='"cards"'))
    sink: str = field(metadata=describe("The connection that is posted to.", example='"books"'))
    every: Every | None = field(
        default=None,
        metadata=describe(
            'How often it runs: a time, "daily" or "manual"; the default is the source\'s.',
            example='"1h"',
        ),
    )
    cron: str = field(
        default="",
        metadata=describe("When it runs, as a cron expression in UTC, instead of every."),
    )
    start: dt.date | None = field(
        default=None,
        metadata=describe(
            "The first posting date; the default is 12 months before the first run.",
            example="2026-01-01",
        ),
    )
    end: dt.date | None = field(
        default=None,
        metadata=describe(
            'The last posting date; only with every = "manual".', example="2026-12-31"
        ),
    )
    look_back: Duration = field(
        default=dt.timedelta(days=60),
        metadata=describe("How far back changed records are looked for on each run."),
    )
    closed_period: ClosedPeriod = field(
        default=ClosedPeriod.HOLD,
        metadata=describe("What to do with a record dated in a closed period: hold, redate, skip."),
    )
    gone: Gone = field(
        default=Gone.FLAG,
        metadata=describe(
            'Documents whose record the source has deleted: "flag" asks a person, "void" and '
            '"delete" do it, as far as the books can.'
        ),
    )
    review: bool = field(
        default=False,
        metadata=describe("Whether planned documents wait for `subledger approve`."),
    )
    currency: str = field(
        default="USD",
        metadata=describe(
            "Currency (ISO 4217 code) that the books are kept in; a record in another one waits."
        ),
    )
    match_email: bool = field(
        default=False,
        metadata=describe(
            "Whether a customer or vendor that the books know under another name is recognised by "
            "its e-mail address, where exactly one there has it."
        ),
    )
    hold_duplicates: bool = field(
        default=True,
        metadata=describe(
            "Whether the books are looked through before the first posting, and a record whose "
            "like is there already, entered by hand or by another program, waits for a person."
        ),
    )
    require_complete_mapping: bool = field(
        default=False,
        metadata=describe("Whether nothing is posted until everything has its counterpart."),
    )
    kinds: tuple[Kind, ...] | None = field(
        default=None,
        metadata=describe(
            "The kinds that flow, where not all of the recipe's.", example='["card_transaction"]'
        ),
    )
    steps: tuple[str, ...] | None = field(
        default=None,
        metadata=describe("The steps in their order, where not the recipe's.", example="[]"),
    )
    settings: Mapping[str, Any] = field(
        factory=dict, metadata=describe("The recipe's own settings.")
    )
    step: Mapping[str, Mapping[str, Any]] = field(
        factory=dict, metadata=describe("The steps' own settings, over the recipe's.")
    )


@frozen(kw_only=True)
class CompanyDocument:
    """The tables of one company's file."""

    plugins: Mapping[str, Any] = field(factory=dict, metadata=describe("Plugins by name."))
    connections: Mapping[str, Any] = field(factory=dict, metadata=describe("Connections by name."))
    flows: Mapping[str, Any] = field(factory=dict, metadata=describe("Flows by name."))


@frozen(kw_only=True)
class GlobalDocument:
    """The tables that are one for all companies."""

    store: StoreSettings = field(factory=StoreSettings, metadata=describe("The database."))
    server: ServerSettings = field(factory=ServerSettings, metadata=describe("The server."))
    log: LogSettings = field(factory=LogSettings, metadata=describe("The log."))
    debug: DebugSettings = field(factory=DebugSettings, metadata=describe("Looking into trouble."))
    vault: VaultSettings = field(factory=VaultSettings, metadata=describe("Keys of tokens."))
