"""Checks that need two sides: a flow against the manifests of its source and its sink."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, pairwise
from typing import Any, Final

from cronsim import CronSim, CronSimError

from subledger.config.fields import duration_text
from subledger.config.problems import invalid
from subledger.config.schema import FlowTable, Gone
from subledger.config.settings import ConnectionSettings, FlowSettings
from subledger.errors import Problem
from subledger.manifest import Capability, Direction, Frequency, Manifest, Operation, Role
from subledger.model.kinds import LISTS, PARTIES, STAND_INS, Kind
from subledger.money import Money
from subledger.ports import FlowPlan, RecipeType
from subledger.roles import ROLES

US_DOLLARS: Final = "USD"
_LONGEST_LOOK_BACK: Final = dt.timedelta(days=400)
_DAILY: Final = dt.timedelta(days=1)
_CRON_FROM: Final = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
_CRON_RUNS: Final = 500


def looks_first(kinds: Iterable[Kind], sink: ConnectionSettings) -> bool:
    """Whether documents flow, and the books can tell which they hold already."""
    reads = sink.sink is not None and Capability.READ_BACK in sink.sink.manifest.capabilities
    return reads and not {*LISTS, *PARTIES}.issuperset(kinds)


def sides(
    source: ConnectionSettings, sink: ConnectionSettings, recipe: RecipeType[Any] | None
) -> Iterator[Problem]:
    """Whether each connection can stand on its side of the flow, and has the recipe's role."""
    if source.name == sink.name:
        yield Problem(path="sink", message=f"{sink.name!r} is the source as well")
        return
    pairs = (
        ("source", source, source.type, recipe.source if recipe else None),
        ("sink", sink, sink.sink, recipe.sink if recipe else None),
    )
    for side, connection, type_, role in pairs:
        if type_ is None:
            other = Direction.SINK if side == Direction.SOURCE else Direction.SOURCE
            message = f"{connection.name} ({connection.connector}) is a {other} only"
            yield Problem(path=side, message=message, hint=f"Name a connection that is a {side}.")
        elif role is not None and recipe is not None and role not in type_.manifest.roles:
            yield _wrong_role(side, connection, type_.manifest, recipe.name, role)


def currency(code: str, sink: ConnectionSettings) -> Iterator[Problem]:
    """Whether the books can be kept in a flow's currency."""
    try:
        Money(0, code)
    except ValueError as error:
        yield Problem(path="currency", message=str(error), hint="Write an ISO 4217 code.")
        return
    able = sink.sink is None or Capability.MULTI_CURRENCY in sink.sink.manifest.capabilities
    if code != US_DOLLARS and not able:
        yield Problem(
            path="currency",
            message=f"{sink.name} ({sink.connector}) is kept in US dollars only, not in {code}",
            hint="Leave currency out; records in another one wait, each with a finding.",
        )


def _wrong_role(
    side: str, connection: ConnectionSettings, manifest: Manifest, recipe: str, role: Role
) -> Problem:
    has = ", ".join(sorted(manifest.roles)) or "no role"
    return Problem(
        path=side,
        message=f"the recipe {recipe!r} needs a {role}, {connection.name} "
        f"({connection.connector}) is: {has}",
        hint=f"A {role} is what {ROLES[role].meaning[0].lower()}{ROLES[role].meaning[1:-1]}.",
    )


def kinds(
    wanted: Iterable[Kind] | None,
    plan: FlowPlan,
    recipe: RecipeType[Any] | None,
    source: ConnectionSettings,
    sink: ConnectionSettings,
) -> frozenset[Kind]:
    """The kinds that flow. Raises Invalid with both lists side by side if some cannot.

    Kinds that the recipe's role leaves open, and that this source does not have, are not asked for
    unless the flow names them.
    """
    if source.type is None or sink.sink is None:
        raise AssertionError("the sides are checked first")
    reads = source.type.manifest.able(Operation.READ)
    creates = sink.sink.manifest.able(Operation.CREATE)
    asked = plan.kinds if wanted is None else frozenset(wanted)
    beyond = asked - plan.kinds
    if beyond:
        raise invalid(
            f"the recipe does not move {_list(beyond)}; it moves {_list(plan.kinds)}", "", "kinds"
        )
    if wanted is None and recipe is not None:
        duty = ROLES[recipe.source].duties.get(Direction.SOURCE)
        asked -= (duty.may if duty else frozenset()) - reads
    unread, uncreated = asked - reads, asked - creates
    if asked and not unread and not uncreated:
        return asked
    missing = [f"{_list(unread)} on the left"] if unread else []
    missing += [f"{_list(uncreated)} on the right"] if uncreated else []
    common = plan.kinds & reads & creates
    raise invalid(
        "this flow cannot work: "
        f"{source.name} ({source.connector}) reads {_list(reads)} | "
        f"{sink.name} ({sink.connector}) creates {_list(creates)} | "
        f"missing: {' and '.join(missing) or 'everything, since no kind is asked for'}",
        f"Both can do kinds = [{', '.join(f'{kind!r}' for kind in sorted(common))}]."
        if common
        else "Choose another source or another sink.",
    )


