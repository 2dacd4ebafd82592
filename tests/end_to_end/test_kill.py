"""X1: the real server is killed in mid-work, again and again: nothing is lost or doubled."""

import asyncio
import base64
import sqlite3
from collections import Counter
from contextlib import closing
from decimal import Decimal
from random import Random
from urllib.parse import urlsplit

import aiohttp
import pytest
from attrs import define, field
from forked import Process
from processes import Server, listening, output, running, start
from world import REGISTER, TOKEN, change, command, company_tables, marker, toml

KILLS = 30
SEED = 20260316
SECRET = "a-webhook-secret"
ENDED = "not in ('posted', 'held', 'rejected', 'skipped')"


@define
class Office:
    """The server and the Web Connector as processes, on one port, with one database."""

    folder: object
    pex: str
    rng: Random
    server: Server | None = None
    connector: Process | None = None
    port: str = "0"
    hit: Counter = field(factory=Counter)

    async def open(self):
        """Starts what does not run; the server always listens where it did first."""
        config = str(self.folder / "subledger.toml")
        self.server = await listening("serve", "--config", config, "--port", self.port)
        self.port = str(urlsplit(self.server.url).port)
        if self.connector is None:
            await self.plug_in("slow=0.03")

    async def plug_in(self, fault=""):
        """Starts the Web Connector; it polls until it is killed."""
        words = ("--company", str(self.folder / "company.db"), "--runs", "10000", "--every", "0.1")
        where = ("--connect", f"{self.server.url}/qbwc/books", "--username", "books")
        more = ("--password-env", "QBWC_PASSWORD", "--noop-seconds", "0.1", "--fault", fault)
        self.connector = await start(
            "simulate", "quickbooks-desktop", *words, *where, *more, out=False
        )

    async def unplug(self):
        """Kills the Web Connector."""
        self.connector.kill()
        await asyncio.to_thread(self.connector.wait)
        self.connector.close()
        self.connector = None

    async def kill(self):
        """Kills the server, sometimes the Web Connector as well, and notes in the midst of what."""
        await self.server.kill()
        if self.rng.random() < 0.2:
            await self.unplug()
            self.hit["web connectors"] += 1
        self.hit["servers"] += 1
        self.hit["writes on their way"] += self.count("effect", "state = 'sent'") > 0
        self.hit["runs under way"] += self.count("lease", "name like 'flow:%' and until > 0") > 0

    def count(self, table, where):
        """How many rows of the database are so."""
        with closing(sqlite3.connect(self.folder / "subledger.db", timeout=30)) as database:
            return database.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0]

    async def moment(self, number):
        """The moment to kill: any, or (two times out of three) in the midst of a write."""
        await asyncio.sleep(self.rng.uniform(0.05, 1.0))
        if number % 3:
            for _ in range(400):
                if self.count("effect", "state = 'sent'"):
                    return
                await asyncio.sleep(0.02)

    async def news(self, http):
        """Cards are used and tagged in PEX, which then calls our webhook."""
        for _ in range(self.rng.randrange(1, 4)):
            cents = self.rng.randrange(100, 9999)
            fields = {"amount": f"-{cents / 100:.2f}", "merchant": self.rng.choice(("A", "B", "C"))}
            await http.post(f"{self.pex}/_simulator/transactions", json=fields)
        await self.hook(http)

    async def hook(self, http):
        """The webhook that makes the flow run at once."""
        basic = base64.b64encode(SECRET.encode()).decode()
        head = {"Authorization": f"Basic {basic}"}
        body = {"CallbackType": "CARD", "Data": {"NetworkType": "Settlement"}}
        async with http.post(
            f"{self.server.url}/webhooks/cards", json=body, headers=head
        ) as answer:
            return answer.status

    async def finish(self, http):
        """Lets everything come to rest."""
        await self.hook(http)
        for _ in range(3000):
            await asyncio.sleep(0.1)
            idle = not self.count("lease", "name like 'flow:%' and until > 0")
            due = self.count("flow", "next_due is null or next_due < 1000 * strftime('%s')")
            if idle and not due and not self.count("posting", f"state {ENDED}"):
                return
        raise AssertionError("it does not come to rest")


@pytest.mark.timeout(900)
async def test_killed_again_and_again(tmp_path, monkeypatch):
    """X1: after 30 kills at random moments each record is in the books once, to the cent."""
    monkeypatch.setenv("PEX_HOOK", SECRET)
    words = ("--port", "0", "--transactions", "150", "--token", TOKEN)
    async with running("simulate", "pex", *words) as pex, aiohttp.ClientSession() as http:
        cards = {"webhook_secret": {"env": "PEX_HOOK"}, "requests_per_second": 200}
        tables = company_tables(
            pex.url, cards=cards, books={"session_timeout": "2s"}, flow={"every": "1h"}
        )
        (tmp_path / "subledger.toml").write_text(toml(tables))
        office = Office(tmp_path, pex.url, Random(SEED))  # noqa: S311 - no secret
        for number in range(KILLS):
            await office.open()
            await office.news(http)
            await office.moment(number)
            await office.kill()
        if office.connector is not None:
            await office.unplug()
        await office.open()
        assert await office.hook(http) == 204
        await office.finish(http)
        async with http.get(f"{pex.url}/_simulator/truth") as answer:
            truth = await answer.json()
        code, compared = await command(tmp_path, "reconcile", "--wait", "300")
        assert code == 0, compared
        code, status = await command(tmp_path, "status")
        await office.unplug()
        await office.server.kill()
    proof = status["flows"]["cards"]["proof"]
    assert code == 0
    assert proof["agrees"]
    assert proof["records"] == truth["count"]
    assert int(Decimal(proof["source_total"]) * 100) == truth["total"]
    assert office.hit["servers"] == KILLS
    assert office.hit["writes on their way"] >= 8, office.hit
    assert office.hit["runs under way"] >= 1, office.hit
    assert office.hit["web connectors"] >= 1, office.hit

    words = ("--company", str(tmp_path / "company.db"), "--documents", "--json")
    _code, books = await output("simulate", "quickbooks-desktop", *words)
    ours = [d for d in books["documents"] if marker(d).startswith("sl:")]
    for document in ours:
        document["amount"] = Decimal(document["amount"])
        for line in document["lines"]:
            line["amount"] = Decimal(line["amount"])
    doubled = [mark for mark, times in Counter(map(marker, ours)).items() if times > 1]
    assert doubled == []
    assert len(ours) == proof["posted"]["records"]
    for document in ours:
        number = marker(document).rpartition("-")[2]
        assert change(document, REGISTER) * 100 == truth["transactions"][number]["cents"]
    explained = sum(proof[name]["records"] for name in ("held", "rejected", "skipped"))
    assert len(ours) + explained == truth["count"]
