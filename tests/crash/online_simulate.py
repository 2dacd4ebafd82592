"""Plays one world of QuickBooks Online from its line: prepares, lets it happen, heals, judges."""

import datetime as dt
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from attrs import evolve, field, frozen

from subledger.ports import Grant
from subledger.secret import Secret
from subledger.store.schema import EFFECT, ENTRY, LINK, POSTING, RECORD
from subledger.testing.chance import chance
from subledger.testing.crash import Disk, Endless
from subledger.testing.ledger import content
from subledger.testing.virtual_time import run
from subledger.testing.workplace import SINK, SOURCE
from subledger.testing.worlds import Ending, disturbances
from subledger_quickbooks_online.simulator import NO_LIMITS, Clock, Simulation

from .online_business import BUSINESSES, settings
from .online_office import POLL, OnlineOffice
from .online_oracle import watch
from .online_scenarios import SCENARIOS

START = dt.datetime(2026, 3, 25, 12, tzinfo=dt.UTC)
_ROUNDS = 14


@lru_cache
def disk():
    """One database for all worlds of this process, one after another."""
    return Disk()


@lru_cache
def company(business):
    """The simulated company of a business; its state is put back for each world."""
    return Simulation.open(
        clock=Clock(lambda: START),
        preferences=BUSINESSES[business].preferences,
        switches=NO_LIMITS,
    )


@frozen
class Base:
    """A state in which worlds begin: store, books, source, and the time it is."""

    store: bytes
    books: Any
    start: dt.datetime = START
    changes: tuple = ()
    made: Any = field(factory=dict)


@lru_cache
def allowed(business):
    """A new server that a person has just allowed in."""
    simulation = company(business)
    base = Base(Disk().content(), simulation.snapshot())

    async def lived(loop):
        office, feed, made = furnished(loop, business, base, chance(0))
        given = simulation.connect()
        grant = Grant(
            access=Secret(given["access_token"]),
            refresh=Secret(given["refresh_token"]),
            expires=office.clock() + dt.timedelta(seconds=given["expires_in"]),
            facts={"realm": simulation.chosen_realm},
        )
        await office.servers.process.kernel.vault(SINK).keep(grant)
        return _base(office, feed, made)

    return run(lived)


@lru_cache
def connected(business):
    """After the lists were read, and what the books hold on the flow's accounts."""
    return _after(business, allowed(business), chance(0), lambda _feed: None)


@lru_cache
def opened(business):
    """After what was there before anything happens was posted."""
    base = connected(business)
    if not BUSINESSES[business].opens:
        return base
    return _after(business, base, chance(0), lambda feed: feed.open())


@lru_cache(maxsize=8)
def posted(business, seed):
    """After a day's records were posted."""
    return _after(business, opened(business), chance(seed), lambda feed: feed.day())


def _after(business, base, rng, happens):
    async def lived(loop):
        office, feed, made = furnished(loop, business, base, rng)
        happens(feed)
        problems = await heal(office)
        assert not problems, problems
        assert not office.servers.failures, office.servers.failures
        return _base(office, feed, made)

    return run(lived)


def _base(office, feed, made):
    return Base(
        disk().content(),
        office.simulation.snapshot(),
        office.clock(),
        tuple(feed.changes.items()),
        {mark: list(found) for mark, found in made.items()},
    )


def furnished(loop, business, base, rng, *, batch=30, at_once=1, **more):
    """An office in the given state, its feed, and what is made in its books."""
    kind, simulation = BUSINESSES[business], company(business)
    feed = kind.feed(rng, page=rng.choice((1, 2, 5)), changes=dict(base.changes))
    feed.newest = len(feed.changes)
    clock = loop.clock(base.start)
    simulation.restore(base.books)
    simulation.set(rotate_every=0)  # each refresh makes a new refresh token
    simulation.clock.tick = clock
    simulation.log.clear()
    disk().put(base.store)
    made = watch(simulation.company)
    made.update({mark: list(found) for mark, found in base.made.items()})
    configured = settings(business)
    connections = dict(configured.connections)
    connections[SOURCE] = evolve(connections[SOURCE], type=kind.type(feed))
    books = connections[SINK]
    connections[SINK] = evolve(books, sink=evolve(books.sink, batch=batch, at_once=at_once))
    office = OnlineOffice(
        settings=evolve(configured, connections=connections),
        disk=disk(),
        simulation=simulation,
        clock=clock,
        rng=rng,
        **more,
    )
    office.source_version = lambda: feed.newest
    return office, feed, made


