"""The company file as an installation of QuickBooks has it open: sessions, controls, reports."""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path, PureWindowsPath
from typing import Any

from attrs import evolve
from lxml import etree

from subledger_quickbooks_desktop.simulator.com import ComError

from . import reports
from .company_info import LAST_RESTORE
from .human import Human
from .session import Machine, OpenSession
from .settings import Settings
from .store import Store
from .times import LocalTime

_BEGIN_TEXTS = {
    "0x80040401": "Could not access QuickBooks.",
    "0x80040408": "Could not start QuickBooks.",
    "0x8004040A": "A QuickBooks company data file is already open and it is different from the one"
    " requested.",
    "0x80040410": "The QuickBooks company data file is currently open in a mode other than the one"
    " specified by your application.",
    "0x80040414": "A modal dialog box is showing in the QuickBooks user interface. Your application"
    " cannot access QuickBooks until the user dismisses the dialog box.",
    "0x80040416": "If QuickBooks is not running, the company file name must be given.",
    "0x8004041A": "This application does not have permission to access this QuickBooks company data"
    " file.",
    "0x8004041D": "This application is not allowed to log into this QuickBooks company data file"
    " automatically.",
    "0x80040420": "The QuickBooks user has denied access.",
    "0x80040422": "This application requires Single User file access mode.",
}


class CompanyFile:
    """A company file and the QuickBooks that has it open; see `com.RequestProcessor`.

    `clock` is the PC's clock: an aware moment, or a naive one in the company's time zone. `rng`
    makes iterator ids and picks lock errors. `xsd` names the official schema's entry file, for a
    second judge of every request.
    """

    def __init__(
        self,
        path: str | Path,
        clock: Callable[[], dt.datetime],
        *,
        rng: random.Random | None = None,
        xsd: Path | None = None,
    ) -> None:
        """Open the file at `path` (":memory:" for none), making it when it is new."""
        self.store = Store(path)
        self._clock = clock
        self.machine = Machine(
            store=self.store,
            clock=self._epoch,
            rng=rng or random.Random(0),  # noqa: S311 - repeatable, nothing secret
            lock=threading.RLock(),
            judge=etree.XMLSchema(etree.parse(str(xsd))) if xsd else None,
        )
        self.human = Human(session=self._session("QuickBooks", human=True))

    def close(self) -> None:
        """Close the file."""
        self.store.close()

    def begin_session(self, *, company_file: str, app_name: str) -> OpenSession:
        """Grant a session, or raise ComError with the BeginSession error that is set."""
        settings = self.settings
        if settings.begin_session_error:
            code = settings.begin_session_error
            text = settings.begin_session_message or _BEGIN_TEXTS.get(code, "")
            raise ComError(code, text)
        if company_file and not _is_same(company_file, settings.company_file):
            code = "0x8004040A"
            raise ComError(code, _BEGIN_TEXTS[code])
        return self._session(app_name)

    @property
    def settings(self) -> Settings:
        """The switches as they stand now, whichever process set them."""
        with self.machine.lock:
            return self.store.settings

    def configure(self, **changes: Any) -> Settings:
        """Change switches by name, durably and for every process that has the file open."""
        with self.machine.lock, self.store.transaction():
            settings = evolve(self.store.settings, **changes)
            self.store.set_settings(settings)
        return settings

    def backup(self, path: str | Path) -> None:
        """Write a complete copy of the company file."""
        with self.machine.lock:
            self.store.copy_to(path)

    def restore(self, path: str | Path) -> None:
        """Go back to a copy: what came after is gone, stored answers too; LastRestoreTime moves."""
        with self.machine.lock:
            self.store.copy_from(path)
            with self.store.transaction():
                self.store.note_fact(LAST_RESTORE, str(self._epoch()))

    def balance(self, account: str) -> Decimal:
        """An account's own balance by full name, debit positive."""
        with self.machine.lock:
            return reports.balance(self.store, account)

    def trial_balance(self) -> dict[str, Decimal]:
        """Every account's balance, debit positive."""
        with self.machine.lock:
            return reports.trial_balance(self.store)

    def documents(self) -> list[dict[str, Any]]:
        """Every document with its lines, in the order of dates."""
        with self.machine.lock:
            return reports.documents(self.store)

    def postings(self, txn_id: str) -> list[tuple[str, Decimal]]:
        """The double entry behind a document: account by full name, and amount, debit positive."""
        with self.machine.lock:
            return reports.postings(self.store, txn_id)

    def _session(self, app_name: str, *, human: bool = False) -> OpenSession:
        settings = self.store.settings
        return OpenSession(
            machine=self.machine,
            app_name=app_name,
            company_file=settings.company_file,
            major_version=settings.major_version,
            minor_version=settings.minor_version,
            country=settings.country,
            human=human,
        )

    def _epoch(self) -> int:
        return LocalTime(zone=self.store.settings.time_zone).epoch(self._clock())


def _is_same(left: str, right: str) -> bool:
    return PureWindowsPath(left) == PureWindowsPath(right)
