"""An office: a peer, its other side that polls it, and the real kernel between them."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from attrs import define, field

from subledger.errors import TemporaryError
from subledger.model import Entity
from subledger.model.marker import marker
from subledger.ports import SinkType
from subledger.runtime import Http, HttpResponse
from subledger.testing.bench import Bench
from subledger.testing.invented import INVENTED_RECORDS, InventedSystem
from subledger.testing.outside import PollingBooks, Sent, Written
from subledger.testing.stand import carrying, settings_for
from subledger.testing.workplace import SINK, SOURCE, Side, Workplace


@define(kw_only=True)
class Office:
    """A company's office. ``work`` is the process that serves; :meth:`restart` makes a new one.

    ``system`` is the source that the kernel reads.
    """

    bench: Bench
    work: Workplace
    system: InventedSystem

    @classmethod
    def of(cls, bench: Bench, gone: str = "flag") -> "Office":
        """An office on a bench; ``gone`` is what the kernel does with records that are removed."""
        type_, system = cast("SinkType[Any]", bench.type), InventedSystem()
        sides = {
            SOURCE: Side.of(INVENTED_RECORDS, system),
            SINK: Side.of(type_, bench.outside, http=bench.door),
        }
        work = Workplace(
            settings=settings_for(sides, gone), sides=sides, clock=bench.clock, diary=bench.diary
        )
        return cls(bench=bench, work=work, system=system)

    @property
    def other(self) -> PollingBooks:
        """The side that polls us."""
        return cast("PollingBooks", self.bench.outside)

    def restart(self) -> None:
        """The process ends, and another one takes over."""
        self.work = self.work.again()

    async def post(self, *entities: Entity) -> None:
        """Has records come into the books: run and poll until nothing changes any more."""
        self.system.put(*entities)
        await self.settle()

    async def remove(self, entity: Entity) -> None:
        """Has a record go from its source, and what follows from that reach the books."""
        self.system.remove(entity)
        await self.settle()

    async def settle(self) -> None:
        """Runs and polls until a round changes nothing; where nothing breaks one such is enough."""
        await self.work.sync(quiet=1)

    def written(self, entity: Entity) -> list[Written]:
        """The documents of the books that carry the marker of a record."""
        return carrying(self.other.documents(), marker(entity.kind, entity.id))


@define
class Calls:
    """The way of the other side's calls to us: it keeps them, and one of them may go wrong.

    The call number ``at`` (from 1) has its answer ``lost``, or is itself ``unsent``; the process
    ends with it. What comes later meets the new process.
    """

    office: Office
    at: int = 0
    fate: Literal["lost", "unsent"] = "lost"
    sent: list[Sent] = field(factory=list)
    answers: list[HttpResponse] = field(factory=list)

    async def __call__(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | list[tuple[str, str]] | None = None,
        body: bytes | None = None,
        timeout: float = 30.0,  # noqa: ASYNC109 - part of the port
    ) -> HttpResponse:
        """The peer's answer. Raises TemporaryError where it is lost."""
        self.sent.append(Sent.of(method, url, headers, params, body))
        breaks = len(self.sent) == self.at
        if not breaks or self.fate == "lost":
            answer = await self.office.work.inward()(
                method, url, headers=headers, params=params, body=body, timeout=timeout
            )
            self.answers.append(answer)
        if breaks:
            self.office.restart()
            raise TemporaryError("the connection was reset")
        return answer


async def replayed(http: Http, calls: Sequence[Sent]) -> list[HttpResponse]:
    """The answers to calls that are made once more, as they were."""
    return [
        await http(one.method, one.url, headers=one.headers, params=list(one.params), body=one.body)
        for one in calls
    ]
