"""X1 for QuickBooks Online: the server is killed in mid-work, and no restart waits for a lease."""

import asyncio
import base64
import datetime as dt
import sqlite3
from collections import Counter
from contextlib import closing
from decimal import Decimal
from random import Random
from urllib.parse import urlsplit

import aiohttp
import pytest
from attrs import define, field
from processes import Server, listening, running
from world import TOKEN, command, toml

from subledger.cli.opening import open_kernel
from subledger.config import load_settings
from subledger.model.marker import parse_marker
from subledger.ports import Grant
from subledger.secret import Secret
from subledger_quickbooks_online.simulator import NO_LIMITS, Clock, Simulation
from subledger_quickbooks_online.simulator.server import serving

KILLS = 12
SEED = 20260317
SECRET = "a-webhook-secret"
ACCOUNT = "Visa"
ENDED = "('posted', 'held', 'rejected', 'skipped')"


def tables(pex, books):
    """The configuration: a card programme, and the books over the internet."""
    return {
        "connections": {
            "cards": {
                "connector": "pex",
                "token": {"env": "PEX_TOKEN"},
                "base_url": pex,
                "requests_per_second": 200,
                "webhook_secret": {"env": "PEX_HOOK"},
            },
            "books": {
                "connector": "quickbooks-online",
                "client_id": "simulated-client",
                "client_secret": {"env": "QBO_SECRET"},
                "base_url": books,
                "oauth_url": books,
                "requests_per_second": 10,
            },
        },
        "flows": {
            "cards": {
                "recipe": "card-expenses",
                "source": "cards",
                "sink": "books",
                "every": "1h",
                "settings": {
                    "account": ACCOUNT,
                    "funding_account": "Checking",
                    "fee_account": "Bank Charges",
                    "rebate_account": "Interest Earned",
                    "default_expense_account": "Miscellaneous",
                },
            }
        },
    }


@define
class Office:
    """The server as a process that is killed; it always listens where it did first."""

    folder: object
    pex: str
    rng: Random
    server: Server | None = None
    port: str = "0"
    hit: Counter = field(factory=Counter)

    async def open(self):
        """Starts the server."""
        config = str(self.folder / "subledger.toml")
        self.server = await listening("serve", "--config", config, "--port", self.port)
        self.port = str(urlsplit(self.server.url).port)

    async def kill(self):
        """Kills the server, and notes in the midst of what."""
        await self.server.kill()
        self.hit["servers"] += 1
        self.hit["writes on their way"] += self.count("effect", "state = 'sent'") > 0
        self.hit["leases held"] += self.count("lease", "until > 0") > 0

    def count(self, table, where):
        """How many rows of the database are so."""
        with closing(sqlite3.connect(self.folder / "subledger.db", timeout=30)) as database:
            return database.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0]

    async def moment(self, number):
        """The moment to kill: any, or (two times out of three) in the midst of a write."""
        await asyncio.sleep(self.rng.uniform(0.05, 1.0))
        if number % 3:
            for _ in range(300):
                if self.count("effect", "state = 'sent'"):
                    await asyncio.sleep(self.rng.uniform(0, 0.4))
                    return
                await asyncio.sleep(0.02)

    async def news(self, http):
        """Cards are used in PEX, which then calls our webhook."""
        for _ in range(self.rng.randrange(1, 4)):
            cents = self.rng.randrange(100, 9999)
            shop = f"Shop {self.rng.randrange(30)}"
            fields = {"amount": f"-{cents / 100:.2f}", "merchant": shop}
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

    async def finish(self):
        """Lets everything come to rest."""
        open_ones = "state in ('planned', 'sent', 'unknown')"
        for _ in range(3000):
            await asyncio.sleep(0.1)
            busy = self.count("lease", "until > 0")
            due = self.count("flow", "next_due is null or next_due < 1000 * strftime('%s')")
            left = self.count("effect", open_ones) + self.count("posting", f"state not in {ENDED}")
            if not (busy or due or left):
                return
        raise AssertionError("it does not come to rest")


async def _connected(folder, simulation):
    """A person has connected the company."""
    given = simulation.connect()
    async with open_kernel(load_settings(folder / "subledger.toml")) as kernel:
        grant = Grant(
            access=Secret(given["access_token"]),
            refresh=Secret(given["refresh_token"]),
            expires=simulation.now + dt.timedelta(seconds=given["expires_in"]),
            facts={"realm": simulation.chosen_realm},
        )
        await kernel.vault("books").keep(grant)


@pytest.mark.timeout(900)
async def test_killed_again_and_again_in_mid_delivery(tmp_path, monkeypatch):
    """After 12 kills at random moments each record is in QuickBooks Online once, to the cent."""
    for name, secret in (("HOOK", SECRET), ("TOKEN", TOKEN)):
        monkeypatch.setenv(f"PEX_{name}", secret)
    monkeypatch.setenv("QBO_SECRET", "simulated-secret")
    simulation = Simulation.open(clock=Clock(lambda: dt.datetime.now(dt.UTC)), switches=NO_LIMITS)
    simulation.faults.set("slow=0.2~POST batch*")
    words = ("--port", "0", "--transactions", "80", "--token", TOKEN)
    async with (
        serving(simulation, host="127.0.0.1", port=0) as books,
        running("simulate", "pex", *words) as pex,
        aiohttp.ClientSession() as http,
    ):
        (tmp_path / "subledger.toml").write_text(toml(tables(pex.url, books)))
        await _connected(tmp_path, simulation)
        office = Office(tmp_path, pex.url, Random(SEED))  # noqa: S311 - no secret
        for number in range(KILLS):
            await office.open()
            await office.news(http)
            await office.moment(number)
            await office.kill()
        await office.open()
        assert await office.hook(http) == 204
        await office.finish()
        async with http.get(f"{pex.url}/_simulator/truth") as answer:
            truth = await answer.json()
        code, status = await command(tmp_path, "status")
        await office.server.kill()
    proof = status["flows"]["cards"]["proof"]
    assert code == 0
    assert proof["agrees"]
    assert proof["records"] == truth["count"]
    assert int(Decimal(proof["source_total"]) * 100) == truth["total"]
    assert office.hit["servers"] == KILLS
    assert office.hit["writes on their way"] >= 3, office.hit
    assert office.hit["leases held"] >= 5, office.hit
    assert office.count("run", "state = 'running'") == 0

    company = simulation.company
    ours = {}
    for document in company.documents():
        mark = parse_marker(document.get("PrivateNote", ""))
        ours.setdefault(mark, []).append(document["Id"])
    assert None not in ours
    assert [mark for mark, found in ours.items() if len(found) > 1] == []
    assert len(ours) == proof["posted"]["records"] > 50
    for mark, (identifier,) in ours.items():
        moved = sum(p.amount for p in company.postings(identifier) if p.account == ACCOUNT)
        number = mark.rpartition("-")[2]
        assert moved * 100 == truth["transactions"][number]["cents"]
    simulation.close()
