"""The dispatch loop: claims what waits for a sink that the kernel calls, and settles it."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, Final, TypeVar, cast

import attrs
from attrs import define, frozen

from subledger.errors import (
    ConnectorError,
    ContractBroken,
    Fenced,
    PluginCrashed,
    TemporaryError,
)
from subledger.findings import Finding
from subledger.flow.desk import SqlDesk
from subledger.flow.flights import Answer, Flights
from subledger.flow.peer import KernelPeer
from subledger.flow.trouble import trouble
from subledger.model import Attachment
from subledger.ports import Delivery, Desk, File, Outcome, Query, Question, Refused, Sink, Unknown

LEASE: Final = 180
"""Seconds; longer than any one request to the books, and every step renews it."""
WHOLE_LISTS_EVERY: Final = dt.timedelta(hours=24)
AGAIN: Final = 60
"""Seconds until a dispatch that failed or lost an answer is tried again."""
_OVERLAP: Final = dt.timedelta(minutes=15)
"""Changes are asked for from so long before the last answer: longer than clocks may differ."""
_FILE_LATER: Final = 300
_AT_A_TIME: Final = 30
"""Outcomes settled in one transaction: others need the writer too."""

T = TypeVar("T")

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much is done and of how much (0: not known)."""

Fetch = Callable[[Delivery], Awaitable[File]]
"""Gets the file behind an attachment. Raises :class:`ConnectorError`."""


@frozen(kw_only=True)
class DispatchReport:
    """What one dispatch did. ``state`` is done, busy or failed; ``again`` seconds to wait."""

    connection: str
    state: str
    delivered: int = 0
    unknown: int = 0
    again: float = 0
    message: str = ""


@frozen(kw_only=True)
class Service:
    """What a dispatch needs of the kernel.

    ``opened`` gives the sink, ``connector`` is its name for people, ``prepare`` plans what is
    staged for it and tells whether more is left, ``compare`` compares what was read back.
    """

    opened: Callable[[], AbstractAsyncContextManager[Sink]]
    connector: str
    batch: int
    at_once: int = 1
    fetch: Fetch
    prepare: Callable[[], Awaitable[bool]]
    compare: Callable[[], Awaitable[object]]


async def dispatch(
    peer: KernelPeer, owner: str, service: Service, progress: Progress, *, writes: bool = True
) -> DispatchReport:
    """Plans and delivers what waits for a sink, and reads what was asked; under its lease.

    Without ``writes`` only the lists are read, and what a flow looks for before it posts.
    """
    entered = await peer.call(owner, LEASE, lambda _desk, epoch: epoch)
    if entered is None:
        return DispatchReport(connection=peer.connection, state="busy")
    epoch = entered[0]
    try:
        try:
            report = await _work(peer, epoch, service, progress, writes=writes)
        except Fenced:
            raise
        except Exception as error:  # noqa: BLE001 - a connector's bug stops its connection only
            finding = trouble(peer.connection, service.connector, error)
            peer.log.warning("dispatch_failed", category=finding.category, detail=finding.detail)
            await peer.leave(epoch, lambda desk: desk.report(finding))
            return DispatchReport(
                connection=peer.connection,
                state="failed",
                again=getattr(error, "retry_after", None) or AGAIN,
                message=finding.message,
            )
        await peer.answered(epoch, _all_is_well)
    except Fenced as error:
        return DispatchReport(connection=peer.connection, state="busy", message=error.message)
    return report


async def _work(
    peer: KernelPeer, epoch: int, service: Service, progress: Progress, *, writes: bool
) -> DispatchReport:
    async with service.opened() as sink:
        courier = Courier(
            peer=peer,
            epoch=epoch,
            sink=sink,
            batch=service.batch,
            at_once=service.at_once,
            fetch=service.fetch,
        )
        if not writes:
            await courier.read_lists()
            await courier.read_documents(first=True)
            return DispatchReport(connection=peer.connection, state="done")
        await courier.settle_lost()
        await courier.read_lists()
        before = -1
        while courier.delivered > before:
            before = courier.delivered
            if await service.prepare() and await courier.read_documents(first=True):
                await service.prepare()
            await courier.send(progress)
        await courier.read_documents()
    await service.compare()
    return DispatchReport(
        connection=peer.connection,
        state="done",
        delivered=courier.delivered,
        unknown=courier.unknown,
        again=AGAIN if courier.unknown else 0,
    )


