"""What a step implements, what a recipe is, and what else can be registered."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from attrs import field, frozen

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
    """The record as it goes on; kind and identifier stay."""


@frozen
class Hold:
    """The record waits; it is judged again when the record, the mapping or the books change."""

    finding: Finding
    """Why, and what a person can do."""


@frozen
class Skip:
    """The record is left out on purpose."""

    finding: Finding
    """Why it is left out."""


Verdict = Keep | Hold | Skip


class Step(Protocol):
    """Judges or completes one record: deterministic, no I/O."""

    def apply(self, entity: Entity, books: Books) -> Verdict:
        """The verdict on one record."""
        ...


@frozen(kw_only=True)
class StepType(Generic[C]):
    """A step plugin."""

    name: str
    """Name in a flow's ``steps``: lower-case letters, digits, hyphens."""
    api: int
    """Number of the plugin interface that it was made for; write it out."""
    config: type[C]
    """An attrs class: the settings under ``[flows.NAME.step.STEP]``, each with a description."""
    make: Callable[[C], Step]
    """The step with its settings. Pure."""


@frozen(kw_only=True)
class FlowPlan:
    """What a recipe makes of its settings."""

    kinds: frozenset[Kind]
    """The kinds that flow."""
    account: str
    """Full name of the account that the flow keeps in agreement."""
    steps: tuple[tuple[str, Mapping[str, Any]], ...]
    """Names of steps in their order, each with its settings where the owner says nothing."""
    draft: Callable[[Entity, Books], Verdict]
    """Completes an entity with what the recipe knows (accounts, party, memo). Pure."""
    references: tuple[Reference, ...] = ()
    """List entries that must exist in the books before the first post."""
    more_accounts: tuple[str, ...] = ()
    """Full names of others that it posts to, and that are read back as well."""
    whole: frozenset[Kind] = frozenset()
    """Kinds of parties and items that are wanted all, not only where a document refers to them."""

    accounts_of: Mapping[Kind, tuple[str, ...]] = field(factory=dict)
    """Full names of the accounts that one kind alone posts to: read back where that kind flows."""

    @property
    def accounts(self) -> tuple[str, ...]:
        """Every account that the flow keeps in agreement, each once."""
        own = [name for kind in sorted(self.kinds) for name in self.accounts_of.get(kind, ())]
        return tuple(dict.fromkeys((self.account, *self.more_accounts, *own)))


@frozen(kw_only=True)
class RecipeType(Generic[C]):
    """A ready-made flow between two roles; it names no system."""

    name: str
    """Name in a flow's ``recipe``: lower-case letters, digits, hyphens."""
    title: str
    """What it does, for people."""
    api: int
    """Number of the plugin interface that it was made for; write it out."""
    source: Role
    """The role of the side that is read."""
    sink: Role
    """The role of the side that is written."""
    settings: type[C]
    """An attrs class: the settings under ``[flows.NAME.settings]``, each with a description."""
    plan: Callable[[C], FlowPlan]
    """The flow with its settings. Pure."""


@frozen(kw_only=True)
class SimulatorType:
    """A simulated outside system for ``subledger simulate NAME``."""

    name: str
    """What to type: lower-case letters, digits, hyphens."""
    api: int
    """Number of the plugin interface that it was made for; write it out."""
    command: str
    """Where it is, as ``package.module:function``; the function's parameters are its options."""


@frozen(kw_only=True)
class SecretResolverType:
    """Resolves secret references ``{scheme = "..."}`` of the configuration."""

    scheme: str
    """The key of such a reference."""
    api: int
    """Number of the plugin interface that it was made for; write it out."""
    resolve: Callable[[str], str]
    """The clear text for what the reference says. Raises LookupError with a sentence."""
