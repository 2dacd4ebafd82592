"""One application at a time per computer."""

import asyncio
import subprocess
import sys

from subledger_quickbooks_desktop.simulator.web_connector import UpdateLock

HOLD = """
import fcntl, sys
file = open(sys.argv[1], "a")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.readline()
"""


async def test_web_connectors_of_one_computer_take_turns(bench, server):
    """With one lock their calls never mix; with two locks they do."""
    order = []

    class Tagged:
        def __init__(self, name):
            self.name = name

        async def post(self, action, body):
            order.append(self.name)
            await asyncio.sleep(0)
            return await server.post(action, body)

    async def poll_together(*locks):
        order.clear()
        names = "ab"
        connectors = [
            bench.connector(transport=Tagged(name), lock=lock)
            for name, lock in zip(names, locks, strict=True)
        ]
        await asyncio.gather(*(connector.run_once() for connector in connectors))
        return "".join(order)

    shared = UpdateLock()
    calls = await poll_together(shared, shared)
    half = len(calls) // 2
    assert calls == "a" * half + "b" * half
    assert not shared.locked
    mixed = await poll_together(UpdateLock(), UpdateLock())
    assert mixed != "a" * half + "b" * half


async def test_the_lock_file_keeps_other_processes_out(tmp_path):
    """While another process holds the file, acquire waits; when it dies, the lock is free."""
    path = tmp_path / "update.lock"
    waits = []
    with subprocess.Popen(  # noqa: ASYNC220 - the other process is the point of the test
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout.readline() == b"held\n"

        async def release_then_wait(seconds):
            waits.append(seconds)
            other.stdin.close()
            other.wait()

        lock = UpdateLock(path, sleep=release_then_wait, poll=0.5)
        await lock.acquire()
    assert waits == [0.5]
    assert lock.locked
    lock.release()
    again = UpdateLock(path)
    await again.acquire()
    again.release()
