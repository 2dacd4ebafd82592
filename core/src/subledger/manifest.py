"""What a connector declares about itself; every field has a consequence in the kernel."""

import datetime as dt
import enum
import re
from collections.abc import Iterable, Mapping

from attrs import field, frozen

from subledger.model.kinds import Kind

API = 2
"""The number of the plugin interface that this kernel speaks.

A published package writes the number that it was made for, never this constant: only so can a
later kernel tell that the package is older.
"""

SUPPORTED_APIS = frozenset({API - 1, API})
"""The numbers that are accepted: plugins of the one before are adapted when they are loaded."""


class Direction(enum.StrEnum):
    """Which side of a flow a connector serves."""

    SOURCE = "source"
    """It is read."""
    SINK = "sink"
    """It is written."""


class Role(enum.StrEnum):
    """What a connector is for; each role is a contract, see :mod:`subledger.roles`."""

    CARD_PLATFORM = "card_platform"
    PSA = "psa"
    PAYMENT_PROCESSOR = "payment_processor"
    PAYABLES_RECEIVABLES = "payables_receivables"
    GENERAL_LEDGER = "general_ledger"


class Operation(enum.StrEnum):
    """What can be done with an entity of some kind."""

    READ = "read"
    """A source hands it over; a sink tells of its entries, which mapping needs."""
    CREATE = "create"
    """A sink makes a new one."""
    UPDATE = "update"
    """A sink changes one that it made, or that was linked."""
    VOID = "void"
    """A sink sets it to zero, and keeps it."""
    DELETE = "delete"
    """A sink removes it."""


class Initiative(enum.StrEnum):
    """Who calls whom: the kernel pushes and pulls, or the peer polls us."""

    KERNEL = "kernel"
    """The kernel calls the connector: by schedule, at once, or when there is something to post."""
    PEER = "peer"
    """The other side polls us over HTTP; the connector answers its requests."""


class Recovery(enum.StrEnum):
    """How the outcome of a write is settled after its answer was lost."""

    KEYED = "keyed"
    """Repeat with the same key: the system answers as the first time."""
    MESSAGE_SET = "message_set"
    """Ask QuickBooks for the answer that it stored for the message set."""
    FINDABLE = "findable"
    """Look the document up by its marker; repeat only if it is absent."""
    NONE = "none"
    """Never repeat: a person decides."""


class Capability(enum.StrEnum):
    """Optional abilities; the kernel uses one only where it is declared."""

    INCREMENTAL = "incremental"
    """The source can return only what changed since a cursor."""
    UPDATE_GUARD = "update_guard"
    """The sink refuses an update made from a stale copy."""
    READ_BACK = "read_back"
    """The sink can list the documents of a period, so that they can be compared."""
    WEBHOOKS = "webhooks"
    """The source tells us at once when something happened."""
    ATTACHMENTS = "attachments"
    """Files can be attached to documents."""
    MULTI_CURRENCY = "multi_currency"
    """The books may be kept in another currency than US dollars, which a flow then names."""


@frozen(kw_only=True)
class Frequency:
    """How often a flow on this connector runs: by default, and at the most."""

    default: dt.timedelta
    """Where the owner says nothing."""
    minimum: dt.timedelta
    """More often is refused; positive, and not above the default."""

    def __attrs_post_init__(self) -> None:
        if not dt.timedelta(0) < self.minimum <= self.default:
            raise ValueError("a frequency's minimum is positive and not above its default")


_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")


def _is_name(_instance: object, _attribute: object, value: str) -> None:
    if not _NAME.match(value):
        raise ValueError(f"{value!r} is not a name: lower-case letters, digits and hyphens")


def _freeze(
    kinds: Mapping[Kind, frozenset[Operation] | set[Operation]],
) -> Mapping[Kind, frozenset[Operation]]:
    return {kind: frozenset(operations) for kind, operations in kinds.items()}


def _roles(roles: Iterable[Role]) -> frozenset[Role]:
    return frozenset(roles)


def _capabilities(capabilities: Iterable[Capability]) -> frozenset[Capability]:
    return frozenset(capabilities)


@frozen(kw_only=True)
class Manifest:
    """A connector's declaration; the conformance tests and the documentation follow from it.

    ``name`` equals the entry point's name. ``kinds`` lists the operations for every entity kind.
    ``recovery`` matters for sinks only.
    """

    name: str = field(validator=_is_name)
    """Name in configurations, equal to the entry point's: lower-case letters, digits, hyphens."""
    title: str
    """Name for people, as the vendor writes it."""
    api: int = API
    """Number of the plugin interface that the package was made for; write it out."""
    direction: Direction
    """Which side of a flow it serves; a two-way connector registers a source and a sink."""
    roles: frozenset[Role] = field(converter=_roles)
    """What it is for; the manifest has to fulfil each role, and gets the recipes of each."""
    kinds: Mapping[Kind, frozenset[Operation]] = field(converter=_freeze)
    """The operations for each kind of entity. A flow that needs another one is refused."""
    frequency: Frequency
    """How often a flow runs on it."""
    initiative: Initiative = Initiative.KERNEL
    """Who calls whom."""
    capabilities: frozenset[Capability] = field(converter=_capabilities, default=frozenset())
    """Optional abilities; the kernel uses none that is not declared."""
    recovery: Recovery = Recovery.NONE
    """How a lost answer to a write is settled; for sinks only."""
    limits: tuple[str, ...] = ()
    """What will not sync, in plain sentences, for the support matrix."""

    def can(self, kind: Kind, operation: Operation) -> bool:
        """Whether the operation is declared for the kind."""
        return operation in self.kinds.get(kind, frozenset())

    def able(self, operation: Operation) -> frozenset[Kind]:
        """The kinds that the operation is declared for."""
        return frozenset(kind for kind, declared in self.kinds.items() if operation in declared)
