"""Plays one world from its line: prepares the office, lets things happen, heals, judges."""

import datetime as dt
import tempfile
from functools import lru_cache, partial
from pathlib import Path

from attrs import evolve, frozen

from subledger.config import load_settings
from subledger.ledger import books
from subledger.ports import Query
from subledger.store.moments import to_ms
from subledger.testing.chance import chance
from subledger.testing.crash import Disk, Endless, put_rows
from subledger.testing.ledger import content
from subledger.testing.virtual_time import run
from subledger.testing.workplace import FLOW, SINK
from subledger.testing.worlds import Ending, disturbances
from subledger_quickbooks_desktop.config import OWNER_ID
from subledger_quickbooks_desktop.simulator.quickbooks import CompanyFile, create_sample_company
from subledger_quickbooks_desktop.simulator.web_connector import add_to_company

from . import counter_desktop, counter_oracle
from .cards import SINCE, Cards
from .counter import Counter, counter_type
from .feed import DAY, Feed, feed_type
from .office import PASSWORD, POLL, Office, with_source
from .oracle import REGISTER, judge_books, judge_ledger
from .scenarios import COUNTERS, SCENARIOS, moved_records, shop_records

START = dt.datetime(2026, 3, 25, 12, tzinfo=dt.UTC)
FILE_ID = "{11111111-2222-3333-4444-555555555555}"
_ROUNDS = 12
_CONFIG = """
[connections.source]
connector = "pex"
token = {{ file = "{folder}/secret" }}
base_url = "http://127.0.0.1:8701"
requests_per_second = 1000000
[connections.sink]
connector = "quickbooks-desktop"
password = {{ file = "{folder}/secret" }}
file_id = "{file_id}"
[flows.flow]
recipe = "card-expenses"
source = "source"
sink = "sink"
every = "1h"
[flows.flow.settings]
account = "PEX Card Account"
funding_account = "Operating Checking"
fee_account = "Bank Service Charges"
rebate_account = "Card Rebates"
default_expense_account = "Uncategorized Expense"
"""


@lru_cache
def settings():
    """The configuration of card money, read as from an owner's file."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "secret").write_text(PASSWORD)
        path = Path(folder, "subledger.toml")
        path.write_text(_CONFIG.format(folder=folder, file_id=FILE_ID))
        return load_settings(path)


@frozen
class Base:
    """A state in which worlds begin: store, company file, source, and the time it is."""

    store: bytes
    company: bytes
    start: dt.datetime = START
    changes: tuple = ()


@lru_cache
def disk():
    """One database for all worlds of this process, one after another."""
    return Disk()


@lru_cache
def empty(prepare=lambda _company: None):
    """A new server and the sample company."""
    company = CompanyFile(":memory:", lambda: START)
    create_sample_company(company, year_start=dt.date(2026, 1, 1), closing_date=None)
    prepare(company)
    add_to_company(company, app_name="subledger", owner_id=OWNER_ID, file_id=FILE_ID)
    content = company.store.snapshot()
    company.close()
    return Base(Disk().content(), content)


@lru_cache
def acquainted():
    """After a first session: the lists were read, and the documents that the flow looks through."""

    def ask(office, _feed):
        asked = (SINK, Query.DOCUMENTS, to_ms(office.clock()))
        days = {"since": DAY, "until": DAY}
        office.disk.do(lambda c: books.ask(c, *asked, **days, account=REGISTER, flow=FLOW))

    return _after(empty(), chance(0), ask)


@lru_cache(maxsize=4)
def posted(seed):
    """After some records were posted."""

    def put(office, feed):
        feed.put(*shop_records(office, feed), *moved_records(office, feed))

    return _after(acquainted(), chance(seed), put)


@lru_cache(maxsize=4)
def counter(seed, *, sold):
    """A shop that has looked through its books: an invoice is posted, or a day's records too."""
    base = counter(seed, sold=False) if sold else empty(counter_desktop.add_tax)

    async def lived(loop):
        office, feed = with_counter(loop, base, chance(seed), seed)
        if sold:
            feed.day()
        else:
            feed.open()
        problems = await heal(office) + office.servers.failures
        assert not problems, problems
        return _base(office, feed)

    return run(lived)


def _after(base, rng, prepare):
    async def lived(loop):
        office, feed = furnished(loop, base, rng)
        prepare(office, feed)
        await office.run_flow()
        await office.poll()
        await office.rest(1)
        return _base(office, feed)

    return run(lived)


def _base(office, feed):
    content = office.company.store.snapshot()
    return Base(disk().content(), content, office.clock(), tuple(feed.changes.items()))


def base_of(world):
    """The state in which a world begins."""
    if world.scenario == "first":
        return empty()
    if world.scenario in COUNTERS:
        return counter(world.seed, sold=world.scenario == "struck")
    return posted(world.seed) if world.scenario in ("update", "undo") else acquainted()


def furnished(loop, base, rng, **more):
    """An office in the given state, and its feed."""
    feed = Feed(rng, page=rng.choice((1, 2, 5)), changes=dict(base.changes))
    feed.newest = len(feed.changes)
    office = _office(loop, base, rng, with_source(settings(), feed_type(feed)), **more)
    office.source_version = lambda: feed.newest
    return office, feed


