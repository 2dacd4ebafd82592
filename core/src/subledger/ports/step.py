"""What a step implements, what a recipe is, and what else can be registered."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from attrs import frozen

from subledger.findings import Finding
from subledger.manifest import Role
from subledger.model import Entity, Reference
from subledger.model.kinds import Kind
from subledger.ports.books import Books

C = TypeVar("C")


@frozen
class Keep:
    """The record goes on, perhaps changed."""

    entity: Entity


@frozen
class Hold:
    """The record waits; it is judged again when the record, the mapping or the books change."""

    finding: Finding


@frozen
class Skip:
    """The record is left out on purpose; the finding says why."""

    finding: Finding


Verdict = Keep | Hold | Skip


class Step(Protocol):
    """Judges or completes one record: deterministic, no I/O."""

    def apply(self, entity: Entity, books: Books) -> Verdict:
        """The verdict on one record."""
        ...


@frozen(kw_only=True)
class StepType(Generic[C]):
    """A step plugin: ``make`` builds a step from its settings in the flow's configuration."""

    name: str
    api: int
    config: type[C]
    make: Callable[[C], Step]


@frozen(kw_only=True)
class FlowPlan:
    """What a recipe makes of its settings.

    ``draft`` is pure: it completes an entity with what the recipe knows (accounts, party, memo).
    ``steps`` are step names with default settings, in order; ``account`` the account that the flow
    keeps in agreement, ``more_accounts`` others that it posts to and that are read back as well.
    ``whole`` are kinds of list entries that are wanted in full, not only where a document refers
    to them.
    """

    kinds: frozenset[Kind]
    account: str
    steps: tuple[tuple[str, Mapping[str, Any]], ...]
    draft: Callable[[Entity, Books], Verdict]
    references: tuple[Reference, ...] = ()
    """List entries that must exist in the books before the first post."""
    more_accounts: tuple[str, ...] = ()
    whole: frozenset[Kind] = frozenset()

    @property
    def accounts(self) -> tuple[str, ...]:
        """Every account that the flow keeps in agreement."""
        return (self.account, *self.more_accounts)


@frozen(kw_only=True)
class RecipeType(Generic[C]):
    """A ready-made flow between two roles; it names no system."""

    name: str
    title: str
    api: int
    source: Role
    sink: Role
    settings: type[C]
    plan: Callable[[C], FlowPlan]


@frozen(kw_only=True)
class SimulatorType:
    """A simulated outside system for ``subledger simulate NAME``.

    ``command`` is ``package.module:function``; the function's parameters become its options.
    """

    name: str
    api: int
    command: str


@frozen(kw_only=True)
class SecretResolverType:
    """Resolves secret references ``{scheme = "..."}`` of the configuration.

    ``resolve`` returns the clear text or raises LookupError with a sentence.
    """

    scheme: str
    api: int
    resolve: Callable[[str], str]
