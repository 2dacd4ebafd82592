"""The outside system of a connector under test: its simulator, and a door that has faults."""

import asyncio
import datetime as dt
import enum
import time
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Protocol, cast, runtime_checkable
from urllib.parse import urlsplit

from attrs import define, field, frozen

from subledger.errors import ConnectorError, TemporaryError
from subledger.model.kinds import Kind
from subledger.money import Money
from subledger.ports import Grant
from subledger.runtime import Http, HttpResponse

Clock = Callable[[], dt.datetime]
"""The moment it is now, aware, in UTC; in a test it moves only while everybody waits."""


class Outside(Protocol):
    """The author's simulator in one known state, made anew for each test.

    The contracts get it from the author's ``outside(clock)``; ``clock`` shows the moment of the
    test, for a simulator that dates things or counts requests per minute.
    """

    @property
    def settings(self) -> Mapping[str, Any]:
        """The connection's table as it stands in TOML, with a way in that works.

        Secrets are plain text here; the kit turns them into references, as an owner would.
        """
        ...

    @property
    def http(self) -> Http:
        """The way to the simulator, with or without a socket."""
        ...


@runtime_checkable
class Consenting(Outside, Protocol):
    """An outside system that a person lets us into (OAuth): the kit puts the grant in the vault."""

    def consent(self) -> Grant:
        """What a person's consent just now gave us."""
        ...


@frozen(kw_only=True)
class Held:
    """A record as the simulator itself holds it.

    ``id`` is what a source gives as ``RawRecord.id``; ``version`` anything that prints otherwise
    once the record has changed, such as its row. A record whose posting ``date`` lies outside the
    period that is read need not be read; ``kind`` is needed where kinds are numbered separately.
    ``moves`` is the signed change of the account by the vendor's own figures, zero for what was
    voided: what the record becomes has to move as much; None leaves that unshown.
    """

    id: str
    version: object = ""
    date: dt.date | None = None
    kind: Kind | None = None
    moves: Money | None = None


@runtime_checkable
class Holding(Outside, Protocol):
    """An outside system that tells what a source has to find in it."""

    def holds(self) -> Iterable[Held]:
        """Every record there is now, as the simulator knows by itself: the connector is not asked.

        Of parties and items only those that documents refer to.
        """
        ...


@frozen(kw_only=True)
class Written:
    """A document as the simulated books hold it.

    ``type`` is the books' own word; ``amount`` the signed change of the register account, or the
    document's total where it has none; ``text`` everything in it that can be searched.
    """

    type: str
    id: str
    date: dt.date
    amount: Decimal
    memo: str = ""
    text: str = ""


class OutsideBooks(Outside, Protocol):
    """Books, as a sink or a peer writes them; what they hold is told by the simulator itself."""

    def documents(self) -> Sequence[Written]:
        """What the books hold now, deleted documents left out."""
        ...

    def edit(self, id: str) -> None:  # noqa: A002 - the field's own name
        """A person changes the document in the books, so that its guard moves."""
        ...


class PollingBooks(OutsideBooks, Protocol):
    """Books whose side polls us. Their ``http`` may be :func:`subledger.testing.nowhere`."""

    @property
    def progress(self) -> Sequence[int]:
        """The percentages that the peer told in the last poll; empty where it tells none."""
        ...

    def enrol(self, file: bytes, password: str) -> None:
        """A person sets the other side up with the enrolment file and the password of the peer.

        Once more with a new password: only that one is used from then on.
        """
        ...

    async def poll(self, http: Http) -> None:
        """The other side polls us once, such as a simulated Web Connector.

        ``http`` leads to :meth:`subledger.ports.Peer.handle` of the peer under test, whatever the
        host; it raises TemporaryError where the peer's answer is lost.
        """
        ...


class Trouble(enum.StrEnum):
    """What happens to a request on its way; each is a :class:`Fault` by ``Fault(what=...)``."""

    UNSENT = "unsent"
    """It never arrives, and there is no answer."""
    LOST = "lost"
    """The outside acts; its answer is lost."""
    SLOW = "slow"
    """The outside acts; its answer does not come in time."""
    UNAVAILABLE = "unavailable"
    """A gateway answers with the status 503."""
    THROTTLED = "throttled"
    """The outside asks to slow down, with the status 429 and Retry-After unless told otherwise."""
    GARBAGE = "garbage"
    """A gateway answers with the status 200 and an HTML page."""


@define(kw_only=True)
class Fault:
    """Trouble for the ``at``-th request (from 1) that fits, and for the ``times`` - 1 after it.

    A request fits when it has this ``method`` and its path holds ``path``; empty fits all.
    ``times`` None is trouble for ever.
    """

    what: Trouble
    at: int = 1
    times: int | None = 1
    method: str = ""
    path: str = ""
    _fitting: int = field(default=0, init=False)

    def strikes(self, method: str, url: str) -> bool:
        """Counts a request; whether it is in trouble."""
        if self.method not in ("", method) or self.path not in urlsplit(url).path:
            return False
        self._fitting += 1
        late = self._fitting - self.at
        return late >= 0 and (self.times is None or late < self.times)

    def again(self) -> "Fault":
        """The same fault, which has not counted yet."""
        return Fault(
            what=self.what, at=self.at, times=self.times, method=self.method, path=self.path
        )