def with_counter(loop, base, rng, seed, **more):
    """An office with a shop's counter, and its feed."""
    pages, before = rng.choice((1, 2, 5)), dict(base.changes)
    feed = Counter(rng, page=pages, changes=before, chart=counter_desktop.CHART)
    feed.newest = len(feed.changes)
    gone = "delete" if seed % 2 else "void"
    configured = counter_desktop.settings(gone, FILE_ID, PASSWORD)
    configured = with_source(configured, counter_type(feed, feed.chart))
    office = _office(loop, base, rng, configured, **more)
    office.source_version = lambda: feed.newest
    return office, feed


def with_cards(loop, base, rng, **more):
    """An office with the real PEX connector, and the simulated PEX business."""
    cards = Cards()
    flow = evolve(settings().flows[FLOW], start=SINCE)
    office = _office(
        loop, base, rng, evolve(settings(), flows={FLOW: flow}), http=cards.http, **more
    )
    office.source_version = lambda: cards.changed
    return office, cards


@lru_cache
def company_file():
    """One company file for all worlds of this process, one after another."""
    return CompanyFile(":memory:", lambda: START)


def _office(loop, base, rng, configured, **more):
    clock = loop.clock(base.start)
    company = company_file()
    company._clock = clock
    put_rows(company.store._connection, base.company)
    company.store._settings = None
    disk().put(base.store)
    return Office(
        settings=configured,
        disk=disk(),
        company=company,
        clock=clock,
        rng=rng,
        **more,
    )


def simulate(world):
    """Plays a world and judges how it ended."""
    base = base_of(world)
    try:
        return run(lambda loop: _simulated(loop, world, base))
    except Endless as error:
        return Ending(trail=(), other=(f"the server never comes to an end: {error}",))


def digest(world):
    """What store and company file hold at the end of a world, but for processes and tickets."""
    simulate(world)
    return repr(disk().do(content))


async def _simulated(loop, world, base):
    rng = chance(world.scenario, world.seed)
    furnish = with_cards if world.scenario == "pex" else furnished
    judged = _judged
    if world.scenario in COUNTERS:
        furnish, judged = partial(with_counter, seed=world.seed), _judged_counter
    traps, thaw_after, faults = disturbances(world)
    office, source = furnish(loop, base, rng, traps=traps, thaw_after=thaw_after, faults=faults)
    servers, trap = office.servers, traps[0]
    if world.point is None:
        trap.state = servers.state
    await office.rest(1)
    await SCENARIOS[world.scenario](office, source)
    problems = await heal(office)
    if await servers.thawed():
        problems = await heal(office)
    servers.restart()
    lost, doubled, other = await judged(office, source)
    other += [*problems, *servers.problems, *servers.failures]
    if world.point is not None and not trap.sprung:
        other.append(f"the process never came to {world.point}")
    if sum(office.company.trial_balance().values()):
        other.append("debits and credits differ")
    return Ending(trail=trap.trail, lost=tuple(lost), doubled=tuple(doubled), other=tuple(other))


async def _judged(office, source):
    """Card money: the register equals the records."""
    problems = await office.compared()
    documents = office.company.documents()[1:]
    balance = office.company.balance(REGISTER)
    lost, doubled, other = judge_books(documents, balance, list(source.wanted()))
    undone = getattr(source, "undone", ())
    other += office.disk.do(lambda c: judge_ledger(c, documents, undone))
    return lost, doubled, problems + other


async def _judged_counter(office, feed):
    """A shop: every account equals the records, and both that we post to are read back."""
    found = await office.read_back(feed.chart.owed, feed.chart.money)
    live = counter_desktop.live(office.company.documents()[1:])
    moved = counter_oracle.cents(office.company.trial_balance(), _opening())
    lost, doubled, other = counter_oracle.judge_documents(feed, live, moved)
    other += counter_oracle.judge_comparisons(feed, found)
    other += office.disk.do(lambda c: counter_oracle.judge_ledger(c, feed))
    return lost, doubled, other


@lru_cache
def _opening():
    """The balances of a company in which nothing has happened yet."""
    company = CompanyFile(":memory:", lambda: START)
    company.store.load_snapshot(empty(counter_desktop.add_tax).company)
    found = company.trial_balance()
    company.close()
    return found


async def heal(office):
    """Runs and polls until nothing is left to do: a sync that writes nothing, here and there.

    It leaves the store as it was, but for moments and tickets: the next one would do the same.
    """
    await office.rest(POLL)
    for _ in range(_ROUNDS):
        written, held = office.writes, office.disk.do(content)
        report = await office.run_flow()
        result = await office.poll()
        await office.rest(POLL)
        settled = report is not None and report.state == "done" and not report.changed
        if settled and not result.failed and result.status == "No data exchange required":
            if office.writes != written:
                return ["a second sync wrote something"]
            if office.disk.do(content) == held:
                return []
    return ["the world does not come to rest"]
