"""The beginning and the end of a session: tickets, the right company file, and goodbye.

Source: QuickBooks Web Connector Programmer's Guide, chapters 5 and 8.
"""

import hashlib
from collections.abc import Mapping

from attrs import define, evolve, field, frozen

from subledger.findings import Finding
from subledger.ports import Desk, Query, Unknown
from subledger_quickbooks_desktop import back_off
from subledger_quickbooks_desktop.company import remember_edition, remember_sales_tax
from subledger_quickbooks_desktop.config import OWNER_ID, QuickBooksDesktopConfig
from subledger_quickbooks_desktop.interpret import finding_of
from subledger_quickbooks_desktop.position import position_of
from subledger_quickbooks_desktop.state import (
    OLD_TICKETS,
    Reply,
    Session,
    hashed,
    load,
    save,
    stop,
)
from subledger_quickbooks_desktop.wire.hcp import CompanyFacts, parse_hcp
from subledger_quickbooks_desktop.wire.statuses import fate_of_hresult
from subledger_quickbooks_desktop.wire.versions import negotiate
from subledger_quickbooks_desktop.wire.xml import HostileXml

COMPANY = "company"
"""Note about the company file: its name, and when it was last restored."""
_TRIES = 2


@define
class LastFacts:
    """What was told about the company file last; the same text is read only once."""

    _digest: bytes = b""
    _facts: CompanyFacts = field(factory=CompanyFacts)

    def read(self, text: str) -> CompanyFacts:
        """The facts of a strHCPResponse. Raises HostileXml."""
        digest = hashlib.blake2b(text.encode(), digest_size=32).digest()
        if digest != self._digest:
            self._facts = parse_hcp(text, owner_id=OWNER_ID)
            self._digest = digest
        return self._facts


@frozen(kw_only=True)
class Opening:
    """Steps that open and close a session; each is a plain function of the desk."""

    config: QuickBooksDesktopConfig
    connection: str
    facts: LastFacts = field(factory=LastFacts, eq=False, repr=False)

    def open(self, desk: Desk, token: str, epoch: int) -> str | None:
        """Opens a session and returns its ticket; None where there is nothing to do.

        A write of an earlier session without an answer becomes unknown: it is settled first. After
        a session that broke off before it planned what the lists had changed there is planning to
        do, although nothing waits yet.
        """
        last = load(desk)
        planned = last.prepared or not last.ticket
        if planned and not desk.waiting():
            return None
        unsettled = desk.outstanding()
        if unsettled is not None:
            desk.settle(unsettled.effect, Unknown("the session ended before QuickBooks answered"))
        for query in Query:
            question = desk.question(query)
            if question is not None and question.position:
                restart = evolve(position_of(question), iterator="")
                desk.answered(question, restart.text())
        old = (*last.old, last.ticket)[-OLD_TICKETS:] if last.ticket else last.old
        ticket = f"{token}-{epoch}"
        save(desk, Session(ticket=hashed(ticket), old=tuple(old)))
        return ticket

    def later(self, desk: Desk, *, work: bool) -> int:
        """For how many seconds the Web Connector is asked to stay away; 0 for its own schedule."""
        if work:
            return back_off.with_work(desk)
        return back_off.without_work(desk, self.config.back_off, self.config.run_every)

    def hello(
        self, desk: Desk, session: Session, arguments: Mapping[str, str], file_id: str
    ) -> Session | Reply:
        """The first call tells about the company file; a wrong one gets nothing."""
        session = evolve(session, version="")
        try:
            facts = self.facts.read(arguments.get("strHCPResponse", ""))
        except HostileXml as error:
            return stop(desk, session, f"the company information cannot be read: {error}")
        wrong = self._wrong_company(desk, facts, file_id)
        if wrong:
            finding = Finding(
                category="wrong_company", subject=f"connection {self.connection}", message=wrong
            )
            self._trouble(desk, finding)
            return stop(desk, session, f"{wrong}. Nothing was sent.")
        self._end_trouble(desk)
        if facts.closing_date is not None or facts.product:
            desk.closing_date(facts.closing_date)
        remember_sales_tax(desk, facts)
        remember_edition(desk, facts)
        version = negotiate(
            facts.supported_versions,
            arguments.get("qbXMLMajorVers", ""),
            arguments.get("qbXMLMinorVers", ""),
        )
        return evolve(session, version=str(version))

    def _trouble(self, desk: Desk, finding: Finding) -> None:
        desk.report(finding)
        desk.remember(COMPANY, {**desk.recall(COMPANY), "trouble": True})

    def _end_trouble(self, desk: Desk) -> None:
        known = dict(desk.recall(COMPANY))
        if known.pop("trouble", False):
            desk.clear("wrong_company")
            desk.clear("connection_offline")
            desk.remember(COMPANY, known)

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

    def unreachable(self, desk: Desk, session: Session, hresult: str, message: str) -> str:
        """QuickBooks could not be opened: try the configured path once, then give up."""
        verdict = fate_of_hresult(hresult, is_write=False)
        text = " ".join(message.split())
        self._trouble(desk, finding_of(verdict, text, "connection_offline"))
        if self.config.company_file and session.tries + 1 < _TRIES:
            save(desk, evolve(session, tries=session.tries + 1))
            return self.config.company_file
        save(desk, session.after(error=f"{verdict.cause} {verdict.hint}".strip()))
        return "done"

    def close(self, desk: Desk, session: Session) -> str:
        """Ends the session; a write without an answer stays for the next one."""
        back_off.ended(desk, session, closed_books=bool(desk.recall(COMPANY).get("trouble")))
        save(desk, Session(old=(*session.old, session.ticket)[-OLD_TICKETS:]))
        return "OK" if not session.error else session.error
