"""Starts a real server with made-up companies in a process of its own, and says where it listens.

    python real_server.py FOLDER COUNT

FOLDER gets the configuration, the database and the wire log; company number n is the connection
`c<n>` with the password in the variable `QBWC_PASSWORD_<n>`. Logging is at DEBUG.
"""

import asyncio
import datetime as dt
import os
import sys
from pathlib import Path

import sqlalchemy as sa
import structlog

from subledger.config import load_settings
from subledger.kernel import Kernel
from subledger.ledger import books, effects
from subledger.manifest import Operation
from subledger.model import Line, Movement, Reference, Way
from subledger.model.kinds import ACCOUNT
from subledger.model.stored import dump, fingerprint
from subledger.money import Money
from subledger.observe.logging import set_up
from subledger.ports import Query
from subledger.realworld import real_runtime
from subledger.server.run import Listen, serving
from subledger.store import open_store

DATE = dt.date(2026, 3, 2)
WRITES = 3
MADE = ("made", "guessed")
"""Connections whose password the server makes."""


def file_id(number: int) -> str:
    """The FileID of a company."""
    return f"{{11111111-2222-3333-4444-{number:012d}}}"


def configuration(count: int) -> str:
    """The configuration of so many companies."""
    tables = ['[store]\nurl = "sqlite:///subledger.db"\n[debug]\nwire_log = "wire"\n']
    tables.extend(
        f'[connections.c{n}]\nconnector = "quickbooks-desktop"\nfile_id = "{file_id(n)}"\n'
        f'password = {{ env = "QBWC_PASSWORD_{n}" }}\nsession_timeout = "60s"\n'
        for n in range(count)
    )
    tables.append('[connections.loose]\nconnector = "quickbooks-desktop"\ncheck_file_id = false\n')
    tables.append('password = { env = "QBWC_PASSWORD_0" }\n')
    tables.extend(f'[connections.{name}]\nconnector = "quickbooks-desktop"\n' for name in MADE)
    return "".join(tables)


def seed(c: sa.Connection, connection: str, now: int) -> None:
    """Plan some purchases with awkward texts, and ask for the lists."""
    books.ask(c, connection, Query.LISTS, now)
    for number in range(WRITES):
        amount = Money(1000 + number)
        movement = Movement(
            id=str(number),
            way=Way.OUT,
            amount=amount,
            date=DATE,
            account=Reference(kind=ACCOUNT, name="Operating Checking"),
            memo=f"sl:txn-{number} coffee & <cake> ]]> Łódź \U0001f600",
            lines=(Line(amount=amount, account=Reference(kind=ACCOUNT, name="Fuel")),),
        )
        text = dump(movement)
        effects.plan(
            c,
            effects.Intent(
                connection=connection,
                flow="cards",
                source="cards",
                kind=movement.kind,
                record=movement.id,
                operation=Operation.CREATE,
                entity=text,
                version="1",
                fingerprint=fingerprint(text),
                amount=movement.effect.minor,
                currency="USD",
                date=DATE.isoformat(),
                account="Operating Checking",
            ),
            now,
        )


async def main(folder: Path, count: int) -> None:
    """Serve until the standard input ends."""
    set_up("debug", "json")
    (folder / "subledger.toml").write_text(configuration(count))
    async with real_runtime() as runtime:
        settings = load_settings(folder / "subledger.toml")
        store = open_store(folder / "subledger.db")
        kernel = Kernel(settings, store, runtime, structlog.get_logger("test"), "server")
        for name in settings.connections:
            await store.tx(seed, name, kernel.now_ms())
        async with serving(kernel, Listen(host="127.0.0.1", port=0)) as url:
            passwords = [await made_password(kernel, name) for name in MADE]
            print(url, os.getpid(), *passwords, flush=True)
            await asyncio.to_thread(sys.stdin.read)
        store.close()


async def made_password(kernel: Kernel, name: str) -> str:
    """A password that the server makes for a connection."""
    connection = kernel.settings.connections[name]
    assert connection.sink is not None
    assert connection.sink.peer is not None
    return await connection.sink.peer(connection.config, kernel.peer(name)).new_password()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
