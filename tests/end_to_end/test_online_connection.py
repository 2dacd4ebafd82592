"""O1: connecting QuickBooks Online, reconnecting and giving it up; tokens that rotate."""

import asyncio
import base64
import datetime as dt
import sqlite3
from functools import partial

from attrs import evolve
from online_cards import open_card_world
from service_world import connect, open_service_world
from world import ago

from subledger.config import VaultSettings
from subledger.connecting import disconnect
from subledger.flow.dispatch import AGAIN
from subledger.secret import Secret
from subledger.server.run import TICK, serving
from subledger.vault import KeySource
from subledger_pex.simulator.landmarks import bought, plain
from subledger_quickbooks_online.simulator import Switches

FUEL = bought("fuel", -1811, ago(12), tags=plain("Fuel", "Clinic"))


async def test_o1_connect_in_a_browser(tmp_path):
    """O1: before a person agrees nothing is posted and a finding says so; afterwards all is."""
    async with open_card_world(tmp_path, FUEL, connected=False) as world:
        await world.run_flow("cards")
        assert (await world.kernel.dispatch("books")).state == "failed"
        (finding,) = await world.findings("auth_expired")
        assert "`subledger connect books`" in finding.hint
        assert await connect(world.kernel, world.url) == 200
        assert await world.findings("auth_expired") == []
        await world.sync("cards")
        assert len(world.papers()) == 1
        await world.proof("cards")


async def test_o1_a_person_who_declines(tmp_path):
    """O1: a person who declines changes nothing, and is told."""
    switches = Switches(consent="deny")
    async with open_card_world(tmp_path, FUEL, connected=False, switches=switches) as world:
        assert await connect(world.kernel, world.url) == 400
        assert await world.kernel.vault("books").grant() is None


async def test_o1_tokens_rotate_and_are_not_readable(tmp_path):
    """O1: access and refresh tokens are renewed over months, and never lie open in the store."""
    switches = Switches(rotate_every=0, grace=0)
    async with open_service_world(tmp_path, switches=switches) as world:
        world.shop.customer("Silva Dental")
        first = await world.kernel.vault("books").grant()
        for _ in range(4):
            world.advance(days=60)
            world.shop.invoice("Silva Dental", 10_000)
            await world.sync()
        last = await world.kernel.vault("books").grant()
        assert first.refresh != last.refresh
        assert await world.findings("auth_expired") == []
        with sqlite3.connect(world.folder / "subledger.db") as database:
            dump = "\n".join(database.iterdump())
        for token in (last.refresh, last.access):
            assert token.reveal() not in dump
            assert token.reveal() not in repr(last)
        assert len(world.papers()) == 4


async def test_o1_a_lost_answer_to_a_renewal(tmp_path):
    """O1: when the new tokens get lost on the way, the connection goes on with the old one."""
    async with open_card_world(tmp_path, FUEL) as world:
        world.ledger.simulation.faults.set("lost-refresh@1")
        world.advance(hours=2)
        for _ in range(3):
            await world.run_flow("cards")
            await world.kernel.dispatch("books")
            world.advance(hours=1)
        assert len(world.papers()) == 1
        assert await world.findings("auth_expired") == []


async def test_o1_revoked_and_connected_again(tmp_path):
    """O1, X5: a company that disconnects us gives a finding with the way out; nothing is lost."""
    async with open_card_world(tmp_path, FUEL) as world:
        await world.run_flow("cards")
        world.ledger.person.disconnect()
        assert (await world.kernel.dispatch("books")).state == "failed"
        (finding,) = await world.findings("auth_expired")
        assert "`subledger connect books`" in finding.hint
        assert world.papers() == {}
        assert await connect(world.kernel, world.url) == 200
        await world.sync("cards")
        assert len(world.papers()) == 1
        assert await world.findings("auth_expired") == []
        await world.proof("cards")


async def test_o1_connected_again_is_tried_at_once(tmp_path):
    """O1: a server that was refused waits longer and longer; a person's consent ends that."""
    world_of_cards = partial(open_card_world, connected=False, door=serving)
    async with world_of_cards(tmp_path, FUEL, flow={"every": "1h"}) as world:
        for _ in range(100):
            await asyncio.sleep(TICK / 10)
            if await world.findings("auth_expired"):
                break
        for _ in range(3):
            world.advance(minutes=10)
            await asyncio.sleep(20 * TICK / 50)
        assert world.papers() == {}
        asked = world.clock()
        assert await connect(world.kernel, world.url) == 200
        await world.until(lambda: len(world.papers()) == 1)
        assert world.clock() - asked < dt.timedelta(seconds=4 * AGAIN), "it would wait for eight"


async def test_o1_a_wrong_key_is_told_and_loses_nothing(tmp_path):
    """O1: a server with another key stops the connection, says what to set, and goes on with it."""
    async with open_card_world(tmp_path, FUEL) as world:
        await world.run_flow("cards")
        right = world.kernel.settings
        other = VaultSettings(key=Secret(base64.b64encode(b"x" * 32).decode()))
        world.kernel.keys = KeySource(evolve(right, vault=other))
        world.kernel._vaults.clear()
        assert (await world.kernel.dispatch("books")).state == "failed"
        (finding,) = await world.findings()
        assert finding.category == "auth_expired"
        assert "[vault]" in finding.hint
        world.kernel.keys = KeySource(right)
        world.kernel._vaults.clear()
        await world.sync("cards")
        assert len(world.papers()) == 1
        assert await world.findings() == []


async def test_o1_one_revoked_connection_does_not_stop_the_others(tmp_path):
    """O1: while the books refuse us, another connection's run goes on to its end."""
    back = {"source": "books", "sink": "psa", "every": "manual", "kinds": ["customer"]}
    async with open_service_world(tmp_path, flows={"customers": back}) as world:
        world.shop.customer("Silva Dental")
        world.shop.invoice("Silva Dental", 10_000)
        await world.sync()
        world.ledger.person.disconnect()
        assert (await world.run_flow("customers")).state == "failed"
        world.shop.invoice("Silva Dental", 2_000)
        report = await world.run_flow("sales")
        assert (report.state, report.planned) == ("done", 1)
        assert (await world.kernel.dispatch("books")).state == "failed"
        assert (await world.kernel.dispatch("psa")).state == "done"
        assert len(await world.findings("auth_expired")) == 1


async def test_o1_given_up(tmp_path):
    """O1: whoever disconnects has no token left, here and there."""
    async with open_card_world(tmp_path, FUEL) as world:
        grant = await world.kernel.vault("books").grant()
        await disconnect(world.kernel, "books")
        assert await world.kernel.vault("books").grant() is None
        simulation = world.ledger.simulation
        assert grant is not None
        answer = await world.kernel.runtime.http(
            "GET",
            f"{simulation.base_url}/v3/company/{simulation.chosen_realm}/query",
            params=[("query", "select * from CompanyInfo")],
            headers={"Authorization": f"Bearer {grant.access.reveal()}"},
        )
        assert answer.status == 401
