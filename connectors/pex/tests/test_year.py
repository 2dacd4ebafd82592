"""A year of the simulated PEX through real HTTP, against what the simulator counted by itself."""

import pytest
from attrs import evolve

from subledger.errors import AuthenticationError, RecordRejected, TemporaryError
from subledger.model import Movement, Status
from subledger.secret import Secret
from subledger_pex.normalise import balance_of, normalise


def unique(pages):
    """The records of pages, the last of each id, as the kernel keeps them."""
    return {record.id: record for page in pages for record in page.records}


def read(records):
    """Settled movements by id, and the categories of the rejected records by id."""
    movements, rejected = {}, {}
    for record in records.values():
        try:
            for movement in normalise(record):
                if isinstance(movement, Movement) and movement.status is Status.POSTED:
                    movements[movement.id] = movement
        except RecordRejected as error:
            rejected[record.id] = error.category
    return movements, rejected


def cents_by_id(records):
    """Signed cents of everything that moves the balance, rejected records included."""
    movements, rejected = read(records)
    cents = {id_: movement.effect.minor for id_, movement in movements.items()}
    return cents | {id_: balance_of(records[id_]).minor for id_ in rejected}


def true_cents(truth):
    """The simulator's own account of the same."""
    cents = {str(id_): entry["cents"] for id_, entry in truth["transactions"].items()}
    payments = {
        f"invoice-{entry['invoice']}-payment-{id_}": entry["cents"]
        for id_, entry in truth["payments"].items()
        if entry["cents"]
    }
    return cents | payments


@pytest.mark.parametrize("numeric", [False, True])
@pytest.mark.parametrize("window_field", ["transaction", "settlement"])
async def test_a_year_agrees_to_the_cent(world, window_field, numeric):
    """Every settled movement arrives once with its amount, whichever date PEX filters by."""
    async with world() as pex:
        pex.simulation.behaviour = evolve(
            pex.simulation.behaviour, window_field=window_field, numeric_enums=numeric
        )
        records = unique(await pex.pages())
        truth = pex.simulation.truth()
        assert cents_by_id(records) == true_cents(truth)
        assert sum(cents_by_id(records).values()) == truth["total"]
        assert truth["count"] > 500


async def test_the_comparison_notices_one_missing_record(world):
    """Negative control: without one record the year does not agree."""
    async with world(transactions=250) as pex:
        records = unique(await pex.pages())
        del records[str(pex.simulation.business.landmarks["dispute"])]
        assert cents_by_id(records) != true_cents(pex.simulation.truth())


@pytest.mark.parametrize("rebates", ["deposit", "distribute"])
@pytest.mark.parametrize("numeric", [False, True])
async def test_a_credit_programme_agrees_with_its_invoices(world, rebates, numeric):
    """Purchases, fees and every payment that moved agree; the short invoice is held, not lost."""
    async with world(funding="credit") as pex:
        pex.simulation.behaviour = evolve(pex.simulation.behaviour, numeric_enums=numeric)
        records = unique(await pex.pages(rebates=rebates))
        truth = pex.simulation.truth()
        assert cents_by_id(records) == true_cents(truth)
        assert -sum(cents_by_id(records).values()) == truth["owed"]
        _, rejected = read(records)
        held = {category for id_, category in rejected.items() if id_.startswith("invoice-")}
        assert held == {"amount_mismatch"}


async def test_a_distributed_rebate_credits_what_was_bought(world):
    """A rebate is spread over the invoice's spending by tag, and adds up to the cent."""
    async with world(funding="credit") as pex:
        movements, _ = read(unique(await pex.pages(rebates="distribute")))
        rebates = [m for m in movements.values() if m.detail.get("type") == "RebateCredit"]
        assert rebates
        assert all(len(rebate.lines) > 1 for rebate in rebates)


