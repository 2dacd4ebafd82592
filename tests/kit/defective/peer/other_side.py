"""Invented books whose side polls us, as the outside of the peers' contract."""

import json

from attrs import define, field

from subledger.errors import TemporaryError
from subledger.testing.invented import InventedBooks, InventedSystem
from subledger.testing.workplace import nowhere

_MOST = 200
"""Requests of one poll: a peer that asks for more never ends."""


@define(eq=False)
class PollingInvented:
    """The invented books, and records that can be read there; a program beside them polls us."""

    http: object = nowhere
    books: InventedBooks = field(factory=InventedBooks)
    records: InventedSystem = field(factory=InventedSystem)
    progress: list = field(factory=list)
    address: str = ""
    password: str = ""

    @property
    def settings(self):
        """Nothing has to be said."""
        return {}

    def documents(self):
        """What the books hold."""
        return self.books.documents()

    def edit(self, id):  # noqa: A002 - the field's own name
        """A person adds a remark."""
        self.books.edit(id)

    def enrol(self, file, password):
        """A person sets the program up."""
        self.address, self.password = json.loads(file)["address"], password

    async def poll(self, http):
        """One session; it ends where an answer is lost."""
        self.progress.clear()
        try:
            await self._session(http)
        except TemporaryError:
            return

    async def _session(self, http):
        ticket = (await self._call(http, "hello", password=self.password)).get("ticket")
        for _ in range(_MOST if ticket else 0):
            told = await self._call(http, "work", ticket=ticket)
            if "progress" in told:
                self.progress.append(told["progress"])
            if not told.get("request"):
                await self._call(http, "bye", ticket=ticket)
                return
            answer = await self._acts(**told["request"])
            done = {"number": told["number"], "status": answer.status, "body": answer.json()}
            await self._call(http, "done", ticket=ticket, **done)

    async def _call(self, http, name, **more):
        body = json.dumps({"call": name, **more}).encode()
        answer = await http("POST", self.address, body=body)
        return answer.json() if answer.status == 200 else {}

    async def _acts(self, method, path, body=None, params=None, key=""):
        """Does what was asked for."""
        there = self.records if path == "changes" else self.books
        return await there.http(
            method,
            f"https://here.example/{path}",
            headers={"Authorization": f"Bearer {there.token}", "Idempotency-Key": key},
            params=params,
            body=json.dumps(body).encode() if body is not None else None,
        )
