"""One Web Connector session as a durable state machine: every call is one step at the desk.

The state is a note of the connection, so that any process can serve the next call and a restart in
mid-session loses nothing. Calls may come in any order: an unknown ticket gets an answer in the
protocol's own words, never a fault.

Source: QuickBooks Web Connector Programmer's Guide, chapters 5, 8 and 10.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from attrs import evolve, field, frozen

from subledger.errors import RecordRejected
from subledger.findings import Finding
from subledger.model import Reference
from subledger.model.kinds import ACCOUNT
from subledger.ports import Absent, Delivery, Desk, Posted, Query, Question, Refused, Unknown
from subledger_quickbooks_desktop import reading, recovery
from subledger_quickbooks_desktop.config import OWNER_ID, QuickBooksDesktopConfig
from subledger_quickbooks_desktop.interpret import finding_of, is_about, outcome_of
from subledger_quickbooks_desktop.render import Style, render, request_id
from subledger_quickbooks_desktop.wire import qbxml
from subledger_quickbooks_desktop.wire.checks import check_request
from subledger_quickbooks_desktop.wire.hcp import CompanyFacts, parse_hcp
from subledger_quickbooks_desktop.wire.qbxml import Answer, Result, Row
from subledger_quickbooks_desktop.wire.statuses import Fate, fate_of_hresult
from subledger_quickbooks_desktop.wire.versions import negotiate
from subledger_quickbooks_desktop.wire.xml import HostileXml

NOTE = "session"
COMPANY = "company"
WATERMARKS = "watermarks"
DONE = 100
STOP = -1
NO_OP = "NoOp"
_OLD_TICKETS = 5
_BACKLOG = 10_000
_TRIES = 2
_SEARCHES = 3
_STRAYS = 5
_EPOCH_DIGITS = 15


def hashed(ticket: str) -> str:
    """What is stored of a ticket."""
    return hashlib.sha256(ticket.encode()).hexdigest()


@frozen(kw_only=True)
class Session:
    """The state of a session between two calls.

    ``asked`` is what the last request was for, ``identifier`` its requestID.
    """

    ticket: str = ""
    old: tuple[str, ...] = ()
    version: str = ""
    checked: bool = False
    prepared: bool = False
    asked: str = ""
    effect: int = 0
    question: int = 0
    request: str = ""
    identifier: str = ""
    step: str = ""
    done: int = 0
    total: int = 0
    tries: int = 0
    strays: int = 0
    error: str = ""
    rows: int = 0
    newest: str = ""

    def after(self, asked: str = "", **more: Any) -> "Session":
        """The session once the last request is dealt with and the next one is for ``asked``."""
        clear: dict[str, Any] = {"effect": 0, "question": 0, "rows": 0}
        clear |= {"request": "", "identifier": "", "newest": ""}
        return evolve(self, asked=asked, **{**clear, **more})


@frozen(kw_only=True)
class Reply:
    """What goes back: the text of sendRequestXML, or the number of receiveResponseXML."""

    text: str = ""
    number: int = DONE
    prepare: bool = False


def epoch_of(ticket: str) -> int | None:
    """The lease's epoch that a ticket of ours carries; None for what cannot be one."""
    number = ticket.rpartition("-")[2]
    return (
        int(number)
        if number.isascii() and number.isdecimal() and len(number) <= _EPOCH_DIGITS
        else None
    )


def load(desk: Desk) -> Session:
    """The session as stored; an empty one at first."""
    notes = dict(desk.recall(NOTE))
    notes["old"] = tuple(notes.get("old", ()))
    return Session(**notes)


def save(desk: Desk, session: Session) -> None:
    """Stores the session; what has its default is left out."""
    default = Session()
    values = attrs.asdict(session, recurse=False)
    desk.remember(NOTE, {k: v for k, v in values.items() if v != getattr(default, k)})


def knows(session: Session, ticket: str) -> bool:
    """Whether a ticket is this session's; in constant time."""
    return bool(session.ticket) and hmac.compare_digest(session.ticket, hashed(ticket))