@pytest.mark.parametrize(
    "faults",
    [
        {"rate_limit_every": 3},
        {"error_at": (2, 9, 30)},
        {"truncate_at": (4, 12, 31)},
        {"drop_at": (1, 8, 33)},
        {"slow_seconds": 0.01},
        {"reorder": True},
        {"rate_limit_every": 4, "drop_at": (7,), "truncate_at": (14,), "reorder": True},
        *({"duplicate_page_at": (number,)} for number in range(5, 62, 3)),
    ],
    ids=str,
)
async def test_a_year_agrees_under_faults(world, faults):
    """Slow, cut, dropped, failed, refused or repeated answers change nothing in the result."""
    async with world(transactions=250) as pex:
        pex.faults(**faults)
        assert cents_by_id(unique(await pex.pages())) == true_cents(pex.simulation.truth())


async def test_records_that_change_while_they_are_read_are_settled_by_the_next_run(world):
    """What settles or changes under the reader's eyes is right after the next read."""
    async with world(transactions=250) as pex:
        pex.faults(change_at=tuple(range(20, 60, 4)))
        await pex.pages()
        assert cents_by_id(unique(await pex.pages())) == true_cents(pex.simulation.truth())


async def test_too_many_failures_end_the_run_after_the_pages_read_so_far(world):
    """A server that keeps failing ends the run with an error that says when to come back."""
    async with world(transactions=250) as pex:
        pex.faults(error_at=(20, 21))
        pages = []
        with pytest.raises(TemporaryError, match="could not answer"):
            await pex.read_into(pages)
        assert pages


async def test_a_token_that_expires_in_mid_run_leaves_a_clean_state(world):
    """The pages before it stand; with a new token the run goes on and the year agrees."""
    async with world(transactions=250) as pex:
        pex.faults(expire_token_at=(25,))
        pages = []
        with pytest.raises(AuthenticationError, match="expired") as caught:
            await pex.read_into(pages)
        assert pages
        assert caught.value.code == "401"

        pex.faults()
        fresh = Secret(pex.simulation.tokens.issue())
        cursor = [page.cursor for page in pages if page.cursor][-1]
        rest = await pex.pages(pex.request(cursor=cursor), token=fresh)
        assert rest[0].done > pages[-1].done
        assert cents_by_id(unique([*pages, *rest])) == true_cents(pex.simulation.truth())
        assert "demo-token" not in pex.log.text()


@pytest.mark.parametrize("stops", [(3,), (1, 4, 2, 5, 3)])
async def test_a_run_that_is_stopped_goes_on(world, stops):
    """However often a run is stopped, the records are the same, and no window is read for long."""
    async with world(transactions=250) as pex:
        pages, cursor = [], None
        for stop in stops:
            async with pex.source() as source:
                run = source.extract(pex.request(cursor=cursor))
                for _ in range(stop):
                    page = await anext(run)
                    pages.append(page)
                    cursor = page.cursor or cursor
                await run.aclose()
        pages += await pex.pages(pex.request(cursor=cursor))
        assert cents_by_id(unique(pages)) == true_cents(pex.simulation.truth())
        assert pages[-1].done == pages[-1].of
        assert len(pages) == pages[-1].of


async def test_a_finished_run_reads_its_look_back_again(world):
    """A later approval is found although the cursor stands at the end."""
    async with world(transactions=250) as pex:
        cursor = (await pex.pages())[-1].cursor
        again = await pex.pages(pex.request(cursor=cursor))
        assert cents_by_id(unique(again)) == true_cents(pex.simulation.truth())


async def test_pages_come_oldest_first_and_only_from_the_days_asked_for(world):
    """Posting dates lie within the request, and no page begins before the one before it began."""
    async with world(transactions=250) as pex:
        since = pex.simulation.business.today.replace(month=1, day=10)
        until = since.replace(month=2)
        pages = await pex.pages(pex.request(since=since, until=until))
        dates = [
            [movement.date for record in page.records for movement in _readable(record)]
            for page in pages
        ]
        assert all(since <= date <= until for page in dates for date in page)
        assert all(page == sorted(page) for page in dates)
        truth = pex.simulation.truth()["transactions"]
        inside = {
            str(id_)
            for id_, entry in truth.items()
            if since.isoformat() <= entry["settlement"][:10] <= until.isoformat()
        }
        assert set(unique(pages)) >= inside
        assert set(read(unique(pages))[0]) <= inside


def _readable(record):
    try:
        return normalise(record)
    except RecordRejected:
        return ()
