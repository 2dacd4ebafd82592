"""The QuickBooks Web Connector: polls one application, once or again and again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from random import Random

from attrs import frozen

from subledger_quickbooks_desktop.simulator.com import RequestProcessor
from subledger_quickbooks_desktop.simulator.faults import BooksDoor, FaultPlan, Faults

from .errors import ConnectorError
from .journal import Journal
from .lock import UpdateLock
from .service import Service
from .settings import Behaviour
from .transport import Transport
from .update import Account, KilledError, Update

# An OwnerID of nobody, for an application that came without a .qwc file.
NO_OWNER = "{00000000-0000-0000-0000-000000000001}"


@frozen(kw_only=True)
class RunResult:
    """What one run did: `percent` is the last one received, `error` a code QBWC1000-1048.

    `complaint` is what getLastError said, `status` the text of closeConnection or of the refusal.
    `killed` means that the plan of faults ended the Web Connector in mid-session.
    """

    calls: tuple[str, ...]
    error: str | None = None
    message: str = ""
    status: str = ""
    complaint: str = ""
    percent: int | None = None
    rounds: int = 0
    writes: int = 0
    postpone_seconds: int | None = None
    minimum_interval_seconds: int | None = None
    killed: bool = False

    @property
    def failed(self) -> bool:
        """Whether the user sees an error."""
        return self.error is not None or self.killed or (self.percent or 0) < 0


class WebConnector:
    """One application in one Web Connector.

    `transport` reaches the server, `processor` is QuickBooks. `clock` gives aware datetimes. Give
    the Web Connectors of one computer the same `lock`. `door` is needed when the plan of `faults`
    touches the books.
    """

    def __init__(
        self,
        transport: Transport,
        processor: RequestProcessor,
        *,
        username: str,
        password: str,
        app_name: str,
        clock: Callable[[], datetime],
        app_url: str = "",
        owner_id: str = NO_OWNER,
        machine: str = "SIMULATED-PC",
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        log: Callable[[str], None] | None = None,
        faults: Faults | None = None,
        door: BooksDoor | None = None,
        lock: UpdateLock | None = None,
        behaviour: Behaviour | None = None,
    ) -> None:
        self._account = Account(
            app_name=app_name,
            username=username,
            password=password,
            owner_id=owner_id,
            machine=machine,
        )
        self._transport = transport
        self._processor = processor
        self._app_url = app_url
        self._clock = clock
        self._sleep = sleep
        self._journal = Journal(log, clock)
        self._faults = faults or Faults(FaultPlan(), rng=Random(1))  # noqa: S311 - no secret
        self._door = door
        self._lock = lock or UpdateLock(sleep=sleep)
        self._behaviour = behaviour or Behaviour()
        if self._faults.plan.touches_books and door is None:
            raise ValueError("this fault plan touches the books: a BooksDoor is needed")

    async def run_once(self, *, scheduled: bool = False) -> RunResult:
        """Update once; `scheduled` is Auto-Run, which alone honours postponements."""
        await self._lock.acquire()
        try:
            self._update_lock_line("locked")
            return await self._run(scheduled=scheduled)
        finally:
            self._update_lock_line("unlocked")
            self._lock.release()

    async def run(self, runs: int, every: float) -> Sequence[RunResult]:
        """Auto-Run: update `runs` times, `every` so many seconds or as the server asks."""
        results: list[RunResult] = []
        for left in range(runs - 1, -1, -1):
            results.append(await self.run_once(scheduled=True))
            if left:
                await self._sleep(next_run_in(results[-1], every))
        return results

    async def _run(self, *, scheduled: bool) -> RunResult:
        journal = self._journal
        service = Service(self._transport, journal, self._faults, self._behaviour.call_timeout)
        update = Update(
            account=self._account,
            service=service,
            processor=self._prepare_books(),
            behaviour=self._behaviour,
            faults=self._faults,
            journal=journal,
            clock=self._clock,
            sleep=self._sleep,
            scheduled=scheduled,
        )
        error: ConnectorError | None = None
        killed = True  # until the session ended by itself: a cancelled task dies in mid-session
        try:
            self._introduce()
            await update.perform()
            killed = False
        except ConnectorError as failure:
            error, killed = failure, False
        except KilledError as death:
            journal.line("Simulator", f"the Web Connector dies here ({death})")
        finally:
            trouble = update.leave(killed=killed)
            await service.disconnect()
        if error is None and trouble:
            journal.line("SOAPWebService.CloseQuickBooks", trouble)
        return self._result(update, error, killed=killed)

    def _introduce(self) -> None:
        place = "SOAPWebService.instantiateWebService"
        self._journal.line(place, "Initiated connection to the following application.")
        self._journal.line(place, f"AppName: {self._account.app_name}")
        self._journal.line(place, f"AppURL: {self._app_url}")
        if not self._account.password:
            raise ConnectorError("QBWC1030", self._account.app_name)

    def _prepare_books(self) -> RequestProcessor:
        processor = self._processor
        for name in self._faults.run():
            assert self._door is not None  # noqa: S101 - checked when it was made
            if name == "wrong-company":
                processor, done = self._door.other_company(), "another company is open"
            elif name == "restored-backup":
                done = self._door.restore_backup()
            elif name == "user-edit":
                done = self._door.edit_something()
            else:
                done = self._door.delete_something()
            self._journal.line("Simulator", f"{name}: {done}")
        return processor

    def _result(self, update: Update, error: ConnectorError | None, *, killed: bool) -> RunResult:
        if error is None and update.scheduled and update.complaint:
            error = ConnectorError("QBWC1031", update.complaint)
        place = "WebServiceManager.DoUpdateSelected"
        if error is not None:
            self._journal.line(place, str(error))
        elif not killed:
            self._journal.line(place, f"Update ended: {update.complaint or update.status}")
        admission = update.admission
        return RunResult(
            calls=tuple(update.service.calls),
            error=error.code if error else None,
            message=str(error) if error else "",
            status=update.status,
            complaint=update.complaint,
            percent=update.percent,
            rounds=update.rounds,
            writes=update.writes,
            postpone_seconds=admission.postpone_seconds if admission else None,
            minimum_interval_seconds=admission.minimum_interval_seconds if admission else None,
            killed=killed,
        )

    def _update_lock_line(self, state: str) -> None:
        stars = "*" * 21
        text = f"{stars} Update session {state} {stars}"
        self._journal.line("RegistryManager.setUpdateLock", text)


def next_run_in(last: RunResult, every: float) -> float:
    """Seconds to the next scheduled run: a postponement wins, else the floor of the server.

    Source: QuickBooks Web Connector Programmer's Guide, chapter 10, authenticate.
    """
    if last.postpone_seconds:
        return float(last.postpone_seconds)
    return max(every, float(last.minimum_interval_seconds or 0))
