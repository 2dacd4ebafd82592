"""The result of a year is the same, whatever goes wrong on the way."""

import pytest
from attrs import evolve

from subledger.errors import AuthenticationError, TemporaryError
from subledger_syncro.simulator import FaultPlan


@pytest.fixture
def calm(world, read):
    """What an undisturbed read of the same account gives."""

    async def entities(**values):
        return read(await world(invoices=60, **values).pages()).entities

    return entities


@pytest.mark.parametrize(
    "faults",
    [
        {"rate_limit_every": 3},
        {"storm": (10, 12)},
        {"error_at": (2, 9, 30)},
        {"html_at": (5, 31)},
        {"html_ok_at": (4, 33)},
        {"truncate_at": (6, 40)},
        {"drop_at": (1, 8, 35)},
        {"repeat_page_at": (3, 5, 7, 9)},
        {"repeat_page_at": (4, 6, 8, 40, 60, 90)},
        {"rate_limit_every": 4, "drop_at": (7,), "truncate_at": (14,), "html_at": (21,)},
    ],
    ids=str,
)
async def test_a_year_agrees_under_faults(world, read, calm, faults):
    """Refused, failed, cut, repeated answers and web pages change nothing in the result."""
    account = world(invoices=60)
    account.simulation.faults = FaultPlan(**faults)
    assert read(await account.pages()).entities == await calm()


@pytest.mark.parametrize(
    "behaviour",
    [
        {"order": "oldest"},
        {"past_the_end": "repeat"},
        {"wrap_invoice": False},
        {"unapplied_ids": "none"},
        {"payment_query": "ignored"},
        {"page_sizes": {"invoices": 7, "payments": 100, "products": 3, "purchase_orders": 2}},
    ],
    ids=str,
)
async def test_a_year_agrees_whatever_the_documents_leave_open(world, read, calm, behaviour):
    """Orders, wrappers and page sizes that nobody promised are not counted on."""
    account = world(invoices=60)
    sizes = {**account.simulation.behaviour.page_sizes, **behaviour.get("page_sizes", {})}
    account.simulation.behaviour = evolve(
        account.simulation.behaviour, **{**behaviour, "page_sizes": sizes}
    )
    first = await account.pages()
    assert read(first).entities == await calm()
    before = len(account.wire.sent)
    again = await account.pages(cursor=first[-1].cursor)
    assert [record for page in again for record in page.records] == []
    assert len(account.wire.sent) - before < 30


async def test_invoices_that_come_and_go_while_they_are_read_end_right(world, read):
    """Pages that shift under the reader's eyes are right after the next runs."""
    account = world(invoices=60)
    account.simulation.faults = FaultPlan(change_at=(12, 20, 40, 60))
    pages = await account.pages()
    account.simulation.faults = FaultPlan()
    for _ in range(2):
        account.clock.advance(days=8)
        pages += await account.pages(cursor=pages[-1].cursor)
    found, truth = read(pages), account.truth
    amounts = {
        one.id: one.effect.minor
        for one in found.of("invoice", "credit_memo")
        if not one.id.startswith("credit-")
    }
    assert amounts == {id_: one["total"] for id_, one in truth["invoices"].items()}


async def test_too_many_failures_end_the_run_after_the_pages_read_so_far(world):
    """An account that keeps failing ends the run; the pages before it stand."""
    account = world(invoices=60)
    account.simulation.faults = FaultPlan(error_at=tuple(range(60, 90)))
    pages = []

    async def read_into():
        async with account.source() as source:
            async for page in source.extract(account.request()):
                pages.append(page)  # noqa: PERF401 - a comprehension would lose them

    with pytest.raises(TemporaryError, match="could not answer"):
        await read_into()
    assert pages


async def test_a_token_that_is_revoked_in_mid_run_is_told_with_a_way_out(world):
    """The hint says where a new token comes from; the token itself is nowhere."""
    account = world(invoices=60)
    account.simulation.faults = FaultPlan(wrong_token_at=(40,))
    with pytest.raises(AuthenticationError, match="revoked") as caught:
        await account.pages()
    assert "API Tokens" in caught.value.hint
    assert "demo-token" not in repr(vars(caught.value)) + account.log.text()


async def test_the_limit_of_requests_is_kept(world):
    """A whole year is read without being told to slow down once."""
    account = world(invoices=250)
    await account.pages()
    statuses = {one.status for one in account.simulation.requests}
    assert len(account.simulation.requests) > 200
    assert statuses == {200}


async def test_connections_of_a_process_share_the_limit(world):
    """Two accounts behind one address keep to one limit together."""
    one, two = world(invoices=30), world(invoices=30)
    two.simulation.throttle = one.simulation.throttle
    two.context, two.clock = one.context, one.clock
    two.context = evolve(one.context, runtime=evolve(one.context.runtime, http=two.wire))
    for _ in range(3):
        await one.pages()
        await two.pages()
    asked = [*one.simulation.requests, *two.simulation.requests]
    assert len(asked) > 360
    assert {entry.status for entry in asked} == {200}


async def test_two_of_them_without_a_shared_limit_are_told_to_slow_down(world):
    """Negative control: with a limit above Syncro's the same reading is refused in between."""
    account = world(invoices=250)
    await account.pages(settings={"requests_per_minute": 6000})
    assert 429 in {one.status for one in account.simulation.requests}