@define(kw_only=True)
class Courier:
    """Works for one connection under its lease; every store step is fenced by the epoch."""

    peer: KernelPeer
    epoch: int
    sink: Sink
    batch: int
    at_once: int
    fetch: Fetch
    delivered: int = 0
    unknown: int = 0

    async def settle_lost(self) -> None:
        """Finds out what became of every write whose answer was lost."""
        for delivery in await self._step(SqlDesk.lost):
            await self._settle([(delivery, await self._found(delivery))])

    async def _found(self, delivery: Delivery) -> Outcome:
        try:
            whole = await self._with_file(delivery)
        except Exception as error:  # noqa: BLE001 - as in _files
            return Unknown(_no_file(delivery, error).finding.message)
        try:
            return await self.sink.find(whole)
        except ConnectorError:
            raise
        except Exception as error:  # a bug of the connector parks one record, not all
            self.peer.log.exception("find_failed", effect=delivery.effect)
            if isinstance(error, ContractBroken) and not isinstance(error, PluginCrashed):
                raise
            return Unknown(f"the connector failed to look for it: {type(error).__name__}")

    async def send(self, progress: Progress) -> None:
        """Sends everything that can go now, in the order of dependencies.

        What leaves next does not wait for what is under way, unless it depends on that. After an
        error nothing more leaves, and what is under way is settled before the error is raised.
        """
        failure: Exception | None = None
        async with Flights(self.at_once) as flights:
            while True:
                while failure is None and flights.have_room:
                    batch = await self._claim(flights.under_way)
                    if not batch:
                        break
                    await self._start(batch, flights)
                landed = await flights.landed()
                if not landed:
                    break
                for sent, answer in landed:
                    error = await self._landed(sent, answer)
                    failure = failure or error
                progress("posting", self.delivered, 0)
        if failure is not None:
            raise failure

    async def _start(self, batch: Sequence[Delivery], flights: Flights) -> None:
        ready, outcomes = await self._files(batch)
        if outcomes:
            await self._settle(outcomes)
        if ready:
            flights.start(ready, self.sink.deliver(ready))

    async def _landed(self, sent: Sequence[Delivery], answer: Answer) -> Exception | None:
        """Settles what has an outcome; the error where there is none."""
        if isinstance(answer, ConnectorError):
            await self._step(partial(_release, batch=sent))
        if isinstance(answer, Exception):
            return answer
        if len(answer) != len(sent):
            answer = [Unknown("the connector gave no outcome")] * len(sent)
        await self._settle([*zip(sent, answer, strict=True)])
        return None

    async def read_lists(self) -> None:
        """Answers an open question for the lists; what changed only, once a day all of them."""
        question = await self._step(lambda desk: desk.question(Query.LISTS))
        if question is None:
            return
        asked = self.peer.runtime.now()
        memory = await self._step(lambda desk: dict(desk.recall("kernel lists")))
        question = attrs.evolve(question, position=_since(memory, asked))
        await self._answer(question)
        closing = await self.sink.closing_date()
        memory = {
            "read": asked.isoformat(),
            "whole": memory["whole"] if question.position else asked.isoformat(),
        }

        def done(desk: SqlDesk) -> None:
            desk.closing_date(closing)
            desk.remember("kernel lists", memory)
            desk.answered(question, None)

        await self._step(done)

    async def read_documents(self, *, first: bool = False) -> bool:
        """Answers every open question for documents; whether there was one.

        Only those that a flow waits for, where they are to be answered ``first``.
        """
        read = False
        while question := await self._step(lambda desk: desk.question(Query.DOCUMENTS)):
            if first and not question.flow:
                break
            await self._answer(question)
            await self._step(partial(SqlDesk.answered, question=question, position=None))
            read = True
        return read

    async def _answer(self, question: Question) -> None:
        async for entries, documents in self.sink.read(question):
            await self._step(
                partial(SqlDesk.offer, entries=entries, documents=documents, question=question)
            )

    async def _claim(self, under_way: Sequence[Delivery]) -> list[Delivery]:
        identifier = self.peer.runtime.new_id()[:26] if self.batch > 1 else ""
        return await self._step(
            partial(SqlDesk.claim_many, most=self.batch, batch=identifier, under_way=under_way)
        )

    async def _files(
        self, batch: Sequence[Delivery]
    ) -> tuple[list[Delivery], list[tuple[Delivery, Outcome]]]:
        """The deliveries with their files, and the outcomes of those whose file is not there."""
        ready: list[Delivery] = []
        missing: list[tuple[Delivery, Outcome]] = []
        for delivery in batch:
            try:
                ready.append(await self._with_file(delivery))
            except Exception as error:  # noqa: BLE001 - one file is missing; the rest can go
                missing.append((delivery, _no_file(delivery, error)))
        return ready, missing

    async def _with_file(self, delivery: Delivery) -> Delivery:
        if not isinstance(delivery.entity, Attachment):
            return delivery
        file = await self.fetch(delivery)
        return attrs.evolve(delivery, payload=file.content, media_type=file.media_type)

    async def _settle(self, outcomes: Sequence[tuple[Delivery, Outcome]]) -> None:
        for start in range(0, len(outcomes), _AT_A_TIME):
            some = outcomes[start : start + _AT_A_TIME]
            await self._step(partial(_settled, outcomes=some))
        lost = sum(isinstance(outcome, Unknown) for _delivery, outcome in outcomes)
        self.unknown += lost
        self.delivered += len(outcomes) - lost

    async def _step(self, step: Callable[[SqlDesk], T]) -> T:
        return await self.peer.step(self.epoch, LEASE, cast("Callable[[Desk], T]", step))


def _settled(desk: SqlDesk, outcomes: Sequence[tuple[Delivery, Outcome]]) -> None:
    for delivery, outcome in outcomes:
        desk.settle(delivery.effect, outcome)


def _release(desk: SqlDesk, batch: Sequence[Delivery]) -> None:
    for delivery in batch:
        desk.release(delivery.effect)


def _since(memory: dict[str, Any], now: dt.datetime) -> str:
    """The moment from which changes are asked for; empty for all lists."""
    whole = memory.get("whole")
    if not whole or dt.datetime.fromisoformat(whole) < now - WHOLE_LISTS_EVERY:
        return ""
    return (dt.datetime.fromisoformat(memory["read"]) - _OVERLAP).isoformat()


def _no_file(delivery: Delivery, error: Exception) -> Refused:
    told = trouble(delivery.source, delivery.source, error)
    finding = Finding(
        category="unavailable",
        subject=f"{delivery.kind} {delivery.entity.id}",
        message=f"the file could not be fetched: {told.message}",
        hint=told.hint or "Retry, or attach it by hand; its document is posted.",
        detail=told.detail,
    )
    return Refused(
        finding=finding, again=_FILE_LATER if isinstance(error, TemporaryError) else None
    )


def _all_is_well(desk: Desk) -> None:
    """Closes the connection's findings: it could be reached, and it knows us."""
    for category in ("auth_expired", "unavailable", "rate_limited", "plugin_failed", "internal"):
        desk.clear(category)
