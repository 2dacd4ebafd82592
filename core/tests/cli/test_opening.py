"""What a killed process had under way is free for the next; what a living one has is not."""

import asyncio
import os
import subprocess
import sys

import pytest
import sqlalchemy as sa

from subledger.cli import owners
from subledger.cli.opening import open_kernel
from subledger.config import Settings
from subledger.config.settings import StoreSettings
from subledger.ledger import leases
from subledger.store.schema import LEASE, RUN


def ended_process():
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def named(number, run="00000000"):
    """The name of another process of this machine."""
    machine = owners.this_process().partition(":")[0]
    return f"{machine}:{number}:{run}"


def test_a_living_process_has_not_ended():
    """Neither this process nor another one that runs is taken for ended."""
    assert not owners.has_ended(owners.this_process())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        assert not owners.has_ended(named(other.pid))
        other.communicate(b"\n")
        assert owners.has_ended(named(other.pid))


def test_a_process_number_that_was_given_again():
    """A forerunner with our own number has ended: a server in a container always has the same."""
    assert owners.has_ended(named(os.getpid()))


@pytest.mark.parametrize(
    "owner", ["", "elsewhere:1:00000000", "{process} preview", "4f1c2a9d00b1", "a:b:c"]
)
def test_what_is_not_known_has_not_ended(owner):
    """Another machine, a session of the Web Connector or a strange name is left alone."""
    assert not owners.has_ended(owner.format(process=owners.this_process()))


def test_other_space_of_process_numbers(monkeypatch):
    """A container that has our host's name numbers its processes itself: nothing is known."""
    owner = named(ended_process())
    assert owners.has_ended(owner)
    monkeypatch.setattr(owners, "_machine", lambda: f"{owner.partition(':')[0]}/1")
    assert not owners.has_ended(owner)


def test_a_start_frees_what_a_killed_process_had(tmp_path):
    """Lease and run of a dead process are closed at the start; those of a living one stay."""
    settings = Settings(
        folder=tmp_path, store=StoreSettings(url=f"sqlite:///{tmp_path / 'subledger.db'}")
    )
    far = 2**45

    def under_way(c):
        for flow, owner in (("dead", named(ended_process())), ("alive", owners.this_process())):
            assert leases.take(c, f"flow:{flow}", owner, 1000, far) == 1
            run = {"flow": flow, "trigger": "schedule", "state": "running", "started": 1}
            c.execute(sa.insert(RUN).values(run))

    async def started():
        async with open_kernel(settings) as kernel:
            await kernel.store.tx(under_way)
        async with open_kernel(settings) as kernel:
            runs = await kernel.store.tx(lambda c: c.execute(sa.select(RUN)).all())
            held = await kernel.store.tx(lambda c: c.execute(sa.select(LEASE)).all())
            again = await kernel.store.tx(
                lambda c: leases.take(c, "flow:dead", "next", kernel.now_ms(), 500)
            )
        return runs, held, again

    runs, held, again = asyncio.run(started())
    assert {run.flow: run.state for run in runs} == {"dead": "stopped", "alive": "running"}
    assert all(bool(run.finished) == (run.flow == "dead") for run in runs)
    assert {row.name: row.until > 0 for row in held} == {"flow:dead": False, "flow:alive": True}
    assert again == 2
