"""A process that is killed loses nothing that it has acknowledged."""

import signal
import subprocess
import sys

import sqlalchemy as sa

from subledger.store import open_store
from subledger.store.schema import NOTE

WRITER = """
import asyncio, sys
import sqlalchemy as sa
from subledger.store import open_store
from subledger.store.schema import NOTE

store = open_store(sys.argv[1])

def put(c, name):
    c.execute(sa.insert(NOTE).values(connection="c", name=name, value="1"))
    return name

async def write(lane):
    number = 0
    while True:
        name = f"{lane}-{number:06}"
        BEFORE
        sys.stdout.write(name + "\\n")
        sys.stdout.flush()
        AFTER
        number += 1

async def main():
    await asyncio.gather(*(write(lane) for lane in range(20)))

asyncio.run(main())
"""
_COMMIT = "await store.tx(put, name)"
TRUTHFUL = WRITER.replace("BEFORE", _COMMIT).replace("AFTER", "")
HASTY = WRITER.replace("BEFORE", "").replace("AFTER", _COMMIT)


def acknowledged_before_death(program, path, lines):
    """Lets a process write, kills it after so many acknowledgements, and returns all of them."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True
    )
    try:
        seen = [process.stdout.readline().strip() for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    whole = rest.rpartition("\n")[0].split("\n")
    return [name for name in [*seen, *whole] if name]


async def stored(path):
    """What the database holds after it was opened again."""
    store = open_store(path)
    try:
        return set(await store.read(lambda c: list(c.execute(sa.select(NOTE.c.name)).scalars())))
    finally:
        store.close()


async def test_kill_loses_no_acknowledged_commit(tmp_path):
    """After SIGKILL in mid-work every acknowledged transaction is there, and the file is sound."""
    for lines in (150, 40):
        path = tmp_path / f"{lines}.db"
        acknowledged = acknowledged_before_death(TRUTHFUL, path, lines)
        assert len(acknowledged) >= lines
        assert set(acknowledged) <= await stored(path)


async def test_early_acknowledgement_is_seen(tmp_path):
    """Control: a process that acknowledges before it has committed is found out."""
    path = tmp_path / "s.db"
    acknowledged = acknowledged_before_death(HASTY, path, 60)
    assert set(acknowledged) - await stored(path)