@frozen(kw_only=True)
class Scenario:
    """One situation, and what the connector's ``check()`` must make of it.

    ``settings`` replace those of the outside's connection, ``fault`` is at the door all the time
    that it says; ``raises`` None: it works.
    """

    name: str
    settings: Mapping[str, Any] = field(factory=dict)
    fault: Fault | None = None
    raises: type[ConnectorError] | None = None


THROTTLED: Final = HttpResponse(
    status=429,
    headers={"retry-after": "7", "content-type": "text/plain"},
    body=b"Too many requests.",
)
_UNAVAILABLE: Final = HttpResponse(
    status=503, headers={"content-type": "text/html"}, body=b"<html>Service Unavailable</html>"
)
_GARBAGE: Final = HttpResponse(
    status=200, headers={"content-type": "text/html"}, body=b"<html><body>Sign in</body></html>"
)


@frozen(kw_only=True)
class Sent:
    """A request that came to the door."""

    method: str
    url: str
    headers: Mapping[str, str]
    params: tuple[tuple[str, str], ...]
    body: bytes

    @classmethod
    def of(
        cls,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        params: Mapping[str, str] | list[tuple[str, str]] | None,
        body: bytes | None,
    ) -> "Sent":
        """A request as the HTTP port is asked for it."""
        pairs = params.items() if isinstance(params, Mapping) else params or ()
        return cls(
            method=method,
            url=url,
            headers=dict(headers or {}),
            params=tuple(pairs),
            body=body or b"",
        )


@define
class Door:
    """The HTTP port in front of an outside system; ``faults`` say what goes wrong at it.

    Everybody else may go on before a request acts, and again before its answer is there. An answer
    that is too slow takes its ``sleep``. ``requests`` are those that were made, ``open`` is how
    many wait for their answer, ``struck`` how many met trouble. While the outside itself computes,
    ``acting`` is true; ``spent`` is the CPU time it took, in seconds.
    """

    http: Http
    faults: Sequence[Fault] = ()
    throttled: HttpResponse = THROTTLED
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    requests: list[Sent] = field(factory=list)
    open: int = 0
    struck: int = 0
    acting: bool = False
    spent: float = 0.0

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
        """The answer. Raises TemporaryError where none arrived, as the real client does."""
        self.requests.append(Sent.of(method, url, headers, params, body))
        struck = [fault.what for fault in self.faults if fault.strikes(method, url)]
        self.struck += bool(struck)
        self.open += 1
        try:
            await asyncio.sleep(0)
            if struck and struck[0] in _INSTEAD:
                return self._instead(struck[0], url)
            acts = self.http(
                method, url, headers=headers, params=params, body=body, timeout=timeout
            )
            answer: HttpResponse = await _Acting(self, acts)
            await self.sleep(timeout if struck and struck[0] is Trouble.SLOW else 0)
            if struck:
                raise _no_answer(url)
            return answer
        finally:
            self.open -= 1

    def _instead(self, trouble: Trouble, url: str) -> HttpResponse:
        if trouble is Trouble.UNSENT:
            raise _no_answer(url)
        answers = {Trouble.THROTTLED: self.throttled, Trouble.UNAVAILABLE: _UNAVAILABLE}
        return answers.get(trouble, _GARBAGE)


class _Acting:
    """What the outside does, told apart from what the connector does."""

    def __init__(self, door: Door, acts: Awaitable[HttpResponse]) -> None:
        self._door = door
        self._acts = acts

    def __await__(self) -> Generator[Any, Any, HttpResponse]:
        steps = self._acts.__await__()
        sent: Any = None
        error: BaseException | None = None
        while True:
            before = time.thread_time()
            self._door.acting = True
            try:
                waits_for = steps.send(sent) if error is None else steps.throw(error)
            except StopIteration as end:
                return cast("HttpResponse", end.value)
            finally:
                self._door.acting = False
                self._door.spent += time.thread_time() - before
            sent, error = None, None
            try:
                sent = yield waits_for
            except BaseException as raised:  # noqa: BLE001 - it belongs to the outside
                error = raised


_INSTEAD: Final = frozenset(Trouble) - {Trouble.LOST, Trouble.SLOW}
"""Trouble that keeps a request from the outside."""


def _no_answer(url: str) -> TemporaryError:
    return TemporaryError(f"no answer from {urlsplit(url).hostname or 'the server'}")


__all__ = [
    "THROTTLED",
    "Clock",
    "Consenting",
    "Door",
    "Fault",
    "Held",
    "Holding",
    "Outside",
    "OutsideBooks",
    "PollingBooks",
    "Scenario",
    "Sent",
    "Trouble",
    "Written",
]
