"""A running simulation: the business as it is now, and every switch that changes its behaviour."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from attrs import define, evolve, field, frozen

from .clock import SimulatedClock
from .faults import NO_FAULTS, FaultPlan
from .model import Business, Change, Note, Transaction
from .seen import Seen, seen_at
from .tokens import Tokens
from .truth import counts, holds, ledgers, truth


@frozen(kw_only=True)
class Behaviour:
    """Switches for what the vendor leaves open, or for businesses that are set up differently."""

    window_field: Literal["transaction", "settlement"] = "transaction"
    """Which time the date windows look at; pendings and declines always use their own time."""
    numeric_enums: bool = False
    tags_enabled: bool = True
    limit_per_second: int = 0
    """More requests than this within a second are answered 429; 0 is off."""
    renewal_revokes: bool = False
    """Whether renewing an API token ends the old one at once."""


@frozen(kw_only=True)
class LoggedRequest:
    """One request as the simulator saw it; the token itself is not kept."""

    number: int
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    scheme: str
    status: int


def _count_from_here(simulation: "Simulation", _: Any, plan: FaultPlan) -> FaultPlan:
    simulation.requests_in_plan = 0
    return plan


@define(kw_only=True)
class Simulation:
    """The mutable state behind the endpoints."""

    business: Business
    clock: SimulatedClock
    tokens: Tokens
    behaviour: Behaviour = field(factory=Behaviour)
    faults: FaultPlan = field(default=NO_FAULTS, on_setattr=_count_from_here)
    base_url: str = ""
    requests: list[LoggedRequest] = field(factory=list)
    requests_in_plan: int = 0
    last_list: Any = None
    _transactions: dict[int, Transaction] = field(init=False)
    _next_note: int = 900_001

    @_transactions.default
    def _by_id(self) -> dict[int, Transaction]:
        return {item.id: item for item in self.business.transactions}

    @classmethod
    def of(
        cls,
        business: Business,
        *,
        token: str = "demo-token",  # noqa: S107 - opens made-up data only
        refresh_token: str = "demo-refresh",  # noqa: S107 - opens made-up data only
    ) -> "Simulation":
        """A fresh simulation that accepts one API token and one refresh token."""
        clock = SimulatedClock(now=business.starts)
        tokens = Tokens(clock=clock)
        tokens.admit(token)
        tokens.admit_refresh(refresh_token)
        return cls(business=business, clock=clock, tokens=tokens)

    @property
    def now(self) -> datetime:
        """The simulated instant."""
        return self.clock.now

    @property
    def transactions(self) -> list[Transaction]:
        """All transactions, past and to come."""
        return list(self._transactions.values())

    def find(self, visible_id: int) -> Seen | None:
        """The transaction that is listed under this id now."""
        direct = self._transactions.get(visible_id)
        candidates = [direct] if direct else []
        candidates += [
            item for item in self._transactions.values() if item.authorisation_id == visible_id
        ]
        for item in candidates:
            seen = seen_at(item, self.now)
            if seen is not None and seen.id == visible_id:
                return seen
        return None

    def _replace(self, item: Transaction, **values: Any) -> Transaction:
        changed = evolve(item, **values)
        self._transactions[item.id] = changed
        return changed

    def change(self, item: Transaction, **values: Any) -> Transaction:
        """Let a change (``tags``, ``approval`` or ``note``) happen to a transaction now."""
        change = Change(at=self.now, **values)
        past = [one for one in item.changes if one.at <= self.now]
        later = [one for one in item.changes if one.at > self.now]
        return self._replace(item, changes=(*past, change, *later))

    def add_note(self, item: Transaction, text: str, *, is_system: bool) -> Note:
        """Add a note that the caller of the API wrote."""
        note = Note(
            id=self._next_note, text=text, at=self.now, user_name="api", is_system=is_system
        )
        self._next_note += 1
        self.change(item, note=note)
        return note

    def settle(self, item: Transaction, cents: int | None = None) -> Transaction:
        """Settle a pending transaction now, for another amount if given."""
        return self._replace(
            item,
            settlement=self.now,
            released=None,
            held_cents=item.held_cents if cents is None else item.cents,
            cents=item.cents if cents is None else cents,
        )

    def add(self, item: Transaction) -> Transaction:
        """Add a transaction; it gets the next id."""
        number = max(self._transactions) + 1
        added = evolve(item, id=number, authorisation_id=number - 100_000_000)
        self._transactions[number] = added
        return added

    def disturb(self) -> None:
        """Change the newest listed card row and settle a pending one, under the reader's eyes."""
        seen = [one for item in self._transactions.values() if (one := seen_at(item, self.now))]
        settled = [one for one in seen if not one.is_pending and one.tags is not None]
        if settled:
            newest = max(settled, key=lambda one: one.transaction.time).transaction
            self.add_note(newest, "changed while you were reading", is_system=False)
        pending = [one for one in seen if one.is_pending]
        if pending:
            self.settle(max(pending, key=lambda one: one.transaction.time).transaction)

    def ledger_cents(self) -> Mapping[int, int]:
        """Settled balance by account."""
        return ledgers(self._transactions.values(), self.now)

    def held_cents(self) -> Mapping[int, int]:
        """Pending amounts by account."""
        return holds(self._transactions.values(), self.now)

    def truth(self) -> dict[str, Any]:
        """What moved the balance until now."""
        return truth(self._transactions.values(), self.business.invoices, self.now)

    def counts(self) -> dict[str, int]:
        """Records by sort."""
        return counts(self._transactions.values(), self.now)
