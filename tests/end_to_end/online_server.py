"""A server whose books are in QuickBooks Online, as a process that is killed again and again."""

import asyncio
import datetime as dt
import sqlite3
from collections import Counter
from contextlib import closing
from urllib.parse import urlsplit

from attrs import define, field
from processes import Server, listening
from world import command

from subledger.cli.opening import open_kernel
from subledger.config import load_settings
from subledger.ports import Grant
from subledger.secret import Secret

_ENDED = "('posted', 'held', 'rejected', 'skipped', 'undone')"
_OPEN = "('planned', 'sent', 'unknown')"


async def connected(folder, simulation):
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


_PATIENCE = 400
_MUCH = 1500
"""Looks for a write, fifty a second: where one may come, and where one has to."""


@define
class Office:
    """The server of one business; it always listens where it did first.

    ``starts`` is how a server comes about, given the words of its command.
    """

    folder: object
    business: object
    books: object
    rng: object
    http: object
    server: Server | None = None
    port: str = "0"
    hit: Counter = field(factory=Counter)

    async def open(self, starts=listening):
        """Starts the server."""
        config = str(self.folder / "subledger.toml")
        self.server = await starts("serve", "--config", config, "--port", self.port)
        self.port = str(urlsplit(self.server.url).port)

    async def kill(self):
        """Kills the server, and notes in the midst of what."""
        await self.server.kill()
        self.server = None
        self.hit["servers"] += 1
        self.hit["writes on their way"] += self.count("effect", "state = 'sent'") > 0
        self.hit["leases held"] += self.count("lease", "until > 0") > 0

    def count(self, table, where):
        """How many rows of the database are so."""
        with closing(sqlite3.connect(self.folder / "subledger.db", timeout=30)) as database:
            return database.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0]

    def told(self):
        """The numbers of records that wait for a person."""
        states = "state in ('held', 'rejected')"
        with closing(sqlite3.connect(self.folder / "subledger.db", timeout=30)) as database:
            rows = database.execute(f"SELECT id FROM posting WHERE {states}").fetchall()
        return {id_ for (id_,) in rows}

    async def moment(self, turn, before, call):
        """The moment to kill: any, or in the midst of the so-manieth write after ``before``."""
        if not turn:
            await asyncio.sleep(self.rng.uniform(0.1, 2.0))
            return
        for _ in range(_PATIENCE if call == "POST" else _MUCH):
            if self.books.writes(call) >= before + turn:
                await asyncio.sleep(self.rng.uniform(0, 0.2))
                return
            await asyncio.sleep(0.02)

    async def until_made(self, kind):
        """Waits for the first document of a kind, whose answer is on its way then."""
        for _ in range(_MUCH):
            if any(mark.startswith(f"sl:{kind}") for mark in self.books.made):
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"there is no {kind}")

    async def close(self):
        """Ends the server, where it runs."""
        if self.server is not None:
            await self.server.kill()

    async def hook(self):
        """The webhook of the source, which makes the flow run at once."""
        head, body = self.business.call()
        address = f"{self.server.url}/webhooks/{self.business.source}"
        async with self.http.post(address, json=body, headers=head) as answer:
            assert answer.status in (200, 204), await answer.text()

    async def finish(self):
        """Lets everything come to rest."""
        for _ in range(600):
            await asyncio.sleep(0.1)
            busy = self.count("lease", "until > 0")
            due = self.count("flow", "next_due is null or next_due < 1000 * strftime('%s')")
            left = self.count("effect", f"state in {_OPEN}")
            waiting = self.count("posting", f"state not in {_ENDED} and finding is null")
            if not (busy or due or left or waiting):
                return
        raise AssertionError(f"it does not come to rest: {busy=} {due=} {left=} {waiting=}")

    async def synced(self):
        """The flow runs, and everything comes to rest."""
        await self.hook()
        await asyncio.sleep(0.5)
        await self.finish()

    async def ask(self, *words):
        """A command on what this server left; its exit status and its document."""
        return await command(self.folder, *words)
