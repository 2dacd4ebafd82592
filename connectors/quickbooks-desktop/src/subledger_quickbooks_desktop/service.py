"""The SOAP service of one connection: HTTP in, session steps, HTTP out.

Every call is answered in the protocol's own words; nothing raises, nothing shows a traceback. A
long answer of QuickBooks is read as it arrives and stored in pieces.

Source: QuickBooks Web Connector Programmer's Guide, chapters 2, 8 and 10.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

from aiohttp import web
from attrs import define, evolve, field

from subledger.errors import Fenced
from subledger.ports import Desk, PeerContext
from subledger_quickbooks_desktop import identity
from subledger_quickbooks_desktop.config import OWNER_ID, QuickBooksDesktopConfig
from subledger_quickbooks_desktop.limiter import AttemptLimiter
from subledger_quickbooks_desktop.session import (
    DONE,
    NO_OP,
    STOP,
    Reply,
    Session,
    Steps,
    epoch_of,
    hashed,
    knows,
    load,
    save,
)
from subledger_quickbooks_desktop.wire import qbxml, soap
from subledger_quickbooks_desktop.wire.qbxml import Answer, AnswerStream, Row
from subledger_quickbooks_desktop.wire.qwc import ConnectorFile, render_qwc
from subledger_quickbooks_desktop.wire.wsdl import wsdl
from subledger_quickbooks_desktop.wire.xml import HostileXml

T = TypeVar("T")

SMALL: Final = 64 * 1024
"""Below this many bytes a body is read whole; above it is streamed."""
LARGEST: Final = 128 * 1024 * 1024
PATIENCE: Final = 30.0
"""Seconds that a body may pause while it arrives."""
LONGEST: Final = 120.0
"""Seconds in which a body must be there; the Web Connector itself gives up after 100."""
_BATCH: Final = 500
_EXPIRED: Final = "The session has expired; it starts again with the next run."
_XML: Final = "text/xml"
VERSION: Final = "subledger 0.1"


class TooLarge(Exception):  # noqa: N818 - says what the body is
    """The body is longer than anything QuickBooks sends."""


@define
class Service:
    """Answers the Web Connector for one connection."""

    config: QuickBooksDesktopConfig
    context: PeerContext
    limiter: AttemptLimiter = field(factory=AttemptLimiter)
    _steps: Steps = field(init=False)
    _file_id: str = field(default="", init=False)

    def __attrs_post_init__(self) -> None:
        self._steps = Steps(config=self.config, connection=self.context.connection)

    @property
    def username(self) -> str:
        """The user name that the Web Connector shows."""
        return self.config.username or self.context.connection

    # ---------------------------------------------------------------------- HTTP

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The answer to one request; never raises."""
        if request.method == "GET":
            return self._get(request)
        if request.method != "POST":
            return web.Response(status=405, headers={"Allow": "GET, POST"})
        status, body = await self._answered(self._post(request))
        return web.Response(status=status, body=body, content_type=_XML, charset="utf-8")

    async def answer(self, body: bytes, address: str) -> tuple[int, bytes]:
        """HTTP status and envelope for a call that has arrived whole; never raises."""
        return await self._answered(self._whole(body, address))

    async def _answered(self, answering: Awaitable[bytes]) -> tuple[int, bytes]:
        try:
            return 200, await answering
        except (HostileXml, soap.SoapError) as error:
            self.context.log.warning("soap_refused", reason=str(error))
            return 400, soap.render_fault(str(error))
        except (TooLarge, web.HTTPRequestEntityTooLarge):
            return 413, soap.render_fault("the request is too large")
        except TimeoutError:
            return 408, soap.render_fault("the request did not arrive in time")
        except Fenced:
            return 200, soap.render_result("receiveResponseXML", STOP)
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception:
            self.context.log.exception("soap_failed")
            return 400, soap.render_fault("the request could not be processed")

    def _get(self, request: web.Request) -> web.Response:
        if "wsdl" in {name.lower() for name in request.query}:
            location = str(request.url.with_query(None))
            return web.Response(body=wsdl(location), content_type=_XML, charset="utf-8")
        return web.Response(text="This address serves the QuickBooks Web Connector.\n")

    async def _post(self, request: web.Request) -> bytes:
        length = request.content_length
        if length is not None and length > LARGEST:
            raise TooLarge
        address = request.remote or ""
        if length is not None and length <= SMALL:
            return await self._whole(await asyncio.wait_for(request.read(), PATIENCE), address)
        async with asyncio.timeout(LONGEST):
            method, result = await self._stream(request)
        return soap.render_result(method, result)

    async def _whole(self, body: bytes, address: str) -> bytes:
        call = soap.parse_call(body)
        result = await self._call(call.method, call.arguments, address)
        return soap.render_result(call.method, result)

    async def _stream(self, request: web.Request) -> tuple[str, Any]:
        """Reads a long body piece by piece; the rows of an answer are stored in batches."""
        long_answer = _LongAnswer(self)
        read = 0
        while chunk := await asyncio.wait_for(request.content.readany(), PATIENCE):
            read += len(chunk)
            if read > LARGEST:
                raise TooLarge
            await long_answer.feed(chunk)
        call = long_answer.envelope.close()
        if call.method != "receiveResponseXML":
            if read > SMALL * 16:
                raise TooLarge
            return call.method, await self._call(call.method, call.arguments, request.remote or "")
        return call.method, await long_answer.finish(call.arguments)

    async def _call(self, method: str, arguments: Mapping[str, str], address: str) -> Any:
        log = self.context.log
        try:
            result = await _METHODS[method](self, arguments, address)
        except Fenced:
            result = _AFTER_EXPIRY[method]
        log.info("soap_call", method=method, result=_shown(method, result))
        return result

    # ------------------------------------------------------------------- methods

    async def server_version(self, _arguments: Mapping[str, str], _address: str) -> str:
        """Our version; only logged by the Web Connector."""
        return VERSION

    async def client_version(self, _arguments: Mapping[str, str], _address: str) -> str:
        """Every version of the Web Connector is welcome."""
        return ""

    async def authenticate(self, arguments: Mapping[str, str], address: str) -> list[str]:
        """A ticket and the company file, or none, busy, nvu."""
        now, name = self.context.runtime.now(), self.context.connection
        if not self.limiter.allows(name, address, now):
            self.context.log.warning("login_throttled", address=address)
            return ["", "nvu"]
        self.limiter.failed(name, address, now)  # before it is judged: guesses at once count too
        given_name = arguments.get("strUserName", "")
        password = arguments.get("strPassword", "")
        stored = (
            {}
            if self.config.password is not None
            else await self.context.note(lambda desk: desk.recall(identity.NOTE))
        )
        right = identity.matches(password, stored, self.config)
        if not right or given_name.casefold() != self.username.casefold():
            self.context.log.warning("login_refused", address=address)
            return ["", "nvu"]
        self.limiter.forgive(name, address)
        return await self._open()

    async def _open(self) -> list[str]:
        token = self.context.runtime.new_id()
        lease = self.config.session_timeout.total_seconds()

        def step(desk: Desk, epoch: int) -> str | None:
            return self._steps.open(desk, token, epoch)

        entered = await self.context.enter(hashed(token)[:12], lease, step)
        if entered is None:
            return ["", "busy"]
        ticket = entered[1]
        return [token, "none"] if ticket is None else [ticket, self.config.company_file]

    async def _step(self, arguments: Mapping[str, str], step: Callable[[Desk, Session], T]) -> T:
        """Runs a step of the session that a ticket belongs to. Raises :class:`Fenced`."""
        ticket = arguments.get("ticket", "")
        epoch = epoch_of(ticket)
        if epoch is None:
            raise Fenced("the ticket is not ours")

        def checked(desk: Desk) -> T:
            session = load(desk)
            if not knows(session, ticket):
                raise Fenced("the ticket is not ours")
            return step(desk, session)

        return await self.context.step(epoch, checked)

    async def send_request(self, arguments: Mapping[str, str], _address: str) -> str:
        """The next request for QuickBooks, nothing, or NoOp."""
        file_id = await self.file_id()
        reply = await self._step(
            arguments, lambda desk, session: self._steps.ask(desk, session, arguments, file_id)
        )
        if reply.prepare:
            more = await self.context.prepare()
            reply = await self._step(
                arguments, lambda desk, session: self._steps.prepared(desk, session, more=more)
            )
        if reply.text and reply.text != NO_OP:
            self._wire("request", reply.text.encode())
        return reply.text

    async def receive_response(self, arguments: Mapping[str, str], _address: str) -> int:
        """Takes QuickBooks' answer; percent done, or a negative number to stop."""
        text = arguments.get("response", "")
        if text:
            self._wire("answer", text.encode())
        try:
            answer = qbxml.parse_answer(text.encode()) if text.strip() else None
            return await self.received(arguments, answer)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            return await self._unreadable(arguments, error)

    async def _unreadable(self, arguments: Mapping[str, str], error: Exception) -> int:
        why = str(error) if isinstance(error, HostileXml) else "it holds unexpected values"
        self.context.log.warning("answer_unreadable", reason=why, error=type(error).__name__)
        reply = await self._step(
            arguments, lambda desk, session: self._steps.unreadable(desk, session, why)
        )
        return reply.number

    async def received(self, arguments: Mapping[str, str], answer: Answer | None) -> int:
        """Settles what the answer is about; the last step of a call."""

        def step(desk: Desk, session: Session) -> Reply:
            if not session.asked:
                return Reply(number=DONE)
            if answer is None:
                return self._steps.failed(
                    desk, session, arguments.get("hresult", ""), arguments.get("message", "")
                )
            return self._steps.answered(desk, session, answer)

        try:
            return (await self._step(arguments, step)).number
        except Fenced:
            if answer is not None and answer.set_id:
                ticket = arguments.get("ticket", "")
                await self.context.note(lambda desk: self._steps.stray(desk, ticket, answer))
            return STOP

    async def store_rows(self, arguments: Mapping[str, str], rows: list[Row]) -> None:
        """Stores some rows of a long answer. Raises :class:`Fenced` for an unknown ticket."""

        def step(desk: Desk, session: Session) -> None:
            save(desk, self._steps.early(desk, session, rows))

        await self._step(arguments, step)

    async def connection_error(self, arguments: Mapping[str, str], _address: str) -> str:
        """QuickBooks could not be opened."""
        hresult, message = arguments.get("hresult", ""), arguments.get("message", "")
        return await self._step(
            arguments,
            lambda desk, session: self._steps.unreachable(desk, session, hresult, message),
        )

    async def get_last_error(self, arguments: Mapping[str, str], _address: str) -> str:
        """What to show, or NoOp to wait."""
        return await self._step(
            arguments, lambda _desk, session: session.error or "No work is left."
        )

    async def close_connection(self, arguments: Mapping[str, str], _address: str) -> str:
        """Ends the session."""
        epoch = epoch_of(arguments.get("ticket", ""))
        if epoch is None:
            return "OK"

        def step(desk: Desk) -> str:
            session = load(desk)
            if not knows(session, arguments["ticket"]):
                raise Fenced("the ticket is not ours")
            return self._steps.close(desk, session)

        return await self.context.leave(epoch, step)

    async def no_interaction(self, _arguments: Mapping[str, str], _address: str) -> str:
        """Interactive mode is not used."""
        return ""

    async def interaction_done(self, _arguments: Mapping[str, str], _address: str) -> str:
        """Interactive mode is not used."""
        return "Done"

    # ----------------------------------------------------------------- enrolment

    async def file_id(self) -> str:
        """The FileID of this connection."""
        if not self._file_id:
            self._file_id = await self.context.note(
                lambda desk: identity.ensure_file_id(desk, self.config)
            )
        return self._file_id

    async def enrolment(self, url: str) -> bytes:
        """The ``.qwc`` file; ``url`` is the public address of the server."""
        name = self.config.company_name or self.context.connection
        return render_qwc(
            ConnectorFile(
                app_name=f"subledger - {name}",
                app_url=f"{url}/qbwc/{self.context.connection}",
                app_support=f"{url}/support",
                app_description="Keeps your books in agreement with your other systems.",
                user_name=self.username,
                owner_id=OWNER_ID,
                file_id=await self.file_id(),
                unique_name=f"subledger {self.context.connection}",
                unattended="umpRequired" if self.config.company_file else "umpOptional",
                run_every_seconds=int(self.config.run_every.total_seconds()),
            )
        )

    async def new_password(self) -> str:
        """Makes a new password and returns it once."""
        return await self.context.note(identity.new_password)

    def _wire(self, sort: str, content: bytes) -> None:
        if self.context.wire_log is not None:
            stamp = self.context.runtime.now().strftime("%Y%m%dT%H%M%S%f")
            self.context.wire_log(f"{stamp}-{sort}.xml", content)


