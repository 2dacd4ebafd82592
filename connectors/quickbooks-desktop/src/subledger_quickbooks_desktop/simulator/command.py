"""The command that plays QuickBooks Desktop and its Web Connector against a server."""

import asyncio
import json as jsonlib
import os
import random
import sqlite3
import ssl
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from attrs import asdict, evolve, field, frozen

from .desk import Desk, open_desk
from .faults import FaultPlan, Faults
from .quickbooks import CompanyFile, create_sample_company
from .web_connector import (
    Behaviour,
    ConnectorError,
    HttpTransport,
    RunResult,
    UpdateLock,
    WebConnector,
    add_to_company,
    load_qwc,
)
from .web_connector.connector import NO_OWNER

_WRONG_USE = 2


def simulate_quickbooks_desktop(
    *,
    company: Path,
    connect: str = "",
    username: str = "",
    password_env: str = "",
    runs: int = 1,
    every: float = 0.0,
    fault: str = "",
    log: Path | None = None,
    trial_balance: bool = False,
    documents: bool = False,
    json: bool = False,
    create: bool = True,
    closing_date: str = "",
    seed: int = 1,
    noop_seconds: float = 5.0,
    ca: Path | None = None,
) -> None:
    """Let QuickBooks Desktop poll a server through its Web Connector, and show the books.

    The exit status is 1 when a run ended with an error and no fault was asked for, 2 when the
    options make no sense.

    Parameters
    ----------
    company
        Company file of the simulator; the sample company is made when it does not exist.
    connect
        URL of the SOAP service to poll, or the path of a .qwc file; without it nothing is polled.
    username
        User name for the service; the one of the .qwc file by default.
    password_env
        Name of the environment variable that holds the password.
    runs
        How often to update.
    every
        Seconds between the runs, as Auto-Run does it: the server may ask for longer pauses. With
        0 the runs follow each other as if the user clicked Update.
    fault
        What goes wrong, such as "lost-answer@3,cut=receiveResponseXML@2,slow=0.2".
    log
        Append the log lines to this file too.
    trial_balance
        Print the balance of every account at the end, debit positive.
    documents
        Print the documents of the company at the end.
    json
        Print runs, trial balance and documents as one JSON value; log lines go to stderr.
    create
        Make the sample company when the company file does not exist.
    closing_date
        Closing date of a new sample company, as YYYY-MM-DD.
    seed
        Seed of the random faults and of everything random in QuickBooks.
    noop_seconds
        Pause after NoOp.
    ca
        Certificate file that an https server is trusted by, instead of the system's.

    """
    with ExitStack() as stack:
        try:
            plan = FaultPlan.parse(fault)
            application = _application(connect, username, password_env, ca) if connect else None
            books = _open(company, create=create, closing_date=closing_date, seed=seed)
            stack.callback(books.close)
            if application and application.file_id:
                add_to_company(
                    books,
                    app_name=application.app_name,
                    owner_id=application.owner_id,
                    file_id=application.file_id,
                )
        except (ValueError, OSError, sqlite3.Error, ConnectorError) as error:
            sys.stderr.write(f"{error}\n")
            raise SystemExit(_WRONG_USE) from error
        results: list[RunResult] = []
        if application:
            computer = _Computer(
                application=application,
                books=books,
                faults=Faults(plan, rng=random.Random(seed)),  # noqa: S311 - repeatable
                desk=stack.enter_context(open_desk(books, _now)),
                write=_writer(stack, log, sys.stderr.write if json else sys.stdout.write),
                behaviour=Behaviour(noop_seconds=noop_seconds),
                lock=UpdateLock(company.with_name(f"{company.name}.lock")),
            )
            results = asyncio.run(_poll(computer, runs, every))
        _show(books, results, trial_balance=trial_balance, documents=documents, as_json=json)
    if not plan.faults and any(result.failed for result in results):
        raise SystemExit(1)


@frozen(kw_only=True)
class _Application:
    """The application as it is known to the Web Connector of the command."""

    url: str
    app_name: str
    username: str
    password: str = field(repr=False)
    owner_id: str
    file_id: str
    tls: ssl.SSLContext | None


