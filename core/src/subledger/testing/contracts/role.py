"""The role that a manifest claims: every recipe of the role works with an invented other side."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, Final

import pytest

from subledger.errors import ConfigError
from subledger.ledger.effects import State
from subledger.manifest import Direction, Operation
from subledger.model import kinds
from subledger.model.marker import marker
from subledger.ports import RecipeType, SinkType, SourceType
from subledger.roles import ROLES
from subledger.testing.contracts.base import Contract, breach
from subledger.testing.crash import Endless
from subledger.testing.outside import Clock, Outside
from subledger.testing.proof import Stage
from subledger.testing.routes import INVENTED_CHART, by_recipe, recipes_of
from subledger.testing.specimens import Chart
from subledger.testing.verdict import Result, by_mark
from subledger.testing.workplace import SINK, SOURCE, START
from subledger.testing.worlds import World


def answered_by(type_: SourceType[Any], peer: SinkType[Any] | None) -> None:
    """Demands a peer where a source polls us."""
    __tracebackhide__ = True
    if type_.open is None and peer is None:
        breach(
            "nobody answers this source, which polls us",
            promise="what a run asks is answered by the peer of the sink of the same name",
            hint="give the contract peer = SINK, the sink that is registered beside the source",
        )


def played(stage: Stage, scenario: str) -> Sequence[str]:
    """What goes wrong where there is no trouble. Demands that it comes to an end at all."""
    __tracebackhide__ = True
    try:
        return stage.simulate(World(scenario=scenario, seed=1)).problems
    except Endless as error:
        breach(
            f"without any trouble a flow never comes to an end: {error}",
            promise="a run, a delivery and a poll end once there is nothing left to do",
            hint="a peer to which prepare() says that more is left answers the questions of its "
            "desk first: what is planned may wait for what is read",
        )


class RoleContract(Contract):
    """Any connector of a role works with any other side by configuration alone.

    ``recipes`` are settings by recipe, which are added to those that follow from the ``chart`` of
    a sink's books, or of the invented ones. The invented other side is a card platform or a
    service business's system for a sink, and a general ledger for a source, of which the last
    ``days`` are read. A source that polls us is answered by the ``peer`` of the sink that is
    registered beside it.
    """

    recipes: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    start: ClassVar[dt.datetime] = START
    days: ClassVar[int] = 365
    peer: ClassVar[SinkType[Any] | None] = None
    chart: ClassVar[Chart] = Chart()
    real_time: ClassVar[bool] = False

    def outside(self, clock: Clock) -> Outside:
        """The author's simulator in one known state."""
        raise NotImplementedError("give the contract its outside(clock)")

    @classmethod
    def parameters(cls) -> Mapping[str, Callable[[], Sequence[tuple[str, Any]]]]:
        """As ever, with the recipes of the roles."""
        return {
            **super().parameters(),
            "recipe": lambda: [(one.name, one) for one in recipes_of(cls.type)],
        }

    def test_a_recipe_of_its_role_works(self, recipe: RecipeType[Any]) -> None:
        """Every record is in the books to the cent, and a second sync writes nothing."""
        __tracebackhide__ = True
        if self.real_time:
            pytest.skip("days pass in no time, so the outside must have no real sockets")
        tested = SOURCE if isinstance(self.type, SourceType) else SINK
        if isinstance(self.type, SourceType):
            answered_by(self.type, self.peer)
        try:
            route = by_recipe(
                *(recipe, self.type, self.outside, self.recipes.get(recipe.name, {})),
                chart=INVENTED_CHART if tested == SOURCE else self.chart,
                since=self.start.date() - dt.timedelta(days=self.days),
                peer=self.peer,
            )
        except ConfigError as error:
            breach(
                f"the recipe {recipe.name} has no settings that it can run with: {error}",
                promise=f"a {recipe.source} flows into a {recipe.sink} by configuration alone",
                hint="name accounts that the books of its outside have in the contract's chart = "
                f"Chart(), or in recipes = {{{recipe.name!r}: {{...}}}}",
            )
        stage = Stage(route=route, tested=tested, start=self.start)
        (scenario, *_) = stage.scenarios
        problems = played(stage, scenario)
        result = stage.truth(scenario)
        wrong = [*problems, *_wrong(result), *self._missing(recipe, result)]
        if wrong:
            told = _first_of([message for _, message in result.findings])
            breach(
                f"with the recipe {recipe.name}: {'; '.join(wrong[:5])}. Findings: {told}",
                promise=f"a {recipe.source} flows into a {recipe.sink} by configuration alone",
                hint=f"see what the role {recipe.source} asks of each kind; if settings of the "
                f"flow are missing, give the contract recipes = {{{recipe.name!r}: {{...}}}}",
            )

    def _missing(self, recipe: RecipeType[Any], result: Result) -> Iterator[str]:
        """The kinds that the role counts on here, and of which nothing came into the books."""
        posted = {one.kind for one in result.records if one.state == "posted"}
        duty = ROLES[recipe.source].duties[Direction.SOURCE]
        act = Operation.READ if isinstance(self.type, SourceType) else Operation.CREATE
        declared = self.type.manifest.able(act)
        wanted = set(duty.must).union(*(group for group in duty.either if group <= declared))
        for kind in sorted(wanted - posted):
            yield f"no {kind} came into the books"


def _wrong(result: Result) -> Iterator[str]:
    """What is not to the cent, or was refused."""
    shown = by_mark(result.documents)
    for record in result.records:
        if record.state not in _ENDS:
            yield f"the {record.kind} {record.id} is {record.state}, not posted"
    for effect in result.effects:
        if effect.state is not State.SETTLED or effect.operation is not Operation.CREATE:
            continue
        if effect.amount is None or effect.kind in _WITHOUT_AMOUNT:
            continue
        documents = shown.get(marker(effect.kind, effect.record), ())
        amounts = [abs(one.amount) for one in documents if one.amount]
        if sum(amounts) != abs(effect.amount.amount):
            yield (
                f"the {effect.kind} {effect.record} of {effect.amount} is in the books as "
                f"{_told(amounts)}"
            )
    if not result.proof.agrees:
        yield f"the source's total and the books' differ by {result.proof.difference}"


_ENDS: Final = frozenset({"posted", "skipped", "held", "rejected"})
"""How a record may end: in the books, or with a finding that says why not."""

_WITHOUT_AMOUNT: Final = frozenset(
    {*kinds.LISTS, *kinds.PARTIES, kinds.ATTACHMENT, kinds.PURCHASE_ORDER}
)


def _first_of(messages: Sequence[str], most: int = 3) -> str:
    """The first messages, and how many more there are."""
    more = f"; and {len(messages) - most} more" if len(messages) > most else ""
    return "; ".join(messages[:most]) + more or "none"


def _told(amounts: Sequence[Decimal]) -> str:
    return ", ".join(map(str, amounts)) or "nothing"


__all__ = ["RoleContract"]
