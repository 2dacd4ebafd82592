"""Twenty callers whose access token has run out make one refresh, also in two processes."""

import asyncio
import datetime as dt
import json
import sys
from pathlib import Path

import pytest

from subledger.cli.opening import open_kernel
from subledger.config import load_settings
from subledger.ports import Grant
from subledger.secret import Secret
from subledger.testing.chance import chance
from subledger.testing.virtual_time import run
from subledger.testing.workplace import SINK
from subledger_quickbooks_online.simulator import NO_LIMITS, Simulation
from subledger_quickbooks_online.simulator.server import serving
from subledger_quickbooks_online.tokens import Tokens

from . import guards, online_guards
from .online_simulate import connected, furnished, granted

_CONFIG = """
[store]
url = "sqlite:///{folder}/subledger.db"
[connections.books]
connector = "quickbooks-online"
client_id = "simulated-client"
client_secret = {{ file = "{folder}/secret" }}
base_url = "{url}"
oauth_url = "{url}"
"""


def _refreshed(between=0):
    """The office after twenty callers in two processes wanted a newer token; their tokens."""
    base = connected("cards")

    async def lived(loop):
        office, _feed, _made = furnished(loop, "cards", base, chance(0))
        office.simulation.set(rotate_every=0, grace=0)
        contexts = []
        for _ in range(2):
            contexts.append(office.servers.process.kernel.context(SINK))
            office.servers.restart()
        config = office.settings.connections[SINK].config
        stale = await contexts[0].vault.grant()

        async def caller(number):
            await office.rest(between * number)
            return await Tokens(config, contexts[number % 2]).renew(stale)

        got = await asyncio.gather(*map(caller, range(20)), return_exceptions=True)
        alive = granted(office)
        return office, got, alive

    return run(lived)


@pytest.mark.parametrize("between", [0, 0.01, 7])
def test_twenty_callers_make_one_refresh(between):
    """Callers in two processes, at once or one after another, get the same new grant."""
    office, got, alive = _refreshed(between)
    assert office.renewals == 1
    assert len({grant.access.reveal() for grant in got}) == 1
    assert alive
    assert office.servers.problems == []


def test_without_single_flight_a_grant_is_lost(monkeypatch):
    """Control: callers that do not wait for each other ask many times, and the harness sees it."""
    with guards.without(online_guards.single_flight, monkeypatch):
        office, _got, _alive = _refreshed()
    assert office.renewals > 1
    assert "two refreshes of one grant were under way at once" in office.servers.problems


async def _kept(path, simulation):
    """A person has connected the company."""
    given = simulation.connect()
    async with open_kernel(load_settings(path)) as kernel:
        grant = Grant(
            access=Secret(given["access_token"]),
            refresh=Secret(given["refresh_token"]),
            expires=dt.datetime.now(dt.UTC),
            facts={"realm": simulation.chosen_realm},
        )
        await kernel.vault("books").keep(grant)


async def test_two_processes_make_one_refresh(tmp_path):
    """Real processes, a real database and real HTTP: ten callers each, one refresh in all."""
    simulation = Simulation.open(switches=NO_LIMITS)
    simulation.set(rotate_every=0, grace=0)
    simulation.faults.set("slow=0.5~POST oauth2*")
    (tmp_path / "secret").write_text("simulated-secret")
    path = tmp_path / "subledger.toml"
    async with serving(simulation, host="127.0.0.1", port=0) as url:
        path.write_text(_CONFIG.format(folder=tmp_path, url=url))
        await _kept(path, simulation)
        pipe = asyncio.subprocess.PIPE
        script = str(Path(__file__).with_name("refresher.py"))
        words = (sys.executable, script, str(path), "10")
        both = [
            await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe) for _ in range(2)
        ]
        for process in both:
            assert await process.stdout.readline() == b"ready\n"
        outputs = await asyncio.gather(*(process.communicate(b"go\n") for process in both))
    got = [token for out, _error in outputs for token in json.loads(out.splitlines()[-1])]
    asked = [entry for entry in simulation.log if entry.path.endswith("/tokens/bearer")]
    assert len(asked) == 1
    assert len(got) == 20
    assert len(set(got)) == 1
    assert simulation.tokens.of_access(got[0]) is not None