@define
class _LongAnswer:
    """A receiveResponseXML that is read while it arrives."""

    service: Service
    envelope: soap.Envelope = field(init=False)
    _answer: AnswerStream = field(factory=AnswerStream, init=False)
    _rows: list[Row] = field(factory=list, init=False)
    _kept: list[Row] = field(factory=list, init=False)
    _any: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self.envelope = soap.Envelope(self._text)

    def _text(self, piece: bytes) -> None:
        self._any = True
        self._rows.extend(self._answer.feed(piece))

    async def feed(self, chunk: bytes) -> None:
        """Reads the next bytes, and stores rows once there are enough."""
        first = not self._any
        self.envelope.feed(chunk)
        if first and self._any:
            await self._known()
        if len(self._rows) >= _BATCH:
            await self._store()

    async def _known(self) -> None:
        """Refuses a long body early where its ticket is not ours."""
        await self.service.store_rows(self.envelope.arguments, [])

    async def _store(self) -> None:
        rows, self._rows = self._rows, []
        await self.service.store_rows(self.envelope.arguments, rows)

    async def finish(self, arguments: Mapping[str, str]) -> int:
        """The last step: everything has arrived."""
        if not self._any:
            return await self.service.received(arguments, None)
        answer, last = self._answer.close()
        self._rows.extend(last)
        answer = _with_rows(answer, self._rows)
        return await self.service.received(arguments, answer)