def simulate(world):
    """Plays a world and judges how it ended."""
    scenario = SCENARIOS[world.scenario]
    business = scenario.business
    begins = allowed if scenario.first else opened
    base = posted(business, world.seed) if scenario.posted else begins(business)
    try:
        return run(lambda loop: _simulated(loop, world, scenario, base))
    except Endless as error:
        return Ending(trail=(), other=(f"the server never comes to an end: {error}",))


def digest(world):
    """What store and books hold at the end of a world, but for tokens, tickets and processes."""
    simulate(world)
    scenario = SCENARIOS[world.scenario]
    return disk().do(_business), repr(company(scenario.business).company.documents())


def _business(c):
    tables = (RECORD, POSTING, EFFECT, LINK, ENTRY)
    rows = [[dict(row._asdict()) for row in c.execute(sa.select(table))] for table in tables]
    return repr([sorted(str({**row, "batch": ""}) for row in table) for table in rows])


async def _simulated(loop, world, scenario, base):
    traps, thaw_after, faults = disturbances(world)
    sizes = {"batch": 1 if world.seed % 2 == 0 else scenario.batch, "at_once": scenario.at_once}
    rng = chance(world.scenario, world.seed)
    office, feed, made = furnished(
        loop, scenario.business, base, rng, **sizes, traps=traps, thaw_after=thaw_after
    )
    office.simulation.faults.set(faults)
    servers, trap = office.servers, traps[0]
    if world.point is None:
        trap.state = servers.state
    await office.rest(scenario.late)
    await scenario.happens(office, feed)
    problems = await heal(office)
    if await servers.thawed():
        problems = await heal(office)
    servers.restart()
    disturbed = "remote-" in faults
    business = BUSINESSES[scenario.business]
    if disturbed or faults == "" or business.opens:
        problems += await compared(office, business.accounts, disturbed=disturbed)
    lost, doubled, other = business.judge(office, made, feed, disturbed=disturbed)
    other += dict.fromkeys([*problems, *servers.problems, *servers.failures])
    if not granted(office):
        other.append("the grant is lost: a person has to connect the company again")
    if world.point is not None and not trap.sprung:
        other.append(f"the process never came to {world.point}")
    return Ending(trail=trap.trail, lost=tuple(lost), doubled=tuple(doubled), other=tuple(other))


async def heal(office):
    """Runs and delivers until nothing is left to do: a sync that writes nothing, here and there.

    It leaves the store as it was, but for moments and tickets: the next one would do the same.
    """
    books = office.simulation.company._store._connection
    for _ in range(_ROUNDS):
        await office.rest(POLL)
        written, held = books.total_changes, office.disk.do(content)
        report = await office.run_flow()
        result = await office.dispatch()
        settled = report is not None and report.state == "done" and not report.changed
        sent = result is None or result.delivered or result.unknown
        if settled and not sent and result.state == "done":
            if books.total_changes != written:
                return ["a second sync wrote something"]
            if office.disk.do(content) == held:
                return []
    return [f"the world does not come to rest: {report} {result}"]


async def compared(office, accounts, *, disturbed):
    """What is wrong between the books as they are read back and what was posted."""
    asked = {account for account in accounts if await office.ask(account) is not None}
    if not asked:
        return []
    kernel = office.servers.process.kernel
    before = len(kernel.compared)
    await office.dispatch()
    found = kernel.compared[before:]  # what was delivered is compared at once
    if disturbed:
        return []
    if missing := asked - {one.account for one in found}:
        return [f"the books were not compared on {sorted(missing)}"]
    return [f"the books differ: {one}" for one in found if not one.agrees]


def granted(office):
    """Whether the grant in the store still opens the books."""
    grant = office.grant()
    tokens = office.simulation.tokens
    app, switches = office.simulation.app.client_id, office.simulation.switches
    return grant is not None and tokens._of_refresh(grant["refresh"], app, switches) is not None
