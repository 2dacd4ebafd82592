"""The SOAP methods of one connection: arguments in, results in the protocol's own words out.

Each method is at most one durable step of the session; an expired or foreign ticket gets an answer,
never a fault.

Source: QuickBooks Web Connector Programmer's Guide, chapters 2, 8 and 10.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from attrs import define, field

from subledger.errors import Fenced
from subledger.ports import Desk, PeerContext
from subledger_quickbooks_desktop import identity
from subledger_quickbooks_desktop.answering import Answering
from subledger_quickbooks_desktop.asking import Asking
from subledger_quickbooks_desktop.config import QuickBooksDesktopConfig
from subledger_quickbooks_desktop.limiter import AttemptLimiter
from subledger_quickbooks_desktop.opening import Opening
from subledger_quickbooks_desktop.state import (
    DONE,
    NO_OP,
    STOP,
    Reply,
    Session,
    epoch_of,
    hashed,
    knows,
    load,
    save,
)
from subledger_quickbooks_desktop.wire import qbxml
from subledger_quickbooks_desktop.wire.qbxml import Answer, Row
from subledger_quickbooks_desktop.wire.xml import HostileXml

T = TypeVar("T")

VERSION: Final = "subledger 0.1"
_EXPIRED: Final = "The session has expired; it starts again with the next run."


@define
class Calls:
    """Answers the calls of the Web Connector for one connection."""

    config: QuickBooksDesktopConfig
    context: PeerContext
    limiter: AttemptLimiter = field(factory=AttemptLimiter)
    _opening: Opening = field(init=False)
    _asking: Asking = field(init=False)
    _answering: Answering = field(init=False)
    _file_id: str = field(default="", init=False)

    def __attrs_post_init__(self) -> None:
        self._opening = Opening(config=self.config, connection=self.context.connection)
        self._asking = Asking(config=self.config, opening=self._opening)
        self._answering = Answering(connection=self.context.connection)

    @property
    def _lease(self) -> float:
        return self.config.session_timeout.total_seconds()

    @property
    def username(self) -> str:
        """The user name that the Web Connector shows."""
        return self.config.username or self.context.connection

    async def call(self, method: str, arguments: Mapping[str, str], address: str) -> Any:
        """The result of one call; every method of the protocol has one."""
        log = self.context.log
        try:
            result = await _METHODS[method](self, arguments, address)
        except Fenced:
            result = _AFTER_EXPIRY[method]
        log.info("soap_call", method=method, result=_shown(method, result))
        return result

    async def server_version(self, _arguments: Mapping[str, str], _address: str) -> str:
        """Our version; only logged by the Web Connector."""
        return VERSION

    async def client_version(self, _arguments: Mapping[str, str], _address: str) -> str:
        """Every version of the Web Connector is welcome."""
        return ""

    async def authenticate(self, arguments: Mapping[str, str], address: str) -> list[str]:
        """A ticket and the company file, or none, busy, nvu; and when to come back, if later."""
        now, name = self.context.runtime.now(), self.context.connection
        if not self.limiter.allows(name, address, now):
            self.context.log.debug("login_throttled", address=address)
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
        token, later = self.context.runtime.new_id(), 0

        def step(desk: Desk, epoch: int) -> str | None:
            nonlocal later
            ticket = self._opening.open(desk, token, epoch)
            later = self._opening.later(desk, work=ticket is not None)
            return ticket

        entered = await self.context.enter(hashed(token)[:12], self._lease, step)
        if entered is None:
            return ["", "busy"]
        ticket = entered[1]
        answer = [token, "none"] if ticket is None else [ticket, self.config.company_file]
        return [*answer, str(later), ""] if later else answer

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

        return await self.context.step(epoch, self._lease, checked)

    async def send_request(self, arguments: Mapping[str, str], _address: str) -> str:
        """The next request for QuickBooks, nothing, or NoOp."""
        file_id = await self.file_id()
        reply = await self._step(
            arguments, lambda desk, session: self._asking.ask(desk, session, arguments, file_id)
        )
        if reply.prepare:
            more = await self.context.prepare()
            reply = await self._step(
                arguments, lambda desk, session: self._asking.prepared(desk, session, more=more)
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
            arguments, lambda desk, session: self._answering.unreadable(desk, session, why)
        )
        return reply.number

    async def received(self, arguments: Mapping[str, str], answer: Answer | None) -> int:
        """Settles what the answer is about; the last step of a call."""

        def step(desk: Desk, session: Session) -> Reply:
            if not session.asked:
                return Reply(number=DONE)
            if answer is None:
                return self._answering.failed(
                    desk, session, arguments.get("hresult", ""), arguments.get("message", "")
                )
            return self._answering.answered(desk, session, answer)

        try:
            return (await self._step(arguments, step)).number
        except Fenced:
            if answer is not None and answer.set_id:
                ticket = arguments.get("ticket", "")
                await self.context.note(lambda desk: self._answering.stray(desk, ticket, answer))
            return STOP

    async def asked(self, arguments: Mapping[str, str]) -> str:
        """The request that a question was put with; empty where something else was asked.

        Raises :class:`Fenced` for an unknown ticket.
        """
        return await self._step(arguments, lambda _desk, session: session.request)

    async def store_rows(self, arguments: Mapping[str, str], rows: list[Row]) -> None:
        """Stores some rows of a long answer. Raises :class:`Fenced` for an unknown ticket."""

        def step(desk: Desk, session: Session) -> None:
            save(desk, self._answering.early(desk, session, rows))

        await self._step(arguments, step)

    async def connection_error(self, arguments: Mapping[str, str], _address: str) -> str:
        """QuickBooks could not be opened."""
        hresult, message = arguments.get("hresult", ""), arguments.get("message", "")
        return await self._step(
            arguments,
            lambda desk, session: self._opening.unreachable(desk, session, hresult, message),
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
            return self._opening.close(desk, session)

        return await self.context.leave(epoch, step)

    async def no_interaction(self, _arguments: Mapping[str, str], _address: str) -> str:
        """Interactive mode is not used."""
        return ""

    async def interaction_done(self, _arguments: Mapping[str, str], _address: str) -> str:
        """Interactive mode is not used."""
        return "Done"

    async def file_id(self) -> str:
        """The FileID of this connection."""
        if not self._file_id:
            self._file_id = await self.context.note(
                lambda desk: identity.ensure_file_id(desk, self.config)
            )
        return self._file_id

    def _wire(self, sort: str, content: bytes) -> None:
        if self.context.wire_log is not None:
            stamp = self.context.runtime.now().strftime("%Y%m%dT%H%M%S%f")
            self.context.wire_log(f"{stamp}-{sort}.xml", content)


_METHODS: Mapping[str, Any] = {
    "serverVersion": Calls.server_version,
    "clientVersion": Calls.client_version,
    "authenticate": Calls.authenticate,
    "sendRequestXML": Calls.send_request,
    "receiveResponseXML": Calls.receive_response,
    "connectionError": Calls.connection_error,
    "getLastError": Calls.get_last_error,
    "closeConnection": Calls.close_connection,
    "getInteractiveURL": Calls.no_interaction,
    "interactiveRejected": Calls.no_interaction,
    "interactiveDone": Calls.interaction_done,
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
        word = str(result[1]) or "work"
        return f"{word}, later by {result[2]} s" if len(result) > 2 else word  # noqa: PLR2004 - the third string
    if method == "sendRequestXML":
        return f"{len(result)} characters"
    return str(result)[:80]
