"""What a sink promises when an answer is lost, or does not come."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from subledger.errors import AuthenticationError, ConnectorError
from subledger.manifest import Recovery
from subledger.model.kinds import Kind
from subledger.ports import Absent, Posted, Refused, Unknown
from subledger.runtime import HttpResponse
from subledger.testing import trials
from subledger.testing.contracts.base import applies, breach
from subledger.testing.contracts.booking import creates, documents
from subledger.testing.contracts.sinking import LISTS, SinkBase
from subledger.testing.outside import Fault, Scenario, Trouble
from subledger.testing.stand import Stand, another, together

_BODIES: Final = (b"", b"null", b"[]", b"{}", b'"text"', b"{", b"\xff\xfe\x00", b"[[[[1]]]]")
_STATUSES: Final = (200, 201, 400, 404, 500)


def _recovers(type_: Any) -> bool:
    found: bool = type_.manifest.recovery is not Recovery.NONE
    return found


def _keyed(type_: Any) -> bool:
    found: bool = type_.manifest.recovery is Recovery.KEYED
    return found


class RecoveringContract(SinkBase):
    """A part of the contract of every sink."""

    @classmethod
    def parameters(cls) -> Mapping[str, Callable[[], Sequence[tuple[str, Any]]]]:
        """As ever, and the scenarios of wrong credentials."""
        refused = [one for one in cls.scenarios if one.raises is AuthenticationError]
        return {**super().parameters(), "refused": lambda: [(one.name, one) for one in refused]}

    @applies(_keyed, kind=creates)
    def test_the_same_key_writes_once(self, kind: Kind) -> None:
        """A write that is repeated with its key is answered again, and made once."""

        async def history(stand: Stand) -> None:
            delivery = await stand.delivery(kind)
            first, second = await stand.post(delivery), await stand.send(delivery)
            same = isinstance(second, Posted) and second.id == first.id
            if not same or (documents(self.type, kind) and len(stand.written(delivery)) != 1):
                breach(
                    f"the same {kind} again was answered {second!r:.300} after {first!r:.200}, and "
                    f"the books hold {len(stand.written(delivery))}",
                    promise="Recovery.KEYED: a write may be repeated with its key",
                    hint="send Delivery.attempt_key as the vendor's idempotency key",
                )

        self.stood(history)

    @applies(_recovers, kind=creates)
    def test_what_was_written_is_found_again(self, kind: Kind) -> None:
        """After a restart find() recognises what was written, and writes no second one."""

        async def history(stand: Stand) -> None:
            delivery = await stand.delivery(kind)
            posted = await stand.post(delivery)
            async with stand.work.opened() as sink:
                found = await sink.find(delivery)
            there = len(stand.written(delivery)) if documents(self.type, kind) else 1
            same = isinstance(found, Posted) and (found.type, found.id) == (posted.type, posted.id)
            if not same or there != 1:
                breach(
                    f"a {kind} was posted as {posted.type} {posted.id}; find() says "
                    f"{found!r:.300}, and the books hold {there}",
                    promise=f"Recovery.{self.type.manifest.recovery.name}: a write whose answer "
                    "was lost is found again",
                    hint="repeat it with its key, or look for the marker",
                )

        self.stood(history)

    @applies(kind=documents)
    def test_a_lost_answer_is_never_a_refusal(self, kind: Kind) -> None:
        """Where the books acted and the answer was lost, the outcome is Unknown."""
        troubles = [Trouble.LOST] if self.real_time else [Trouble.LOST, Trouble.SLOW]

        async def history(stand: Stand) -> None:
            for when, delivery, made in await self.each_trouble(stand, kind, troubles):
                there = stand.written(delivery)
                if there and not isinstance(made.outcome, Posted | Unknown):
                    breach(
                        f"with an answer {when} it {made.told}, and the {kind} is in the books",
                        promise="what may have been written is Unknown: the kernel asks find()",
                        hint="return Unknown when the runtime's http raises TemporaryError in a "
                        "write, and for the statuses 502 and 504",
                    )

        self.stood(history)

    @applies(_recovers)
    def test_a_lost_answer_ends_with_one_document(self) -> None:
        """A document whose answer was lost is posted once in the end."""
        troubles = [Trouble.LOST] if self.real_time else [Trouble.LOST, Trouble.SLOW]
        self._ends_well(troubles)

    @applies(_recovers)
    def test_what_never_arrived_is_posted_in_the_end(self) -> None:
        """A document whose request never arrived is posted once in the end."""
        self._ends_well([Trouble.UNSENT])

    @applies(_recovers)
    def test_a_busy_system_is_tried_again(self) -> None:
        """A throttled or overloaded system delays a document, and never rejects it."""
        self._ends_well([Trouble.THROTTLED, Trouble.UNAVAILABLE])

    def _ends_well(self, troubles: Sequence[Trouble]) -> None:
        __tracebackhide__ = True

        async def history(stand: Stand) -> None:
            kind = self.subject_kind()
            for when, delivery, made in await self.each_trouble(stand, kind, troubles):
                end = await self.later(stand, delivery, made.outcome)
                self.once(stand, delivery, end, f"{when} it {made.told}")

        self.stood(history)

    def test_a_page_of_a_gateway_is_no_success(self) -> None:
        """An answer that is not the system's own is never taken for an answer."""

        async def history(stand: Stand) -> None:
            kind = self.subject_kind()
            for when, delivery, made in await self.each_trouble(stand, kind, [Trouble.GARBAGE]):
                outcome = made.outcome
                believed = isinstance(outcome, Posted) and not stand.written(delivery)
                refused = isinstance(outcome, Refused) and outcome.again is None
                if believed or refused or isinstance(outcome, Absent):
                    breach(
                        f"with {when} it {made.told}",
                        promise="nobody knows what became of it: Unknown, or TemporaryError where "
                        "nothing can have been written",
                        hint="read the answer before believing its status",
                    )

        self.stood(history)

    @applies(lambda type_: type_.batch > 1 and _recovers(type_))
    def test_a_lost_batch_is_found_again(self) -> None:
        """Of several whose answer was lost, each is posted once in the end."""

        async def history(stand: Stand) -> None:
            delivery = await stand.delivery(self.subject_kind())
            door, size = stand.bench.door, min(self.type.batch, 4)
            for at in range(1, 100):
                batch = together([another(delivery, at * size + n) for n in range(size)])
                before = len(door.requests)
                door.faults = [Fault(what=Trouble.LOST, at=at)]
                try:
                    outcomes = list(await stand.sink.deliver(batch))
                except ConnectorError as error:
                    outcomes = [error] * size  # type: ignore[list-item]
                door.faults = []
                if len(door.requests) - before < at:
                    return
                for one, outcome in zip(batch, outcomes, strict=True):
                    end = await self.later(stand, one, outcome)
                    self.once(stand, one, end, f"in a batch with a lost answer {outcome!r:.200}")

        self.stood(history)

    def test_odd_answers_are_survived(self) -> None:
        """Whatever the system answers, only ConnectorErrors are raised, and nothing is believed."""

        async def history(stand: Stand) -> None:
            delivery, number = await stand.delivery(self.subject_kind()), 0
            for status in _STATUSES:
                for body in _BODIES:
                    number += 1
                    stand.bench.door.http = _always(status, body)
                    await self._survives(stand, another(delivery, number), f"{status} {body!r}")

        self.stood(history)

    async def _survives(self, stand: Stand, delivery: Any, answer: str) -> None:
        __tracebackhide__ = True

        async def lists() -> object:
            return [page async for page in stand.sink.read(LISTS)]

        for name, call in (
            ("deliver", lambda: stand.send(delivery)),
            ("find", lambda: stand.sink.find(delivery)),
            ("read", lists),
            ("closing_date", stand.sink.closing_date),
        ):
            try:
                result = await call()
            except ConnectorError:
                continue
            except Exception as error:  # noqa: BLE001 - it is judged
                result = error
            if isinstance(result, Exception | Posted):
                breach(
                    f"to the answer {answer} {name}() gave {result!r:.300}",
                    promise="only ConnectorErrors are raised, and only a document is a success",
                    hint="check the shape of every answer in one place; TemporaryError, or Unknown "
                    "for a write, where it is not what the vendor documents",
                )

    def test_refused_credentials_stop_the_deliveries(self, refused: Scenario) -> None:
        """With wrong credentials deliver() raises AuthenticationError; no document is rejected."""

        async def history(stand: Stand) -> None:
            delivery = await stand.delivery(self.subject_kind())
            outcome: object = None
            stand.bench.door.faults = [refused.fault.again()] if refused.fault else []
            try:
                async with stand.bench.open(refused.settings) as sink:
                    outcome = await sink.deliver([delivery])  # type: ignore[union-attr]
            except AuthenticationError:
                return
            except ConnectorError as error:
                outcome = error
            breach(
                f"with {refused.name} deliver() gave {outcome!r:.300}",
                promise="AuthenticationError: the connection waits for a person, and every "
                "document for the connection",
                hint="raise AuthenticationError for 401 in writes as in check()",
            )

        self.stood(history)

    def test_no_secret_is_shown_while_writing(self) -> None:
        """No secret is in what is logged, answered or raised while documents are written."""

        async def history(stand: Stand) -> None:
            bench = stand.bench
            secrets = [*trials.secrets_in(bench.config())]
            kind = self.subject_kind()
            for when, _, made in await self.each_trouble(stand, kind, list(Trouble)):
                failed = isinstance(made.outcome, Exception)
                said = trials.told(made.outcome) if failed else repr(made.outcome)  # type: ignore[arg-type]
                grant = await stand.work.kernel.vault("sink").grant()
                known = [*secrets, *(trials.secrets_in(grant) if grant else ())]
                text = "\n".join([said, *bench.diary.lines, *bench.diary.failures])
                if any(trials.shown(secret, text) for secret in known):
                    breach(
                        f"{when}: a secret is in the outcome or in the log",
                        promise="secrets are never printed, logged or raised",
                        hint="no headers, addresses or bodies in messages",
                    )

        self.stood(history)


def _always(status: int, body: bytes) -> Any:
    """A door at which every answer is the same."""

    async def http(_method: str, _url: str, **_more: Any) -> HttpResponse:
        return HttpResponse(status=status, headers={"content-type": "application/json"}, body=body)

    return http


__all__ = ["RecoveringContract"]