@frozen(kw_only=True)
class _Computer:
    """A computer with QuickBooks, a Web Connector and a person."""

    application: _Application
    books: CompanyFile
    faults: Faults
    desk: Desk
    write: Callable[[str], None]
    behaviour: Behaviour
    lock: UpdateLock
    machine: str = "SIMULATED-PC"

    def connector(self) -> WebConnector:
        """Its Web Connector."""
        application = self.application
        return WebConnector(
            HttpTransport(application.url, tls=application.tls),
            self.books,
            username=application.username,
            password=application.password,
            app_name=application.app_name,
            app_url=application.url,
            owner_id=application.owner_id,
            machine=self.machine,
            clock=_now,
            log=self.write,
            faults=self.faults,
            door=self.desk,
            lock=self.lock,
            behaviour=self.behaviour,
        )


async def _poll(computer: _Computer, runs: int, every: float) -> list[RunResult]:
    computers = [computer]
    if computer.faults.plan.two_connectors:
        computers.append(evolve(computer, machine="SECOND-PC", lock=UpdateLock()))
    polls = (_updates(each.connector(), runs, every) for each in computers)
    return [result for results in await asyncio.gather(*polls) for result in results]


async def _updates(connector: WebConnector, runs: int, every: float) -> list[RunResult]:
    if every > 0:
        return list(await connector.run(runs, every))
    return [await connector.run_once() for _ in range(runs)]


def _application(connect: str, username: str, password_env: str, ca: Path | None) -> _Application:
    tls = ssl.create_default_context(cafile=str(ca)) if ca else None
    password = os.environ.get(password_env, "")
    if not password:
        raise ValueError(f"--password-env: the environment variable {password_env!r} is not set")
    if not connect.endswith(".qwc"):
        HttpTransport(connect, tls=tls)
        return _Application(
            url=connect,
            app_name="subledger",
            username=username,
            password=password,
            owner_id=NO_OWNER,
            file_id="",
            tls=tls,
        )
    loaded = load_qwc(Path(connect))
    return _Application(
        url=loaded.app_url,
        app_name=loaded.app_name,
        username=username or loaded.username,
        password=password,
        owner_id=loaded.owner_id,
        file_id=loaded.file_id,
        tls=tls,
    )


def _open(company: Path, *, create: bool, closing_date: str, seed: int) -> CompanyFile:
    closed = date.fromisoformat(closing_date) if closing_date else None
    is_new = not company.exists()
    if is_new and not create:
        raise ValueError(f"--company: there is no file {company}")
    rng = random.Random(seed)  # noqa: S311 - repeatable, nothing secret
    books = CompanyFile(company, _now, rng=rng)
    if is_new:
        year_start = _now().date().replace(month=1, day=1)
        create_sample_company(books, year_start=year_start, closing_date=closed)
    return books


def _writer(
    stack: ExitStack, log: Path | None, show: Callable[[str], object]
) -> Callable[[str], None]:
    file = stack.enter_context(log.open("a", encoding="utf-8")) if log else None

    def write(line: str) -> None:
        show(f"{line}\n")
        if file:
            file.write(f"{line}\n")

    return write


def _show(
    books: CompanyFile,
    results: list[RunResult],
    *,
    trial_balance: bool,
    documents: bool,
    as_json: bool,
) -> None:
    balances = books.trial_balance() if trial_balance else {}
    rows = books.documents() if documents else []
    if as_json:
        value: dict[str, Any] = {"runs": [asdict(result) for result in results]}
        if trial_balance:
            value["trial_balance"] = balances
        if documents:
            value["documents"] = rows
        sys.stdout.write(jsonlib.dumps(value, default=_plain, indent=2) + "\n")
        return
    for name, balance in balances.items():
        sys.stdout.write(f"{balance:>16,.2f}  {name}\n")
    for row in rows:
        text = "{date}  {type:<20} {amount:>14,.2f}  {account}  {payee}  {memo}".format(**row)
        sys.stdout.write(f"{text.rstrip()}\n")


def _plain(value: object) -> str:
    if isinstance(value, Decimal | date):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _now() -> datetime:
    return datetime.now(UTC)
