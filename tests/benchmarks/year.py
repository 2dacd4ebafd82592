"""A year of a service business for benchmarks: simulated Syncro, the kernel, the books online."""

import asyncio
import datetime as dt
import json
import os
import random
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
from attrs import define, field, frozen

from subledger.config import Settings, load_settings
from subledger.kernel import Kernel
from subledger.ports import Grant
from subledger.runtime import HttpResponse, Runtime
from subledger.secret import Secret
from subledger.store import Store
from subledger.vault import Keyring
from subledger_quickbooks_online import simulator as online
from subledger_syncro import simulator as syncro

START = dt.datetime(2026, 3, 2, 17, tzinfo=dt.UTC)
FLOW, BOOKS, SOURCE = "sales", "books", "psa"
TOKEN, SECRET = "demo-token", "simulated-secret"
SYNCRO, ONLINE = "http://127.0.0.1:8702", "http://127.0.0.1:8711"
KEY = bytes(32)
LABOUR, SALES_TAX = "Labour", "Sales Tax"
_ONLINE = """
connector = "quickbooks-online"
client_id = "simulated-client"
client_secret = {{ env = "BENCH_SECRET" }}
environment = "sandbox"
base_url = "{online}"
oauth_url = "{online}"
"""
_DESKTOP = """
connector = "quickbooks-desktop"
password = {{ env = "BENCH_SECRET" }}
"""
_CONFIG = """
[store]
url = "sqlite:///subledger.db"
[connections.psa]
connector = "syncro"
api_token = {{ env = "BENCH_TOKEN" }}
base_url = "{syncro}"
requests_per_minute = {per_minute}
[connections.books]
{books}
[flows.sales]
recipe = "psa-invoices"
source = "psa"
sink = "books"
every = "manual"
start = {since}
steps = []
[flows.sales.settings]
{accounts}
default_item = "Labour"
tax = "line"
tax_item = "Sales Tax"
"""


_ACCOUNTS = {
    "online": {
        "receivables_account": "Accounts Receivable (A/R)",
        "payables_account": "Accounts Payable (A/P)",
        "deposit_account": "Undeposited Funds",
        "income_account": "Sales of Product Income",
        "cost_account": "Cost of Goods Sold",
        "bill_account": "Supplies",
        "refund_account": "Checking",
    },
    "desktop": {
        "receivables_account": "Accounts Receivable",
        "payables_account": "Accounts Payable",
        "deposit_account": "Undeposited Funds",
        "income_account": "Services Income",
        "cost_account": "Cost of Goods Sold",
        "bill_account": "Office Supplies",
        "refund_account": "Operating Checking",
    },
}


def configured(
    folder: Path,
    *,
    books: str = "online",
    syncro: str = SYNCRO,
    online: str = ONLINE,
    per_minute: int = 180,
) -> Settings:
    """The settings of the one flow; ``books`` is online or desktop."""
    os.environ.update(BENCH_TOKEN=TOKEN, BENCH_SECRET=SECRET)
    path, accounts = folder / "subledger.toml", _ACCOUNTS[books]
    since = START.date() - dt.timedelta(days=370)
    path.write_text(
        _CONFIG.format(
            syncro=syncro,
            per_minute=per_minute,
            since=since,
            books=(_ONLINE if books == "online" else _DESKTOP).format(online=online),
            accounts="\n".join(f'{name} = "{account}"' for name, account in accounts.items()),
        )
    )
    return load_settings(path)


def account(invoices: int, clock: Any, *, limited: bool) -> syncro.Simulation:
    """A Syncro account in which so many invoices were made in the year before."""
    made = syncro.Simulation.of(
        today=START.date(),
        invoices=invoices,
        monotonic=lambda: clock().timestamp(),
        clock=clock,
        token=TOKEN,
    )
    made.behaviour = syncro.Behaviour(limit_per_minute=180 if limited else 0)
    return made