def _list(some: Iterable[Kind]) -> str:
    return ", ".join(sorted(some)) or "nothing"


def schedule(table: FlowTable, frequency: Frequency) -> tuple[dt.timedelta | None, str]:
    """When the flow runs: an interval or a cron expression, or neither for "by hand"."""
    if table.cron and table.every is not None:
        raise invalid("every and cron exclude each other", "Keep one of them.", "cron")
    if table.cron:
        _check_cron(table.cron, frequency.minimum)
        return None, table.cron
    if table.every == "manual":
        return None, ""
    every = table.every if isinstance(table.every, dt.timedelta) else frequency.default
    if table.every == "daily":
        every = _DAILY
    if every < frequency.minimum:
        floor = duration_text(frequency.minimum)
        raise invalid(
            f"{duration_text(every)} is more often than the source allows",
            f'Write every = "{floor}" or longer.',
            "every",
        )
    return every, ""


def _check_cron(expression: str, minimum: dt.timedelta) -> None:
    try:
        runs = list(islice(CronSim(expression, _CRON_FROM), _CRON_RUNS))
    except CronSimError as error:
        raise invalid(
            f"{expression!r} is not a cron expression: {error}",
            'Such as "0 6 * * 1-5": at 6:00, Monday to Friday.',
            "cron",
        ) from error
    if not runs:
        raise invalid(f"{expression!r} never comes due", "", "cron")
    shortest = min((later - sooner for sooner, later in pairwise(runs)), default=minimum)
    if shortest < minimum:
        raise invalid(
            f"runs {duration_text(shortest)} apart are more often than the source allows",
            f"The least is {duration_text(minimum)}.",
            "cron",
        )


def period(table: FlowTable) -> Iterator[Problem]:
    """Whether the dates of the flow make sense together."""
    if table.start and table.end and table.end < table.start:
        yield Problem(path="end", message=f"{table.end} is before the start, {table.start}")
    if table.end and table.every != "manual":
        yield Problem(
            path="end",
            message="an end date cannot go with automatic runs: every later run would find "
            "nothing, and look as if all were well",
            hint='Remove it, or write every = "manual".',
        )
    if table.look_back > _LONGEST_LOOK_BACK:
        yield Problem(
            path="look_back",
            message=f"{duration_text(table.look_back)} would read the same records again and again",
            hint=f"At most {duration_text(_LONGEST_LOOK_BACK)}; use start for older records.",
        )


def removal(gone: Gone, kinds: Iterable[Kind], manifest: Manifest) -> dict[Kind, Operation]:
    """What is done to a document whose record is gone: as asked, else the other way to remove it.

    List entries stay: other documents may need them. What stands in for a later document is deleted
    whatever is asked, since that document comes in its place.
    """
    ways = {
        Gone.FLAG: (),
        Gone.VOID: (Operation.VOID, Operation.DELETE),
        Gone.DELETE: (Operation.DELETE, Operation.VOID),
    }[gone]
    found: dict[Kind, Operation] = {}
    for kind in kinds:
        asked = (Operation.DELETE,) if kind in STAND_INS else ways
        possible = [way for way in asked if manifest.can(kind, way)]
        if possible and kind not in (*LISTS, *PARTIES):
            found[kind] = possible[0]
    return found


def opposed(
    flows: Sequence[FlowSettings], connections: Mapping[str, ConnectionSettings]
) -> Iterator[Problem]:
    """Flows that move documents of a service business's system to the books and back.

    List entries may go both ways, since they are found by their names.
    """
    for flow in flows:
        connection = connections.get(flow.source)
        source = connection.type if connection else None
        if source is None or Role.PSA not in source.manifest.roles:
            continue
        for other in flows:
            shared = flow.kinds & other.kinds - {*LISTS, *PARTIES}
            if (other.sink, other.source) == (flow.source, flow.sink) and shared:
                yield Problem(
                    path=other.name.rpartition(".")[2],
                    message=f"moves {_list(shared)} from {other.source} to {other.sink}, and the "
                    f"flow {flow.name!r} moves them the other way: each would come back as new",
                    hint="Keep one direction; psa-invoices leaves payments out with "
                    "payments = false.",
                )


def doubled(flows: Iterable[FlowSettings]) -> Iterator[Problem]:
    """Flows that would post the same records to the same books twice."""
    seen: list[FlowSettings] = []
    for flow in flows:
        for other in seen:
            shared = flow.kinds & other.kinds
            if (flow.source, flow.sink) == (other.source, other.sink) and shared:
                yield Problem(
                    path=flow.name.rpartition(".")[2],
                    message=f"moves {_list(shared)} from {flow.source} to {flow.sink}, "
                    f"as the flow {other.name!r} already does",
                    hint="Remove one of the two, or narrow its kinds.",
                )
        seen.append(flow)
