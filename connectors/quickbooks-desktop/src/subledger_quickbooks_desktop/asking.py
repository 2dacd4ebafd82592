"""What QuickBooks is asked next: safety first, then lists, writes, documents, records.

Source: QuickBooks Web Connector Programmer's Guide, chapter 8 (sendRequestXML).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from subledger.errors import RecordRejected
from subledger.model import Reference
from subledger.model.kinds import ACCOUNT
from subledger.ports import Delivery, Desk, Query, Question, Unknown
from subledger_quickbooks_desktop import reading, reading_records, recovery
from subledger_quickbooks_desktop.company import style_of, with_newest_guard
from subledger_quickbooks_desktop.config import QuickBooksDesktopConfig
from subledger_quickbooks_desktop.opening import Opening
from subledger_quickbooks_desktop.position import Position, position_of
from subledger_quickbooks_desktop.render import Style, TypeOf, render, request_id
from subledger_quickbooks_desktop.state import BACKLOG, NO_OP, Reply, Session, save, stop
from subledger_quickbooks_desktop.wire import qbxml
from subledger_quickbooks_desktop.wire.checks import check_request

WATERMARKS = "watermarks"
"""Note of the newest change seen of each list, by request."""


@frozen(kw_only=True)
class Asking:
    """Steps of sendRequestXML; each is a plain function of the desk."""

    config: QuickBooksDesktopConfig
    opening: Opening

    def style(self, desk: Desk, delivery: Delivery) -> Style:
        """The connection's choices for documents, and what its company has."""
        return style_of(desk, delivery, self.config.transfers)

    def ask(
        self, desk: Desk, session: Session, arguments: Mapping[str, str], file_id: str
    ) -> Reply:
        """The next request; nothing before the company file has told which one it is."""
        if arguments.get("strHCPResponse"):
            known = self.opening.hello(desk, session, arguments, file_id)
            return known if isinstance(known, Reply) else self.next(desk, known)
        if not session.version and self.config.check_file_id:
            nameless = "the Web Connector did not tell which company file is open"
            return stop(desk, session, session.error or f"{nameless}. Nothing was sent.")
        return self.next(desk, session)

    def next(self, desk: Desk, session: Session) -> Reply:
        """The next request of the session: safety first, then lists, writes, documents, records."""
        unsettled = desk.outstanding()
        if session.asked and unsettled is not None and session.effect == unsettled.effect:
            desk.settle(unsettled.effect, Unknown("the answer to the last request did not come"))
            unsettled = desk.outstanding()
        if not session.checked:
            query = qbxml.build("CompanyActivityQueryRq", requestID="activity")
            return self._send(desk, session.after("activity", identifier="activity"), [query])
        if unsettled is not None:
            return self._recover(desk, session, unsettled)
        question = desk.question(Query.LISTS) or _awaited(desk)
        if question is not None:
            return self._read(desk, session, question)
        if not session.prepared:
            if desk.staged():
                return Reply(prepare=True)
            session = self._all_planned(desk, session)
        if not self.config.read_only:
            claimed = desk.claim(lambda delivery: self._render(desk, session, delivery))
            if claimed is not None:
                save(desk, self._writing(session, "write", claimed))
                return Reply(text=claimed.payload.decode("ascii"))
        question = desk.question(Query.DOCUMENTS)
        question = question or desk.question(Query.RECORDS)
        if question is not None:
            return self._read(desk, session, question)
        save(desk, session.after(error=""))
        return Reply()

    def prepared(self, desk: Desk, session: Session, *, more: bool) -> Reply:
        """Goes on once everything staged is planned; while more is left, QuickBooks waits.

        What planning waits for is read first.
        """
        if more and _awaited(desk) is not None:
            return self.next(desk, session)
        if more:
            save(desk, evolve(session, error=NO_OP))
            return Reply(text=NO_OP)
        return self.next(desk, self._all_planned(desk, session))

    def _all_planned(self, desk: Desk, session: Session) -> Session:
        total = session.done + desk.backlog(BACKLOG)
        return evolve(session, prepared=True, error="", total=total)

    def _render(self, desk: Desk, session: Session, delivery: Delivery) -> bytes:
        delivery = with_newest_guard(desk, delivery)
        style = self.style(desk, delivery)
        request = render(delivery, self._type_of(desk), style)
        problems = check_request(request, edition=style.edition)
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

    def _type_of(self, desk: Desk) -> TypeOf:
        def type_of(reference: Reference) -> str:
            entry = desk.entry(reference.kind, reference.id) if reference.id else None
            return entry.subtype if entry else ""

        return type_of

    def _recover(self, desk: Desk, session: Session, delivery: Delivery) -> Reply:
        """An unknown outcome: status enquiry, then the stored answer, then a search."""
        version = session.version or "13.0"
        if session.step == "replay":
            save(desk, self._writing(session, "replay", delivery))
            return Reply(text=delivery.payload.decode("ascii"))
        if session.step == "search":
            name = f"find-{delivery.effect}"
            style = self.style(desk, delivery)
            query = recovery.search(delivery, self._type_of(desk), style, name)
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
        position = self._prepared(desk, question)
        if position.text() != question.position:
            question = evolve(question, position=position.text())
            desk.answered(question, question.position)
        if reading.is_over(question, position):
            desk.answered(question, None, cursor=reading.cursor(question, position))
            return self.next(desk, session)
        place = position.pending[0][1] if position.asked else position.seen
        identifier = f"q{question.id}-{position.step}-{place}"
        request = reading.request(question, marks, self.config.page_size, identifier)
        asked = session.after(
            "question", question=question.id, request=str(request.tag), identifier=identifier
        )
        return self._send(desk, asked, [request])

    def _prepared(self, desk: Desk, question: Question) -> Position:
        """The question's position, with what its requests depend on."""
        position = position_of(question)
        if question.query is Query.RECORDS:
            return reading_records.prepared(question, position)
        if question.query is Query.DOCUMENTS and not question.position:
            account = desk.named(ACCOUNT, question.account)
            return Position(account_type=account.subtype if account else "")
        return position

    def _send(self, desk: Desk, session: Session, requests: Sequence[Any]) -> Reply:
        save(desk, session)
        text = qbxml.message_set(requests, version=session.version or "13.0")
        return Reply(text=text.decode("ascii"))


def _awaited(desk: Desk) -> Question | None:
    """The question for documents whose answer a flow waits for before it plans anything."""
    question = desk.question(Query.DOCUMENTS)
    return question if question is not None and question.flow else None
