"""X1 for QuickBooks Online: the server is killed in mid-work, and no restart waits for a lease."""

from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal
from functools import partial
from random import Random

import aiohttp
import pytest
from attrs import evolve, frozen
from killed_cards import open_cards
from killed_sales import open_sales
from online_books import open_books, verdict
from online_server import Office, connected
from processes import careless, listening
from service_world import SECRETS
from world import TOKEN, toml

from subledger_quickbooks_online.simulator.faults import parse_plan

KILLS = 9
SEED = 20260317
FORGET = "forget-requestids"
FAULTS = (
    "slow=0.3~POST batch",
    "lost-answer~POST batch@2;6",
    "error-before~POST batch@3;8",
    "fault-inside-200~POST batch@4",
    "remote-delete~POST batch@5",
    f"{FORGET}@/2",
)
FILE_FAULTS = ("slow=0.3~POST upload", "lost-answer~POST upload@1", "error-before~POST upload@2")


@frozen(kw_only=True)
class Case:
    """A business, the country of its books, what goes wrong, and how much is posted at least.

    ``waits`` where it has records that nobody can post before a person has corrected them;
    ``uploads`` is how often its server is killed in the midst of an upload besides.
    """

    opened: object
    faults: tuple[str, ...]
    least: int
    country: str = "US"
    waits: bool = False
    uploads: int = 0


CARDS = Case(opened=open_cards, faults=(*FAULTS, *FILE_FAULTS), least=100, waits=True, uploads=3)
US = Case(opened=partial(open_sales, country="US"), faults=FAULTS, least=40)
CA = Case(opened=partial(open_sales, country="CA"), faults=FAULTS, least=40, country="CA")


@asynccontextmanager
async def open_office(folder, patch, case):
    """A business whose books a person has connected, and its server, which does not run yet."""
    for name, secret in {**SECRETS, "PEX_TOKEN": TOKEN}.items():
        patch.setenv(name, secret)
    rng = Random(SEED)  # noqa: S311 - no secret
    async with AsyncExitStack() as stack:
        books = await stack.enter_async_context(open_books(patch, case.country))
        sink = {
            "connector": "quickbooks-online",
            "client_id": "simulated-client",
            "client_secret": {"env": "QBO_SECRET"},
            "base_url": books.url,
            "oauth_url": books.url,
            "requests_per_second": 10,
        }
        business, written = await stack.enter_async_context(case.opened(rng, books, sink))
        (folder / "subledger.toml").write_text(toml(written))
        await connected(folder, books.simulation)
        books.simulation.faults.set(",".join(case.faults))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        office = Office(folder=folder, business=business, books=books, rng=rng, http=http)
        stack.push_async_callback(office.close)
        yield office


async def retried(office):
    """A person reads back what the books have, and lets everything that waits be tried again."""
    await office.ask("reconcile")
    _code, told = await office.ask("findings")
    assert (await office.ask("findings", "retry", "--all"))[0] == 0
    return Counter(one["category"] for one in told["findings"])


@pytest.mark.timeout(900)
@pytest.mark.parametrize("case", [CARDS, US, CA], ids=["cards", "psa-us", "psa-ca"])
async def test_killed_again_and_again_in_mid_delivery(tmp_path, monkeypatch, case):
    """Killed at random moments, each record and file is in QuickBooks Online once, to the cent."""
    async with open_office(tmp_path, monkeypatch, case) as office:
        books, business = office.books, office.business
        for number in range(KILLS + case.uploads):
            call, turn = ("POST", number % 3) if number < KILLS else ("POST upload", 1)
            written = books.writes(call)
            await office.open()
            business.news(number)
            await office.hook()
            await office.moment(turn, written, call)
            await office.kill()
        struck = books.incidents()
        hit = Counter(office.hit)
        books.simulation.faults.set("")
        await office.open()
        await office.synced()
        await office.kill()
        books.strike(business.leaf, business.wanted())
        told = await retried(office)
        await office.open()
        await office.synced()
        written = books.writes()
        await office.synced()
        assert books.writes() == written  # all is there: the same again writes nothing
        await office.kill()
        code, compared = await office.ask("reconcile")
        status = (await office.ask("status"))[1]
        waiting = office.told() if case.waits else set()
        print(hit, struck, business.acts, told, books.struck)

        wanted = business.wanted()
        assert verdict(books, business.account, wanted, waiting) == ([], [], [])
        assert books.struck.total() >= 2
        proof = status["flows"][business.flow]["proof"]
        assert proof["currency"] == books.currency

    planned = {(fault.name, fault.calls) for fault in parse_plan(",".join(case.faults))}
    assert planned <= struck.keys(), struck
    assert hit["servers"] == KILLS + case.uploads
    assert hit["writes on their way"] >= 2, hit
    assert hit["leases held"] >= 4, hit
    assert min(business.acts.values()) >= 1
    assert office.count("run", "state = 'running'") == 0
    assert told["missing_in_books"] >= 1, told
    assert code == 0, compared
    assert all(one["agrees"] and one["matched"] >= case.least for one in compared["comparisons"])
    assert proof["agrees"]
    assert (proof["unknown"]["records"], proof["waiting"]["records"]) == (0, 0)
    assert case.waits or proof["rejected"]["records"] == 0
    assert int(Decimal(proof["source_total"]) * 100) == sum(wanted.cents.values())


@pytest.mark.parametrize(
    ("case", "kind", "servers"),
    [
        (US, "payment", (partial(careless, "intent"), listening)),
        (CA, "payment", (listening, partial(careless, "find"))),
        (CARDS, "attachment", (listening, partial(careless, "find_file"))),
    ],
    ids=["psa-us intent", "psa-ca find", "cards find_file"],
)
async def test_without_a_guard_the_doubles_are_seen(tmp_path, monkeypatch, case, kind, servers):
    """Where intent is not kept, or a repeat does not look, a kill doubles, and it is seen."""
    first, then = servers
    case = evolve(case, faults=("slow=0.4~POST batch", "slow=0.4~POST upload", FORGET))
    async with open_office(tmp_path, monkeypatch, case) as office:
        await office.open(first)
        await office.hook()
        await office.until_made(kind)
        await office.kill()
        await office.open(then)
        await office.synced()
        wanted, account = office.business.wanted(), office.business.account
        _lost, doubled, _other = verdict(office.books, account, wanted, office.told())
    assert [one for one in doubled if one.startswith(f"sl:{kind}")], doubled


async def test_what_is_lost_is_seen(tmp_path, monkeypatch):
    """Where nothing was posted at all, the verdict names every record as lost."""
    async with open_office(tmp_path, monkeypatch, evolve(US, faults=())) as office:
        wanted = office.business.wanted()
        lost, doubled, other = verdict(office.books, office.business.account, wanted)
    assert len(lost) == len(wanted.cents) > 0
    assert (doubled, other) == ([], [])