def company(clock: Any, *, limited: bool) -> online.Simulation:
    """An empty company with the items that the flow names."""
    made = online.Simulation.open(
        clock=online.Clock(clock), switches=None if limited else online.NO_LIMITS
    )
    person = online.Person(simulation=made, realm=made.chosen_realm)
    (income,) = made.company.query(
        "select * from Account where FullyQualifiedName = 'Sales of Product Income'"
    )["Account"]
    for name in (LABOUR, SALES_TAX):
        person.create(
            "Item",
            {"Name": name, "Type": "Service", "IncomeAccountRef": {"value": income["Id"]}},
        )
    return made


def grant(given: Mapping[str, Any], realm: str) -> Grant:
    """The grant of a person who has just agreed."""
    return Grant(
        access=Secret(given["access_token"]),
        refresh=Secret(given["refresh_token"]),
        expires=START + dt.timedelta(seconds=given["expires_in"]),
        facts={"realm": realm},
    )


def kernel_of(settings: Settings, store: Store, runtime: Runtime) -> Kernel:
    """A kernel with a key of its own."""
    made = Kernel(settings, store, runtime, structlog.get_logger(), "benchmark")
    made.keys = lambda: Keyring([KEY], entropy=random.Random(1).randbytes)  # noqa: S311 - simulated
    return made


@frozen
class Asked:
    """One request: when it arrived, at which system, its path and the status of the answer.

    ``sort`` tells what it was for; ``items`` are the writes of a batch.
    """

    at: float
    host: str
    path: str
    status: int
    sort: str = ""
    items: int = 0


@define
class Answering:
    """The HTTP port in front of both simulators, without a socket.

    Every answer takes ``latency`` seconds of virtual time; ``spent`` are the CPU seconds of the
    simulators themselves.
    """

    loop: Any
    syncro: syncro.Simulation
    online: online.Simulation
    cpu: Any
    latency: float = 0.0
    spent: float = 0.0
    asked: list[Asked] = field(factory=list)

    async def __call__(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Any = None,
        body: bytes | None = None,
        timeout: float = 30.0,  # noqa: ASYNC109 - as the port has it
    ) -> HttpResponse:
        """One answer."""
        before, at = self.cpu(), self.loop.time()
        parts = urlsplit(url)
        found: Any
        if url.startswith(SYNCRO):
            query = tuple(params.items() if isinstance(params, Mapping) else params or ())
            found = syncro.answer(
                self.syncro,
                syncro.Request(
                    method=method,
                    path=parts.path,
                    query=query,
                    headers=dict(headers or {}),
                    body=body or b"",
                ),
            )
        else:
            full = f"{url}?{urlencode(list(params))}" if params else url
            request = online.Request.of(method, full, headers=headers, body=body or b"")
            found = online.answer(self.online, request)
        host = "syncro" if url.startswith(SYNCRO) else "online"
        sort, items = sort_of(parts.path, body or b"")
        self.asked.append(Asked(at, host, parts.path, found.status, sort, items))
        self.spent += self.cpu() - before
        await asyncio.sleep(self.latency)
        return HttpResponse(
            status=found.status,
            headers={name.lower(): text for name, text in found.headers.items()},
            body=found.body,
        )


_QUERY = re.compile(rb" FROM (\w+)(?: WHERE (?:(TxnDate)|(\w*Name) =))?")


def sort_of(path: str, body: bytes) -> tuple[str, int]:
    """What a request to QuickBooks is for, and how many writes it holds, where it is a batch."""
    last = path.rpartition("/")[2]
    if last == "batch":
        items = json.loads(body)["BatchItemRequest"]
        joins = all("Payment" in item and not item["Payment"]["TotalAmt"] for item in items)
        return "batch that joins refunds" if joins else "batch", len(items)
    if last == "query" and (found := _QUERY.search(body)) is not None:
        entity, dated, named = found.groups()
        if dated or named:
            return ("documents of a period" if dated else "name"), 0
        return ("accounts" if entity == b"Account" else "other lists"), 0
    return ("company" if last.isdecimal() else last), 0


def most_within(times: list[float], seconds: float) -> int:
    """The most requests within any span of so many seconds, as a sliding window counts them."""
    most, first = 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def effects_by_state(c: Any) -> list[tuple[str, str, int]]:
    """Kind, state and number of all effects."""
    rows = c.exec_driver_sql("SELECT kind, state, count(*) FROM effect GROUP BY 1, 2")
    return [tuple(row) for row in rows]
