"""What QuickBooks' answer means for the effect or the question that it belongs to.

Source: QuickBooks Web Connector Programmer's Guide, chapter 8 (receiveResponseXML).
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from subledger.findings import Finding
from subledger.ports import Absent, Desk, Outcome, Posted, Query, Question, Refused, Unknown
from subledger_quickbooks_desktop import company, reading, reading_records, recovery
from subledger_quickbooks_desktop.asking import WATERMARKS
from subledger_quickbooks_desktop.interpret import finding_of, is_about, outcome_of
from subledger_quickbooks_desktop.opening import COMPANY
from subledger_quickbooks_desktop.position import Position, position_of
from subledger_quickbooks_desktop.state import DONE, Reply, Session, hashed, load, save, stop
from subledger_quickbooks_desktop.wire.qbxml import Answer, Result, Row
from subledger_quickbooks_desktop.wire.statuses import Fate, Verdict, fate_of_hresult

_SEARCHES = 3
_STRAYS = 5
_NEARLY = 99
UNREAD = "unavailable"
"""Category of a finding about records that QuickBooks does not hand over."""


@frozen(kw_only=True)
class Answering:
    """Steps of receiveResponseXML; each is a plain function of the desk."""

    connection: str

    def early(self, desk: Desk, session: Session, rows: Sequence[Row]) -> Session:
        """Stores some rows of a long answer while the rest arrives."""
        records = [row.record for row in rows if row.result.request_id in ("", session.identifier)]
        return self.rows(desk, session, records)

    def rows(self, desk: Desk, session: Session, records: Sequence[Mapping[str, Any]]) -> Session:
        """Stores some records of an answer to a question."""
        question = _asked(desk, session)
        if session.asked != "question" or question is None:
            return session
        if question.query is Query.LISTS:
            desk.offer(entries=reading.entries_of(session.request, records))
        elif question.query is Query.RECORDS:
            raws = reading_records.raw_records(session.request, records)
            desk.offer(records=raws, question=question)
            position = position_of(question)
            more = reading_records.with_named(position, question, session.request, records)
            if more != position:
                desk.answered(question, more.text())
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
                return stop(desk, session, "QuickBooks answers something else than was asked")
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
        outcome = outcome_of(delivery, answer)
        if company.needs_look(desk, delivery, outcome):
            return evolve(session, step="search")
        desk.settle(delivery.effect, outcome)
        company.learn(desk, delivery, outcome, answer)
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
            if company.needs_look(desk, delivery, outcome):
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
        company.learn(desk, delivery, outcome, answer)
        return evolve(session, step="", tries=0, done=session.done + 1)

    def _question_answered(self, desk: Desk, session: Session, answer: Answer) -> Session:
        if not answer.results:
            return session
        result = answer.results[0]
        if result.records:
            session = self.rows(desk, session, result.records)
        question = _asked(desk, session)
        if question is None:
            return session
        before, position = position_of(question), reading.advance(question, result, session.newest)
        newest = max(session.newest, before.newest)
        if question.query is Query.LISTS and position.step != before.step and newest:
            marks = dict(desk.recall(WATERMARKS))
            marks[session.request] = max(newest, marks.get(session.request, ""))
            desk.remember(WATERMARKS, marks)
        if position.failed != before.failed:
            verdict = reading.verdict_on(result)
            desk.report(finding_of(verdict, result.message, UNREAD))
        _move_on(desk, question, position)
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
            return stop(desk, evolve(session, checked=True), finding.message)
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
            self._give_up_question(desk, session, finding_of(verdict, text, UNREAD))
        if verdict.fate is Fate.ENVIRONMENT:
            desk.report(finding_of(verdict, text, "connection_offline"))
            desk.remember(COMPANY, {**desk.recall(COMPANY), "trouble": True})
        if verdict.fate is Fate.FIX:
            session = self._around(desk, session)
            save(desk, session)
            return Reply(number=self._percent(desk, session))
        return stop(desk, session, f"{verdict.cause} {verdict.hint}".strip())

    def _around(self, desk: Desk, session: Session) -> Session:
        """What comes instead of a request that this QuickBooks cannot read: never the same one."""
        if session.asked == "search":
            desk.settle(session.effect, Unknown("QuickBooks cannot search for it", decide=True))
        looking = session.asked in ("enquiry", "replay")
        checked = session.checked or session.asked == "activity"
        return session.after(checked=checked, step="search" if looking else "")

    def unreadable(self, desk: Desk, session: Session, why: str) -> Reply:
        """An answer that makes no sense: a write stays without an outcome until it is looked up.

        Where even the stored answer makes none, a person has to look; the others go on.
        """
        if session.asked in ("enquiry", "replay"):
            cause = f"QuickBooks' stored answer cannot be read: {why}"
            desk.settle(session.effect, Unknown(cause, decide=True))
        return stop(desk, session, f"QuickBooks' answer cannot be read: {why}")

    def _outcome_of_failure(self, verdict: Verdict, text: str, hresult: str) -> Outcome:
        if verdict.fate is Fate.VERIFY:
            return Unknown(f"QuickBooks failed while it wrote ({hresult} {text})")
        if verdict.fate is Fate.FIX:
            return Refused(finding=finding_of(verdict, text, "internal"), code=hresult)
        return Absent(f"QuickBooks did not start on it ({hresult})")

    def _give_up_question(self, desk: Desk, session: Session, finding: Finding) -> None:
        question = _asked(desk, session)
        if question is None:
            return
        if question.query is Query.RECORDS:
            desk.report(finding)
        _move_on(desk, question, reading.following(question, failed=True))

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


def _asked(desk: Desk, session: Session) -> Question | None:
    """The question that the last request was put for."""
    oldest = (desk.question(query) for query in Query)
    return next((one for one in oldest if one and one.id == session.question), None)


def _move_on(desk: Desk, question: Question, position: Position) -> None:
    """Moves a question on; a flow's keeps what it has read."""
    if not reading.is_over(question, position):
        desk.answered(question, position.text())
        return
    if question.query is Query.RECORDS and not position.failed:
        desk.clear(UNREAD)
    desk.answered(question, None, cursor=reading.cursor(question, position))