def _with_rows(answer: Answer, rows: list[Row]) -> Answer:
    """The rows that are not stored yet, as the records of the last result."""
    if not answer.results:
        return answer
    *others, last = answer.results
    records = tuple(row.record for row in rows)
    return evolve(answer, results=(*others, evolve(last, records=records)))


_METHODS: Mapping[str, Any] = {
    "serverVersion": Service.server_version,
    "clientVersion": Service.client_version,
    "authenticate": Service.authenticate,
    "sendRequestXML": Service.send_request,
    "receiveResponseXML": Service.receive_response,
    "connectionError": Service.connection_error,
    "getLastError": Service.get_last_error,
    "closeConnection": Service.close_connection,
    "getInteractiveURL": Service.no_interaction,
    "interactiveRejected": Service.no_interaction,
    "interactiveDone": Service.interaction_done,
}

_AFTER_EXPIRY: Mapping[str, Any] = {
    "sendRequestXML": "",
    "receiveResponseXML": STOP,
    "connectionError": "done",
    "getLastError": _EXPIRED,
    "closeConnection": "OK",
    "authenticate": ["", "busy"],
}


def _shown(method: str, result: Any) -> str:
    """What the log may show of a result: never a ticket, never a document."""
    if method == "authenticate":
        return str(result[1]) or "work"
    if method == "sendRequestXML":
        return f"{len(result)} characters"
    return str(result)[:80]