@frozen(kw_only=True)
class Steps:
    """The steps of a session; each is a plain function of the desk."""

    config: QuickBooksDesktopConfig
    connection: str
    style: Style = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "style", Style(transfers=self.config.transfers))

    # ------------------------------------------------------------ authenticate

    def open(self, desk: Desk, token: str, epoch: int) -> str | None:
        """Opens a session and returns its ticket; None where there is nothing to do.

        A write of an earlier session without an answer becomes unknown: it is settled first.
        """
        if not desk.waiting():
            return None
        last = load(desk)
        unsettled = desk.outstanding()
        if unsettled is not None:
            desk.settle(unsettled.effect, Unknown("the session ended before QuickBooks answered"))
        for query in Query:
            question = desk.question(query)
            if question is not None and question.position:
                restart = evolve(reading.position_of(question), iterator="")
                desk.answered(question, restart.text())
        old = (*last.old, last.ticket)[-_OLD_TICKETS:] if last.ticket else last.old
        ticket = f"{token}-{epoch}"
        total = desk.backlog(_BACKLOG)
        save(desk, Session(ticket=hashed(ticket), old=tuple(old), total=total))
        return ticket

    # ---------------------------------------------------------- sendRequestXML

    def ask(
        self, desk: Desk, session: Session, arguments: Mapping[str, str], file_id: str
    ) -> Reply:
        """The next request; nothing before the company file has told which one it is."""
        if arguments.get("strHCPResponse"):
            known = self.hello(desk, session, arguments, file_id)
            return known if isinstance(known, Reply) else self.next(desk, known)
        if not session.version and self.config.check_file_id:
            nameless = "the Web Connector did not tell which company file is open"
            return self._stop(desk, session, session.error or f"{nameless}. Nothing was sent.")
        return self.next(desk, session)

    def hello(
        self, desk: Desk, session: Session, arguments: Mapping[str, str], file_id: str
    ) -> Session | Reply:
        """The first call tells about the company file; a wrong one gets nothing."""
        session = evolve(session, version="")
        try:
            facts = parse_hcp(arguments.get("strHCPResponse", ""), owner_id=OWNER_ID)
        except HostileXml as error:
            return self._stop(desk, session, f"the company information cannot be read: {error}")
        wrong = self._wrong_company(desk, facts, file_id)
        if wrong:
            finding = Finding(
                category="wrong_company", subject=f"connection {self.connection}", message=wrong
            )
            desk.report(finding)
            return self._stop(desk, session, f"{wrong}. Nothing was sent.")
        desk.clear("wrong_company")
        desk.clear("connection_offline")
        if facts.closing_date is not None or facts.product:
            desk.closing_date(facts.closing_date)
        version = negotiate(
            facts.supported_versions,
            arguments.get("qbXMLMajorVers", ""),
            arguments.get("qbXMLMinorVers", ""),
        )
        return evolve(session, version=str(version))

    def _wrong_company(self, desk: Desk, facts: CompanyFacts, file_id: str) -> str:
        known = dict(desk.recall(COMPANY))
        same_file = facts.file_id.casefold() == file_id.casefold()
        if self.config.check_file_id and facts.file_id and not same_file:
            return f"the open company file {facts.company_name} belongs to another connection"
        name = known.get("name", "")
        if not facts.file_id and name and facts.company_name and name != facts.company_name:
            return f"the company {facts.company_name} is open where {name} was expected"
        if facts.company_name and facts.company_name != name:
            desk.remember(COMPANY, {**known, "name": facts.company_name})
        return ""

    def next(self, desk: Desk, session: Session) -> Reply:
        """The next request of the session: safety first, then lists, writes, documents."""
        unsettled = desk.outstanding()
        if session.asked and unsettled is not None and session.effect == unsettled.effect:
            desk.settle(unsettled.effect, Unknown("the answer to the last request did not come"))
            unsettled = desk.outstanding()
        if not session.checked:
            query = qbxml.build("CompanyActivityQueryRq", requestID="activity")
            return self._send(desk, session.after("activity", identifier="activity"), [query])
        if unsettled is not None:
            return self._recover(desk, session, unsettled)
        question = desk.question(Query.LISTS)
        if question is not None:
            return self._read(desk, session, question)
        if not session.prepared:
            return Reply(prepare=True)
        if not self.config.read_only:
            claimed = desk.claim(lambda delivery: self._render(desk, session, delivery))
            if claimed is not None:
                save(desk, self._writing(session, "write", claimed))
                return Reply(text=claimed.payload.decode("ascii"))
        question = desk.question(Query.DOCUMENTS)
        if question is not None:
            return self._read(desk, session, question)
        save(desk, session.after(error=""))
        return Reply()

    def prepared(self, desk: Desk, session: Session, *, more: bool) -> Reply:
        """Goes on once everything staged is planned; while more is left, QuickBooks waits."""
        if more:
            save(desk, evolve(session, error=NO_OP))
            return Reply(text=NO_OP)
        total = session.done + desk.backlog(_BACKLOG)
        return self.next(desk, evolve(session, prepared=True, error="", total=total))

    def _render(self, desk: Desk, session: Session, delivery: Delivery) -> bytes:
        request = render(delivery, self._account_type(desk), self.style)
        problems = check_request(request)
        if problems:
            raise RecordRejected(
                f"QuickBooks would refuse the document: {problems[0]}",
                category="validation",
                field=problems[0].path,
                detail="; ".join(str(problem) for problem in problems),
            )
        return qbxml.message_set(
            [request], version=session.version or "13.0", new_set_id=delivery.attempt_key
        )

    def _account_type(self, desk: Desk) -> Any:
        def account_type(reference: Reference) -> str:
            entry = desk.entry(ACCOUNT, reference.id) if reference.id else None
            return entry.subtype if entry else ""

        return account_type

    def _recover(self, desk: Desk, session: Session, delivery: Delivery) -> Reply:
        """An unknown outcome: status enquiry, then the stored answer, then a search."""
        version = session.version or "13.0"
        if session.step == "replay":
            save(desk, self._writing(session, "replay", delivery))
            return Reply(text=delivery.payload.decode("ascii"))
        if session.step == "search":
            name = f"find-{delivery.effect}"
            query = recovery.search(delivery, self._account_type(desk), self.style, name)
            asked = session.after("search", effect=delivery.effect, identifier=name, step="")
            return self._send(desk, asked, [query])
        save(desk, self._writing(session, "enquiry", delivery))
        return Reply(
            text=qbxml.status_enquiry(delivery.attempt_key, version=version).decode("ascii")
        )

    def _writing(self, session: Session, asked: str, delivery: Delivery) -> Session:
        identifier = request_id(delivery)
        return session.after(asked, effect=delivery.effect, identifier=identifier, step="")

    def _read(self, desk: Desk, session: Session, question: Question) -> Reply:
        marks = desk.recall(WATERMARKS)
        position = reading.position_of(question)
        identifier = f"q{question.id}-{position.step}-{position.seen}"
        request = reading.request(question, marks, self.config.page_size, identifier)
        asked = session.after(
            "question", question=question.id, request=str(request.tag), identifier=identifier
        )
        return self._send(desk, asked, [request])

    def _send(self, desk: Desk, session: Session, requests: Sequence[Any]) -> Reply:
        save(desk, session)
        text = qbxml.message_set(requests, version=session.version or "13.0")
        return Reply(text=text.decode("ascii"))

    def _stop(self, desk: Desk, session: Session, error: str) -> Reply:
        save(desk, session.after(error=error))
        return Reply(text="", number=STOP)

    # ------------------------------------------------------ receiveResponseXML

    def early(self, desk: Desk, session: Session, rows: Sequence[Row]) -> Session:
        """Stores some rows of a long answer while the rest arrives."""
        records = [row.record for row in rows if row.result.request_id in ("", session.identifier)]
        return self.rows(desk, session, records)

    def rows(self, desk: Desk, session: Session, records: Sequence[Mapping[str, Any]]) -> Session:
        """Stores some records of an answer to a question."""
        question = desk.question(Query.LISTS) or desk.question(Query.DOCUMENTS)
        if session.asked != "question" or question is None or question.id != session.question:
            return session
        if question.query is Query.LISTS:
            desk.offer(entries=reading.entries_of(session.request, records))
        else:
            documents = reading.documents_of(session.request, records, question)
            desk.offer(documents=documents, question=question)
        newest = max(session.newest, reading.newest_change(records))
        return evolve(session, newest=newest, rows=session.rows + len(records))

    def answered(self, desk: Desk, session: Session, answer: Answer) -> Reply:
        """Deals with a whole answer; the reply says how far the session is.

        An answer to something else (delivered once more) changes nothing.
        """
        asked = session.asked
        if not self._expected(desk, session, answer):
            if session.strays >= _STRAYS:
                return self._stop(desk, session, "QuickBooks answers something else than was asked")
            save(desk, evolve(session, strays=session.strays + 1))
            return Reply(number=min(99, self._percent(desk, session)))
        if asked == "write":
            session = self._write_answered(desk, session, answer)
        elif asked in ("enquiry", "replay", "search"):
            session = self._recovery_answered(desk, session, answer)
        elif asked == "question":
            session = self._question_answered(desk, session, answer)
        elif asked == "activity":
            stopped = self._activity_answered(desk, session, answer)
            if isinstance(stopped, Reply):
                return stopped
            session = stopped
        save(desk, session.after(step=session.step))
        return Reply(number=self._percent(desk, session))

    def _expected(self, desk: Desk, session: Session, answer: Answer) -> bool:
        in_sets = session.asked in ("write", "enquiry", "replay")
        delivery = desk.outstanding() if in_sets else None
        set_id = delivery.attempt_key if delivery is not None else ""
        return is_about(answer, session.identifier, set_id)

    def _percent(self, desk: Desk, session: Session) -> int:
        if session.prepared and not desk.waiting():
            return DONE
        if not session.prepared and not desk.waiting() and session.checked:
            return 99
        whole = max(session.total, session.done + 1)
        return max(1, min(99, 100 * session.done // whole))

    def _write_answered(self, desk: Desk, session: Session, answer: Answer) -> Session:
        delivery = desk.outstanding()
        if delivery is None or delivery.effect != session.effect:
            return session
        desk.settle(delivery.effect, outcome_of(delivery, answer))
        return evolve(session, done=session.done + 1)

    def _recovery_answered(self, desk: Desk, session: Session, answer: Answer) -> Session:
        delivery = desk.outstanding()
        if delivery is None or delivery.effect != session.effect:
            return evolve(session, step="")
        stored = answer.set_status == recovery.STORED
        if session.asked == "enquiry" and not (stored and answer.results):
            return evolve(session, step="replay" if stored else "search")
        if session.asked in ("enquiry", "replay"):
            outcome = outcome_of(delivery, answer)
            if isinstance(outcome, Unknown) or not (stored or answer.set_status is None):
                return evolve(session, step="search")
        else:
            outcome = recovery.outcome_of_search(delivery, answer)
            if isinstance(outcome, Unknown) and not outcome.decide:
                if session.tries < _SEARCHES:
                    return evolve(session, step="search", tries=session.tries + 1)
                outcome = evolve(outcome, decide=True)
        if isinstance(outcome, Posted):
            outcome = evolve(outcome, recovered=True)
        desk.settle(delivery.effect, outcome)
        return evolve(session, step="", tries=0, done=session.done + 1)

    def _question_answered(self, desk: Desk, session: Session, answer: Answer) -> Session:
        question = desk.question(Query.LISTS) or desk.question(Query.DOCUMENTS)
        if question is None or question.id != session.question or not answer.results:
            return session
        result = answer.results[0]
        if result.records:
            session = self.rows(desk, session, result.records)
        position = reading.advance(question, result, session.newest)
        here = reading.position_of(question).step
        moved_on = position is None or position.step != here
        newest = max(session.newest, reading.position_of(question).newest)
        if question.query is Query.LISTS and moved_on and newest:
            marks = dict(desk.recall(WATERMARKS))
            marks[session.request] = max(newest, marks.get(session.request, ""))
            desk.remember(WATERMARKS, marks)
        desk.answered(question, position.text() if position else None)
        return evolve(session, prepared=False) if question.query is Query.LISTS else session

    def _activity_answered(self, desk: Desk, session: Session, answer: Answer) -> Session | Reply:
        """A restored backup stops all writes: what we posted may be gone."""
        result: Result | None = answer.results[0] if answer.results else None
        if result is None or result.status_code != 0:
            return evolve(session, checked=True)
        record = result.records[0] if result.records else {}
        restored = str(record.get("LastRestoreTime", ""))
        known = dict(desk.recall(COMPANY))
        if "restored" in known and restored != known["restored"]:
            desk.remember(COMPANY, {**known, "restored": restored})
            desk.remember(WATERMARKS, {})
            finding = Finding(
                category="restored_backup",
                subject=f"connection {self.connection}",
                message=f"the company file was restored from a backup at {restored}",
            )
            desk.pause(finding)
            return self._stop(desk, evolve(session, checked=True), finding.message)
        if known.get("restored") != restored:
            desk.remember(COMPANY, {**known, "restored": restored})
        return evolve(session, checked=True)

    def failed(self, desk: Desk, session: Session, hresult: str, message: str) -> Reply:
        """QuickBooks could not process the request at all."""
        writing = session.asked in ("write", "replay")
        verdict = fate_of_hresult(hresult, is_write=writing)
        text = " ".join(message.split())
        if session.asked == "write":
            delivery = desk.outstanding()
            if delivery is not None and delivery.effect == session.effect:
                desk.settle(delivery.effect, self._outcome_of_failure(verdict, text, hresult))
        elif session.asked == "question" and verdict.fate is Fate.FIX:
            self._give_up_question(desk, session)
        if verdict.fate is Fate.ENVIRONMENT:
            desk.report(finding_of(verdict, text, "connection_offline"))
        if verdict.fate is Fate.FIX:
            session = self._around(desk, session)
            save(desk, session)
            return Reply(number=self._percent(desk, session))
        return self._stop(desk, session, f"{verdict.cause} {verdict.hint}".strip())

    def _around(self, desk: Desk, session: Session) -> Session:
        """What comes instead of a request that this QuickBooks cannot read: never the same one."""
        if session.asked == "search":
            desk.settle(session.effect, Unknown("QuickBooks cannot search for it", decide=True))
        looking = session.asked in ("enquiry", "replay")
        checked = session.checked or session.asked == "activity"
        return session.after(checked=checked, step="search" if looking else "")

    def unreadable(self, desk: Desk, session: Session, why: str) -> Reply:
        """An answer that makes no sense: a write stays without an outcome until it is looked up."""
        return self._stop(desk, session, f"QuickBooks' answer cannot be read: {why}")

    def _outcome_of_failure(self, verdict: Any, text: str, hresult: str) -> Any:
        if verdict.fate is Fate.VERIFY:
            return Unknown(f"QuickBooks failed while it wrote ({hresult} {text})")
        if verdict.fate is Fate.FIX:
            return Refused(finding=finding_of(verdict, text, "internal"), code=hresult)
        return Absent(f"QuickBooks did not start on it ({hresult})")

    def _give_up_question(self, desk: Desk, session: Session) -> None:
        question = desk.question(Query.LISTS) or desk.question(Query.DOCUMENTS)
        if question is None or question.id != session.question:
            return
        following = reading.position_of(question).step + 1
        more = following < len(reading.steps(question))
        desk.answered(question, reading.Position(step=following).text() if more else None)

    def stray(self, desk: Desk, ticket: str, answer: Answer) -> bool:
        """Evidence with a ticket that was superseded: a stored answer proves what was posted."""
        session = load(desk)
        if not any(hmac.compare_digest(old, hashed(ticket)) for old in session.old):
            return False
        delivery = desk.outstanding()
        if delivery is None or not answer.set_id or answer.set_id != delivery.attempt_key:
            return False
        outcome = outcome_of(delivery, answer)
        if isinstance(outcome, Posted):
            desk.settle(delivery.effect, evolve(outcome, recovered=True))
        return isinstance(outcome, Posted)

    # ------------------------------------------------------------ other calls

    def unreachable(self, desk: Desk, session: Session, hresult: str, message: str) -> str:
        """QuickBooks could not be opened: try the configured path once, then give up."""
        verdict = fate_of_hresult(hresult, is_write=False)
        desk.report(finding_of(verdict, " ".join(message.split()), "connection_offline"))
        if self.config.company_file and session.tries + 1 < _TRIES:
            save(desk, evolve(session, tries=session.tries + 1))
            return self.config.company_file
        save(desk, session.after(error=f"{verdict.cause} {verdict.hint}".strip()))
        return "done"

    def close(self, desk: Desk, session: Session) -> str:
        """Ends the session; a write without an answer stays for the next one."""
        save(desk, Session(old=(*session.old, session.ticket)[-_OLD_TICKETS:]))
        return "OK" if not session.error else session.error
