"""Makes a flow of its table: recipe, kinds, steps and schedule, each checked."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

from attrs import evolve, frozen

from subledger.catalogue import Catalogue, Value, reason_of
from subledger.config import checks
from subledger.config.digest import digest
from subledger.config.problems import Invalid, LeftOut, Report, did_you_mean, invalid
from subledger.config.schema import FlowTable
from subledger.config.settings import ConnectionSettings, FlowSettings
from subledger.config.structure import Structurer
from subledger.errors import Problem, SubledgerError
from subledger.model import Entity
from subledger.model.kinds import LISTS, PARTIES
from subledger.ports import FlowPlan, RecipeType, Step, StepType
from subledger.ports.books import Books
from subledger.ports.step import Keep, Verdict

T = TypeVar("T")


@frozen(kw_only=True)
class Surroundings:
    """What a flow is checked against: ``broken`` are connections that have problems themselves."""

    company: str
    catalogue: Catalogue
    structurer: Structurer
    connections: Mapping[str, ConnectionSettings]
    broken: frozenset[str]
    left_out: frozenset[str]

    def full(self, name: str) -> str:
        """The name as the rest of the kernel knows it."""
        return f"{self.company}.{name}" if self.company else name


@frozen(kw_only=True)
class _Planned:
    plan: FlowPlan
    recipe: RecipeType[Any] | None = None
    settings: Any = None


def build_flow(name: str, table: FlowTable, around: Surroundings) -> FlowSettings | None:
    """The flow. Raises Invalid with all problems, or LeftOut; None after a connection's problem.

    Paths start at the flow.
    """
    report = Report()
    report.problems += [*checks.period(table)]
    source = report.attempt("source", partial(_connection, table.source, around))
    sink = report.attempt("sink", partial(_connection, table.sink, around))
    planned = report.attempt("", partial(_plan, table, around))
    if report.left_out:
        raise LeftOut(report.left_out[0])
    steps = report.attempt("", partial(_steps, table, planned.plan, around)) if planned else None
    if source and sink:
        report.problems += checks.sides(source, sink, planned.recipe if planned else None)
        report.problems += checks.currency(table.currency, sink)
    every, cron, kinds = None, "", frozenset[Any]()
    if source and source.type:
        frequency = source.type.manifest.frequency
        every, cron = report.attempt("", partial(checks.schedule, table, frequency)) or (None, "")
    if planned and source and sink and source.type and sink.sink:
        matched = partial(checks.kinds, table.kinds, planned.plan, planned.recipe, source, sink)
        kinds = report.attempt("", matched) or kinds
    if report.left_out:
        raise LeftOut(report.left_out[0])
    report.raise_if_any()
    if not (source and sink and planned and steps is not None):
        return None
    return FlowSettings(
        name=around.full(name),
        company=around.company,
        recipe=table.recipe,
        source=source.name,
        sink=sink.name,
        kinds=kinds,
        every=every,
        cron=cron,
        start=table.start,
        end=table.end,
        look_back=table.look_back,
        closed_period=table.closed_period,
        removal=checks.removal(table.gone, kinds, sink.sink.manifest) if sink.sink else {},
        review=table.review,
        currency=table.currency,
        match_email=table.match_email,
        require_complete_mapping=table.require_complete_mapping,
        hold_duplicates=table.hold_duplicates and checks.looks_first(kinds, sink),
        settings=planned.settings,
        plan=evolve(planned.plan, kinds=kinds),
        steps=tuple((made.name, made.step) for made in steps),
        digest=_digest(table, planned, steps, sorted(kinds)),
    )


def _connection(name: str, around: Surroundings) -> ConnectionSettings | None:
    if name in around.left_out:
        raise LeftOut(Problem(path="", message=f"the connection {name!r} is left out"))
    if name in around.connections or name in around.broken:
        return around.connections.get(name)
    possible = {*around.connections, *around.broken, *around.left_out}
    raise invalid(f"no connection is called {name!r}", did_you_mean(name, possible))


def _plan(table: FlowTable, around: Surroundings) -> _Planned:
    if not table.recipe:
        if table.kinds is None:
            raise invalid("neither a recipe nor kinds are named", "Add one of them.")
        if table.settings:
            raise invalid(
                "only a recipe has settings", "Name a recipe, or remove them.", "settings"
            )
        kinds = frozenset(table.kinds)
        plan = FlowPlan(
            kinds=kinds,
            account="",
            steps=(),
            draft=_as_it_is,
            whole=frozenset() if kinds - {*LISTS, *PARTIES} else kinds,
        )
        return _Planned(plan=plan)
    recipe = around.catalogue.recipe(table.recipe)
    if recipe is None:
        raise absent(around.catalogue, RecipeType, table.recipe, "recipe")
    settings = _below("settings", partial(around.structurer.read, table.settings, recipe.settings))
    plan = _below("settings", partial(called, "the recipe", partial(recipe.plan, settings)))
    if not isinstance(plan, FlowPlan):
        raise invalid(f"the recipe made {type(plan).__name__}, not a FlowPlan", "", "recipe")
    return _Planned(plan=plan, recipe=recipe, settings=settings)


def _as_it_is(entity: Entity, _books: Books) -> Verdict:
    return Keep(entity=entity)


@frozen(kw_only=True)
class _Made:
    name: str
    table: Mapping[str, Any]
    config: Any
    step: Step


def _steps(table: FlowTable, plan: FlowPlan, around: Surroundings) -> list[_Made]:
    defaults = dict(plan.steps)
    names = list(defaults) if table.steps is None else list(table.steps)
    report = Report()
    report.problems += _odd_steps(table, names)
    made = [
        report.attempt(
            f"step.{name}",
            partial(_step, name, {**defaults.get(name, {}), **table.step.get(name, {})}, around),
        )
        for name in dict.fromkeys(names)
    ]
    if report.left_out:
        raise LeftOut(report.left_out[0])
    report.raise_if_any()
    return [one for one in made if one is not None]


def _odd_steps(table: FlowTable, names: list[str]) -> Iterator[Problem]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem(path="steps", message=f"the step {name!r} stands there twice")
    for name in sorted(set(table.step) - set(names)):
        yield Problem(
            path=f"step.{name}",
            message="is not one of the flow's steps",
            hint=did_you_mean(name, names),
        )


def _step(name: str, table: Mapping[str, Any], around: Surroundings) -> _Made:
    type_ = around.catalogue.step(name)
    if type_ is None:
        raise absent(around.catalogue, StepType, name, "")
    config = around.structurer.read(table, type_.config)
    step = called("the step", partial(type_.make, config))
    if not callable(getattr(step, "apply", None)):
        raise invalid(f"the step made {type(step).__name__}, which has no apply()")
    return _Made(name=name, table=table, config=config, step=step)


def absent(
    catalogue: Catalogue, cls: type[Value], name: str, path: str, *others: type[Value]
) -> Invalid | LeftOut:
    """The exception for a name that no plugin gives: its fault, or its plugin was refused."""
    message, hint = catalogue.why_not(cls, name, *others)
    problem = Problem(path=path, message=message, hint=hint)
    return LeftOut(problem) if catalogue.refusal(name) else Invalid(problem)


def called(what: str, action: Callable[[], T]) -> T:
    """The result of a plugin's function; what it raises becomes a problem."""
    try:
        return action()
    except SubledgerError as error:
        raise invalid(error.message, error.hint) from error
    except ValueError as error:
        raise invalid(str(error)) from error
    except Exception as error:
        raise invalid(f"{what} failed: {reason_of(error)}") from error


def _below(path: str, action: Callable[[], T]) -> T:
    report = Report()
    result = report.attempt(path, action)
    report.raise_if_any()
    return result  # type: ignore[return-value]  # None only where the action returned it


def _digest(table: FlowTable, planned: _Planned, steps: list[_Made], kinds: list[Any]) -> str:
    return digest(
        {
            "recipe": table.recipe,
            "settings": table.settings,
            "steps": [[made.name, made.table] for made in steps],
            "kinds": kinds,
            "closed_period": table.closed_period,
            "require_complete_mapping": table.require_complete_mapping,
            "match_email": table.match_email,
            **({"currency": table.currency} if table.currency != checks.US_DOLLARS else {}),
            "hold_duplicates": table.hold_duplicates,
        },
        [planned.settings, *(made.config for made in steps)],
    )
