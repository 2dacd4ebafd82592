"""One application's session: message sets in, answers out."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

from attrs import define, evolve, field, frozen
from lxml import etree

from subledger_quickbooks_desktop.simulator.com import ComError

from . import recovery
from .answer import Outcome, envelope, recovery_data, response
from .books import Books
from .handlers import HANDLERS
from .iterators import Iterators
from .macros import without_macros
from .parse import MessageSet, Reader, Request
from .settings import Settings
from .status import (
    NOT_PROCESSED,
    RefusedError,
    in_use,
    no_permission,
    save_failed,
    severity,
)
from .store import Store
from .text import TextRules

NO_SESSION = ComError("0x8004040D", "The session ticket parameter is not valid.")
_LOST = ComError(
    "0x80040402",
    "Unexpected error. Check the qbsdklog.txt file for possible additional information.",
)
_ERROR = "Error"
_EXTENSION = "DataExt"
_LONGEST_REQUEST_ID = 50
_LOCKED_LIST = "This list has been modified by another user."


@frozen(kw_only=True)
class Machine:
    """What all sessions of one installation share."""

    store: Store
    clock: Callable[[], int]
    rng: random.Random
    lock: threading.RLock
    judge: etree.XMLSchema | None = None


@define(kw_only=True)
class OpenSession:
    """A session that BeginSession granted, see `com.Session`; `human` is QuickBooks' own user."""

    machine: Machine
    app_name: str
    company_file: str
    major_version: int
    minor_version: int
    country: str
    human: bool = False
    _iterators: Iterators = field(init=False)
    _is_open: bool = True
    _reader: tuple[Settings, Reader] | None = None

    def __attrs_post_init__(self) -> None:
        """Open without iterators."""
        limit = self.machine.store.settings.iterator_limit
        self._iterators = Iterators(rng=self.machine.rng, limit=limit)

    def end(self) -> None:
        """End the session; ending twice is harmless."""
        self._is_open = False
        self._iterators.clear()

    def process(self, request: str) -> str:
        """Answer one message set; raise ComError when it was refused as a whole."""
        with self.machine.lock:
            if not self._is_open:
                raise NO_SESSION
            settings = self.machine.store.settings
            if settings.process_error and not self.human:
                raise ComError(settings.process_error, settings.process_message)
            message_set = self._read(request, settings)
            return self._answer(message_set, settings)

    def _read(self, request: str, settings: Settings) -> MessageSet:
        if self._reader is None or self._reader[0] is not settings:
            rules = TextRules(
                replace_unstorable=settings.replace_unstorable,
                trim_trailing=settings.trim_trailing,
            )
            reader = Reader(
                versions=settings.versions,
                rules=rules,
                refuses_raw_characters=settings.refuse_raw_characters,
                is_us=settings.country == "US",
                judge=self.machine.judge,
            )
            self._reader = (settings, reader)
        return self._reader[1].read(request)

    def _answer(self, message_set: MessageSet, settings: Settings) -> str:
        store = self.machine.store
        can_fail = not self.human and any(_is_posting(one) for one in message_set.requests)
        breaks_at = settings.fail_after_requests if can_fail else -1
        with store.transaction():
            decision = recovery.decide(
                store, self.app_name, message_set, in_full=settings.replays_full_answer
            )
            full, short = decision.answer, ""
            if decision.is_new:
                full, short = self._carry_out(message_set, settings, breaks_at)
                if breaks_at < 0:
                    recovery.keep(store, self.app_name, message_set, full, short)
                else:
                    recovery.keep_failure(store, self.app_name, message_set)
            is_lost = can_fail and self._is_lost(
                settings, has_failed=decision.is_new and breaks_at >= 0
            )
        if is_lost:
            raise _LOST
        attributes: list[tuple[str, str]] = []
        if decision.code is not None:
            if message_set.new_id is not None:
                attributes.append(("newMessageSetID", message_set.new_id))
            attributes.append(("messageSetStatusCode", str(decision.code)))
        return envelope(full, attributes)

    def _is_lost(self, settings: Settings, *, has_failed: bool) -> bool:
        if not (has_failed or settings.lose_answers):
            return False
        remaining = settings.lose_answers if has_failed else settings.lose_answers - 1
        done = evolve(settings, fail_after_requests=-1, lose_answers=remaining)
        self.machine.store.set_settings(done)
        return True

    def _carry_out(
        self, message_set: MessageSet, settings: Settings, breaks_at: int
    ) -> tuple[str, str]:
        books = Books(
            store=self.machine.store,
            settings=settings,
            iterators=self._iterators,
            now=self.machine.clock(),
            version=message_set.version,
            human=self.human,
        )
        full: list[str] = []
        short: list[str] = []
        is_stopped = False
        for position, request in enumerate(message_set.requests):
            if position == breaks_at:
                break
            if is_stopped:
                outcome = Outcome(code=3231, message=NOT_PROCESSED)
            else:
                outcome = self._one(books, request)
            full.append(_printed(request, outcome, with_data=message_set.with_data))
            short.append(_printed_short(request, outcome))
            if severity(outcome.code) == _ERROR and message_set.stops_on_error:
                is_stopped = True
        return "".join(full), "".join(short)

    def _one(self, books: Books, request: Request) -> Outcome:
        handler = HANDLERS.get(request.name)
        if handler is None:
            return Outcome(code=1030, message="The request is not supported.")
        if len(request.request_id or "") > _LONGEST_REQUEST_ID:
            return Outcome(code=1060, message="The request ID is too long.")
        try:
            if request.name.endswith("Query"):
                return handler(books, request)
            if not request.name.startswith(_EXTENSION):
                self._check_write(books.settings)
            with books.store.savepoint():
                return handler(books, without_macros(books, request))
        except RefusedError as error:
            books.forget_names()
            return Outcome(code=error.code, message=error.message)

    def _check_write(self, settings: Settings) -> None:
        if self.human:
            return
        if settings.read_only:
            raise no_permission()
        if settings.lock_error_rate and self.machine.rng.random() < settings.lock_error_rate:
            if settings.lock_error_code == in_use("").code:
                raise in_use("")
            raise save_failed("transaction", _LOCKED_LIST)


def _is_posting(request: Request) -> bool:
    return not request.name.endswith("Query") and not request.name.startswith(_EXTENSION)


def _printed(request: Request, outcome: Outcome, *, with_data: bool) -> str:
    return response(request.name, request.request_id, outcome, with_data=with_data)


def _printed_short(request: Request, outcome: Outcome) -> str:
    brief = Outcome(
        code=outcome.code, message=outcome.message, data=recovery_data(outcome.identity)
    )
    return response(request.name, request.request_id, brief, with_data=True)
