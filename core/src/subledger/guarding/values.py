"""Everything that a plugin can register, guarded: the same values with guarded functions."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

from attrs import evolve

from subledger.errors import SubledgerError
from subledger.findings import Finding
from subledger.guarding.calls import Guard
from subledger.guarding.opened import GuardedSink, GuardedSource, Opened, guarded_peer
from subledger.guarding.shape import conforms
from subledger.manifest import Operation
from subledger.model import Entity
from subledger.money import Money
from subledger.ports import (
    Authorization,
    File,
    FlowPlan,
    Grant,
    Hold,
    Keep,
    Preview,
    RawRecord,
    RecipeType,
    SecretResolverType,
    SinkType,
    Skip,
    SourceType,
    Step,
    StepType,
    Verdict,
    WebhookVerdict,
)

V = TypeVar("V")
_SENTENCES = (SubledgerError, ValueError)
"""What is told to the person who wrote the configuration as it is."""


def guarded(value: V, guard: Guard) -> V:
    """The value as the kernel gets it."""
    for cls, way in _WAYS.items():
        if isinstance(value, cls):
            return cast("V", way(value, guard))
    return value


def _source(source: SourceType[Any], guard: Guard) -> SourceType[Any]:
    return evolve(
        source,
        open=source.open and _way_in(guard, source.open, GuardedSource),
        normalise=_normalise(guard, source),
        balance=source.balance and _checked(guard, "balance()", source.balance, Money | None),
        webhook=source.webhook and _checked(guard, "webhook()", source.webhook, WebhookVerdict),
        fetch=source.fetch and _fetch(guard, source.fetch),
        authorization=source.authorization and _authorization(guard, source.authorization),
    )


def _sink(sink: SinkType[Any], guard: Guard) -> SinkType[Any]:
    return evolve(
        sink,
        preview=_checked(guard, "preview()", sink.preview, Preview),
        open=sink.open and _way_in(guard, sink.open, GuardedSink),
        peer=sink.peer and _peer(guard, sink.peer),
        fit_name=_checked(guard, "fit_name()", sink.fit_name, str),
        authorization=sink.authorization and _authorization(guard, sink.authorization),
    )


def _step(step: StepType[Any], guard: Guard) -> StepType[Any]:
    def sound(made: Any, *_config: Any) -> Any:
        if not callable(getattr(made, "apply", None)):
            return made  # the configuration says what is wrong with it
        return _GuardedStep(guard, made)

    return evolve(step, make=guard.once("make()", step.make, sound, passes=_SENTENCES))


class _GuardedStep:
    """A :class:`subledger.ports.Step`."""

    def __init__(self, guard: Guard, step: Step) -> None:
        self.step = step
        self.apply = guard.function("apply()", step.apply, _verdict(guard, "apply()"))


def _recipe(recipe: RecipeType[Any], guard: Guard) -> RecipeType[Any]:
    def sound(plan: Any, *_settings: Any) -> Any:
        if not isinstance(plan, FlowPlan):
            return plan  # as for steps
        guard.checked("plan()", plan, FlowPlan)
        return evolve(plan, draft=guard.function("draft()", plan.draft, _verdict(guard, "draft()")))

    return evolve(recipe, plan=guard.once("plan()", recipe.plan, sound, passes=_SENTENCES))


def _resolver(resolver: SecretResolverType, guard: Guard) -> SecretResolverType:
    def sound(text: Any, *_name: Any) -> Any:
        return guard.checked("resolve()", text, str)

    passes = (LookupError, *_SENTENCES)
    return evolve(resolver, resolve=guard.once("resolve()", resolver.resolve, sound, passes=passes))


_WAYS: Mapping[type[Any], Callable[[Any, Guard], Any]] = {
    SourceType: _source,
    SinkType: _sink,
    StepType: _step,
    RecipeType: _recipe,
    SecretResolverType: _resolver,
}


def _checked(guard: Guard, call: str, inner: Callable[..., Any], annotation: Any) -> Any:
    return guard.function(
        call, inner, lambda result, *_given: guard.checked(call, result, annotation)
    )


def _way_in(
    guard: Guard, inner: Callable[..., Any], wrap: Callable[[Guard, Any], Any]
) -> Callable[..., Any]:
    return lambda config, context: Opened(guard, lambda: inner(config, context), wrap)


def _peer(guard: Guard, inner: Callable[..., Any]) -> Callable[..., Any]:
    def made(config: Any, context: Any) -> Any:
        return guarded_peer(guard, guard.function("peer()", inner)(config, context), config)

    return made


def _normalise(guard: Guard, source: SourceType[Any]) -> Callable[[RawRecord], Iterable[Entity]]:
    """Lists the entities, of declared kinds and as their classes declare."""
    kinds = source.manifest.able(Operation.READ)
    sound = conforms(Entity)

    def listed(raw: RawRecord) -> list[Any]:
        return list(source.normalise(raw))

    def check(entities: list[Any], _raw: RawRecord) -> list[Any]:
        for entity in entities:
            if not sound(entity):
                guard.checked("normalise()", entity, Entity)
            if entity.kind not in kinds:
                raise guard.broken(
                    f"returned a {entity.kind} from normalise(), which its manifest does not "
                    "declare to read"
                )
        return entities

    return guard.function("normalise()", listed, check)


def _verdict(guard: Guard, call: str) -> Callable[..., Any]:
    sound = conforms(Entity)

    def check(verdict: Verdict, entity: Entity, *_books: Any) -> Verdict:
        if isinstance(verdict, Keep):
            kept = verdict.entity
            if kept is not entity and not sound(kept):
                guard.checked(call, kept, Entity)
            if (kept.kind, kept.id) != (entity.kind, entity.id):
                raise guard.broken(f"made another record of {entity.kind} {entity.id} in {call}")
        elif isinstance(verdict, Hold | Skip):
            guard.checked(call, verdict.finding, Finding)
        else:
            raise guard.broken(f"returned {type(verdict).__name__}, which is no verdict, in {call}")
        return verdict

    return check


def _fetch(guard: Guard, inner: Callable[..., Any]) -> Callable[..., Any]:
    async def fetch(config: Any, context: Any, url: str) -> File:
        file: File = guard.checked(
            "fetch()", await guard.awaited("fetch()", inner, config, context, url), File
        )
        if len(file.content) > guard.limits.file:
            raise guard.broken(
                f"fetched a file of {len(file.content)} bytes; {guard.limits.file} is the most"
            )
        return file

    return fetch


def _authorization(guard: Guard, way: Authorization[Any]) -> Authorization[Any]:
    async def exchange(*given: Any) -> Grant:
        grant = await guard.awaited("exchange()", way.exchange, *given)
        sound: Grant = guard.checked("exchange()", grant, Grant)
        return sound

    async def revoke(*given: Any) -> None:
        if way.revoke is not None:
            await guard.awaited("revoke()", way.revoke, *given)

    return evolve(
        way,
        address=_checked(guard, "address()", way.address, str),
        exchange=exchange,
        revoke=way.revoke and revoke,
    )
