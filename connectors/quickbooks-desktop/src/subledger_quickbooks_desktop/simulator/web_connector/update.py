"""One update session, from serverVersion to closeConnection, in the order of the real client."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

from attrs import define, field, frozen

from subledger_quickbooks_desktop.simulator.com import ComError, RequestProcessor, Session
from subledger_quickbooks_desktop.simulator.faults import Faults, WriteFault, is_write

from .answers import (
    DONE,
    INTERACTIVE,
    NO_OP,
    Admission,
    Verdict,
    check_client_version,
    read_admission,
)
from .company import ask_identity, set_company_lock
from .errors import ConnectorError
from .journal import Journal
from .service import Service
from .settings import Behaviour
from .soap import BadReplyError
from .transport import TransportError

_UNEXPECTED_ERROR = ("0x80040402", "Unexpected error. Look into qbsdklog.txt.")
_NO_ACCESS = ("0x80040401", "Could not access QuickBooks.")
_REFUSALS = {
    Verdict.NONE: "No data exchange required",
    Verdict.BUSY: "Application Busy",
}
_OPENING = "SOAPWebService.OpenQuickBooks"
_PROCESS = "SOAPWebService.ProcessRequestXML"
_COMPANY = "SOAPWebService.CompanyLock"


class KilledError(Exception):
    """The Web Connector dies here: no further call, no unlock."""


@frozen(kw_only=True)
class Account:
    """The application as the Web Connector knows it: names, ids, the password its user typed."""

    app_name: str
    username: str
    password: str
    owner_id: str
    machine: str


@define(kw_only=True)
class Update:
    """The state of one session; `perform` runs it, `leave` must follow whatever happened."""

    account: Account
    service: Service
    processor: RequestProcessor
    behaviour: Behaviour
    faults: Faults
    journal: Journal
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[object]]
    scheduled: bool
    admission: Admission | None = None
    percent: int | None = None
    status: str = ""
    complaint: str = ""
    writes: int = 0
    rounds: int = 0
    _session: Session | None = field(default=None, init=False)
    _locked: bool = field(default=False, init=False)
    _crashed: bool = field(default=False, init=False)

    async def perform(self) -> None:
        """Run the session; raises `ConnectorError` or `KilledError`."""
        await self._versions()
        answer = await self.service.authenticate(self.account.username, self.account.password)
        admission = self.admission = read_admission(answer)
        if not await self._admitted(admission):
            return
        session = await self._open(admission)
        if session is None:
            return
        self._session = session
        try:
            self._lock_company(session)
            await self._exchange(admission.ticket, session)
        except ConnectorError:
            if self.behaviour.close_after_fault:
                await self._close(admission.ticket)
            raise
        await self._close(admission.ticket)

    def leave(self, *, killed: bool) -> str:
        """Free the company and end the session with QuickBooks; an error text, or ""."""
        session, self._session = self._session, None
        if session is None:
            return ""
        try:
            if self._locked and not killed and not self._crashed:
                self._set_lock(session, locked=False)
            session.end()
        except (ComError, ValueError) as error:
            return str(ConnectorError("QBWC1015", str(error)))
        return ""

    async def _versions(self) -> None:
        with suppress(BadReplyError, TransportError):
            await self.service.server_version()
        answer = await self.service.client_version(self.behaviour.version)
        go_on = self.behaviour.continue_after_warning
        warning = check_client_version(answer, continue_after_warning=go_on)
        if warning:
            self.journal.line("SOAPWebService.do_clientVersion", f"User accepted: {warning}")

    async def _admitted(self, admission: Admission) -> bool:
        postponed = self.scheduled and bool(admission.postpone_seconds)
        if admission.verdict is Verdict.WORK and not postponed:
            return True
        if self.behaviour.close_after_refusal:
            await self._close(admission.ticket)
        if admission.verdict is Verdict.NOT_VALID_USER:
            raise ConnectorError("QBWC1040", self.account.username)
        postponed_text = "Update postponed by application"
        self.status = postponed_text if postponed else _REFUSALS[admission.verdict]
        return False

    async def _open(self, admission: Admission) -> Session | None:
        """Open QuickBooks, twice for each company file the server names; tell it of failures."""
        company_file = admission.company_file
        for left in range(self.behaviour.connection_errors, -1, -1):
            try:
                return self._begin_twice(company_file)
            except ComError as error:
                failure = ConnectorError("QBWC1013", str(error))
                self.journal.line(_OPENING, str(failure))
                answer = await self.service.connection_error(
                    admission.ticket, error.hresult, error.message
                )
            if answer.lower() == "done" or not left:
                break
            company_file = answer
        if self.behaviour.close_after_connection_error:
            await self._close(admission.ticket)
        raise failure

    def _begin_twice(self, company_file: str) -> Session:
        refusal = self.faults.opening()
        try:
            return self._begin(company_file, refusal)
        except ComError as error:
            self.journal.line(_OPENING, f"First try failed: {error}")
        return self._begin(company_file, refusal)

    def _begin(self, company_file: str, refusal: str | None) -> Session:
        if refusal is not None:
            raise ComError(refusal, "QuickBooks could not be opened.")
        return self.processor.begin_session(
            company_file=company_file, app_name=self.account.app_name
        )

    def _lock_company(self, session: Session) -> None:
        try:
            self._set_lock(session, locked=True)
        except (ComError, ValueError) as error:
            raise ConnectorError("QBWC1014", str(error)) from error

    def _set_lock(self, session: Session, *, locked: bool) -> None:
        found, written = set_company_lock(
            session,
            owner_id=self.account.owner_id,
            machine=self.account.machine,
            now=self.clock(),
            locked=locked,
        )
        self._locked = written and locked
        state = "locked" if locked else "unlocked"
        result = f"Company file {state}" if written else f"Company file could not be {state}"
        self.journal.line(_COMPANY, f"{result} (found: {found or 'nothing'})")

    async def _exchange(self, ticket: str, session: Session) -> None:
        hcp = ask_identity(session, self.account.owner_id)
        while True:
            request = await self.service.send_request_xml(ticket, hcp, session)
            hcp = ""
            if request in ("", NO_OP):
                if not await self._idle(ticket):
                    return
                continue
            self.rounds += 1
            self.percent = await self._round(ticket, session, request)
            if self.percent >= DONE:
                return
            if self.percent < 0:
                self.complaint = await self.service.get_last_error(ticket)
                return

    async def _idle(self, ticket: str) -> bool:
        """Ask why there is no request; True when the server wants to be asked again."""
        answer = await self.service.get_last_error(ticket)
        if answer == NO_OP:
            await self.sleep(self.behaviour.noop_seconds)
            return True
        self.complaint = answer
        if answer == INTERACTIVE:
            with suppress(BadReplyError, TransportError):
                await self.service.interactive_rejected(ticket, "Interactive mode not allowed")
        return False

    async def _round(self, ticket: str, session: Session, request: str) -> int:
        fault = None
        if is_write(request):
            self.writes += 1
            fault = self.faults.write()
        response, hresult, message = await self._process(session, request, fault)
        if fault is WriteFault.LOST_ANSWER:
            raise KilledError(str(fault.value))
        unseen = fault is WriteFault.ANSWER_UNSEEN
        percent = await self.service.receive_response_xml(
            ticket, response, hresult, message, unseen=unseen
        )
        if fault is WriteFault.DUPLICATE_RECEIVE:
            await self.service.receive_response_xml(ticket, response, hresult, message)
        return percent

    async def _process(
        self, session: Session, request: str, fault: WriteFault | None
    ) -> tuple[str, str, str]:
        self.journal.line(_PROCESS, f"Sending request to QuickBooks ({len(request)} characters)")
        if self.faults.plan.slow:
            await self.sleep(self.faults.plan.slow)
        try:
            response = self._ask(session, request, fault)
        except ComError as error:
            self.journal.line(_PROCESS, f"HRESULT = {error.hresult} Message: {error.message}")
            return "", error.hresult, error.message
        self.journal.line(_PROCESS, f"Response received, size (bytes) = {len(response.encode())}")
        return response, "", ""

    def _ask(self, session: Session, request: str, fault: WriteFault | None) -> str:
        if self._crashed:
            raise ComError(*_NO_ACCESS)
        response = session.process(request)
        if fault is WriteFault.CRASH_IN_QUICKBOOKS:
            self._crashed = True
            raise ComError(*_UNEXPECTED_ERROR)
        return response

    async def _close(self, ticket: str) -> None:
        self.status = await self.service.close_connection(ticket)
