"""What is bought from customers: behind a switch, since no document describes its address."""

import datetime as dt
import json

import pytest
from attrs import evolve

from subledger.errors import AuthenticationError, RecordRejected, TemporaryError
from subledger.model import kinds
from subledger.runtime import HttpResponse
from subledger_syncro import notice
from subledger_syncro.normalise import normalise
from subledger_syncro.simulator import FaultPlan, purchasing

ON = {"customer_purchases": True}
PATH = "customer_purchases"
HTML = b"<!DOCTYPE html><html><body>Not here</body></html>"


def behave(account, **switches):
    """Sets switches of the simulator."""
    account.simulation.behaviour = evolve(account.simulation.behaviour, **switches)


@pytest.fixture
def shop(world):
    """An account that buys from customers."""
    account = world(invoices=30)
    behave(account, customer_purchases=True)
    return account


async def later(account, pages, settings=ON):
    """The next run, an hour later."""
    account.clock.advance(hours=1)
    return await account.pages(cursor=pages[-1].cursor, settings=settings)


def records(pages, what):
    """The records of one sort."""
    return [one for page in pages for one in page.records if what in one.data]


def told(pages):
    """The categories of what a person is told."""
    found = []
    for one in records(pages, "notice"):
        with pytest.raises(RecordRejected) as caught:
            normalise(one)
        assert caught.value.hint
        found.append(caught.value.category)
    return found


def bought(found):
    """Cents by purchase, as they were read."""
    return {one.id: one.amount.minor for one in found.of(kinds.PURCHASE)}


def truly_bought(account):
    """The same as the simulator counts it."""
    rows = account.truth["purchases"].items()
    return {id_: row["cents"] for id_, row in rows if row["is_final"]}


def add(account, cents=5_000, **values):
    """A customer offers a phone."""
    world, now = account.simulation.world, account.clock()
    line = purchasing.purchase_line(world, now, name="Used phone", cost_cents=cents)
    values.setdefault("customer_id", account.marks["customer"])
    return purchasing.add_purchase(world, now, lines=[line], **values)


def finish(account, purchase):
    """The shop buys it."""
    purchasing.finish_purchase(account.simulation.world, account.clock(), purchase)


@pytest.mark.parametrize("tells", ["all", "list", "totals"])
async def test_a_year_of_purchases_agrees_to_the_cent(shop, read, tells):
    """Whatever the address tells of lines, each purchase is there once with its amount and day."""
    behave(shop, purchases_tell=tells)
    found, truth = read(await shop.pages(settings=ON)), shop.truth["purchases"]
    assert found.rejected == {}
    assert bought(found) == truly_bought(shop)
    assert len(bought(found)) > 3
    for one in found.of(kinds.PURCHASE):
        row = truth[one.id]
        assert (one.date.isoformat(), one.number) == (row["date"], row["number"])
        assert (one.party.kind, one.party.record) == (kinds.CUSTOMER, str(row["customer"]))
        assert found.get(kinds.CUSTOMER, row["customer"]) is not None
    lines = found.get(kinds.PURCHASE, shop.marks["customer_purchase"]).lines
    assert len(lines) == (1 if tells == "totals" else 2)
    if tells != "totals":
        assert found.get(kinds.ITEM, lines[1].item.record) is not None


async def test_an_estimate_is_not_a_purchase(shop, read):
    """What a customer offers moves nothing, and its customer is not handed over for it."""
    seller = shop.marks["same_as_vendor"]
    offer = add(shop, customer_id=seller)
    first = await shop.pages(settings=ON)
    found = read(first)
    assert found.get(kinds.PURCHASE, offer.id) is None
    assert found.get(kinds.CUSTOMER, seller) is None
    finish(shop, offer)
    found = read(first, await later(shop, first))
    assert found.get(kinds.PURCHASE, offer.id).amount.text() == "50.00"
    assert found.get(kinds.CUSTOMER, seller) is not None


async def test_a_run_without_news_hands_over_no_purchase(shop):
    """The list is read, and nothing else."""
    first = await shop.pages(settings=ON)
    before = len(shop.wire.sent)
    again = await later(shop, first)
    assert [one for page in again for one in page.records] == []
    assert again[-1].cursor == first[-1].cursor
    asked = [one for one in shop.asked(before) if PATH in one]
    assert asked == [f"GET {PATH}"]


async def test_a_purchase_changes_and_goes(shop, read):
    """One with another price is read again; one that was deleted is handed over as gone."""
    first = await shop.pages(settings=ON)
    shop.clock.advance(hours=1)
    world, number = shop.simulation.world, shop.marks["customer_purchase"]
    dear = purchasing.purchase_line(world, shop.clock(), name="Used laptop", cost_cents=99_999)
    world.put(world.purchases[number], shop.clock(), lines=(dear,))
    second = await later(shop, first)
    assert [one.id for one in records(second, "customer_purchase")] == [str(number)]
    assert bought(read(first, second)) == truly_bought(shop)
    world.remove(world.purchases[number], shop.clock())
    third = await later(shop, second)
    (gone,) = records(third, "gone")
    assert (gone.id, gone.makes) == (str(number), {kinds.PURCHASE})
    assert bought(read(first, second, third)) == truly_bought(shop)
    assert records(await later(shop, third), "gone") == []


async def test_a_row_that_slipped_from_a_list_is_not_gone(shop):
    """What is not listed is asked for by itself, before it is taken for deleted."""
    first = await shop.pages(settings=ON)
    original = type(shop.wire).__call__

    async def slipping(self, method, url, **values):
        answer = await original(self, method, url, **values)
        if not url.endswith(PATH):
            return answer
        body = json.loads(answer.body)
        return evolve(answer, body=json.dumps({**body, PATH: body[PATH][1:]}).encode())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(shop.wire), "__call__", slipping)
        again = await later(shop, first)
    assert records(again, "gone") == []


async def test_purchases_that_go_with_their_tab_are_not_gone(shop):
    """An empty list of an account without the tab says nothing about what was bought before."""
    first = await shop.pages(settings=ON)
    kept = dict(shop.simulation.world.purchases)
    shop.simulation.world.purchases.clear()
    original = type(shop.wire).__call__

    async def without_tab(self, method, url, **values):
        if url.endswith("settings/tabs"):
            return HttpResponse(status=200, headers={}, body=b'{"tabs": {}}')
        return await original(self, method, url, **values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(shop.wire), "__call__", without_tab)
        second = await later(shop, first)
    assert records(second, "gone") == []
    assert told(second) == ["unavailable"]
    third = await later(shop, second)
    gone = {one.id for one in records(third, "gone")} - {notice.NOTICE}
    assert gone == {str(number) for number in kept}, "with the tab they really are deleted"


async def test_pages_and_stops_change_nothing(shop, read):
    """However small the pages are, and wherever a run is stopped, the result is the same."""
    whole = read(await shop.pages(settings=ON)).entities
    behave(shop, page_sizes={**shop.simulation.behaviour.page_sizes, PATH: 2})
    pages, cursor = [], None
    async with shop.source(**ON) as source:
        async for page in source.extract(shop.request()):
            pages.append(page)
            cursor = page.cursor or cursor
            if records([page], "customer_purchase"):
                break
    pages += await shop.pages(cursor=cursor, settings=ON)
    assert read(pages).entities == whole


@pytest.mark.parametrize(
    "faults",
    [{"rate_limit_every": 3}, {"drop_at": (1, 90)}, {"repeat_page_at": (3, 5)}],
    ids=str,
)
async def test_purchases_agree_under_faults(shop, read, faults):
    """Refused, lost and repeated answers change nothing in the result."""
    behave(shop, page_sizes={**shop.simulation.behaviour.page_sizes, PATH: 3})
    shop.simulation.faults = FaultPlan(**faults)
    assert bought(read(await shop.pages(settings=ON))) == truly_bought(shop)


async def test_purchases_before_the_start_stay_out(shop, read):
    """The date of the purchase decides, as with every document."""
    old = add(shop, day=dt.date(2025, 1, 1))
    finish(shop, old)
    found = read(await shop.pages(settings=ON, since=dt.date(2026, 1, 1)))
    assert found.get(kinds.PURCHASE, old.id) is None
    assert all(one.date >= dt.date(2026, 1, 1) for one in found.of(kinds.PURCHASE))


async def test_switched_off_nothing_is_read_and_it_is_told_once(shop, read):
    """Where the account has the tab, a finding says so and names the setting; one time."""
    first = await shop.pages()
    assert read(first).of(kinds.PURCHASE) == []
    assert told(first) == ["excluded"]
    shop.clock.advance(days=2)
    assert told(await later(shop, first, {})) == []
    assert f"GET {PATH}" not in shop.asked()


async def test_without_the_tab_nothing_is_told(world):
    """Control: an account that buys from nobody is not bothered."""
    assert told(await world(invoices=30).pages()) == []


async def test_who_wants_no_purchases_is_asked_nothing(shop):
    """A flow without the kind reads nothing about it, whatever is switched on."""
    without = frozenset({kinds.INVOICE})
    for settings in (ON, {}):
        assert told(await shop.pages(settings=settings, kinds=without)) == []
    assert not any(PATH in one or "tabs" in one for one in shop.asked())


async def test_switched_on_later_everything_comes(shop, read):
    """Its position is its own: what was bought before is read, and the finding goes."""
    first = await shop.pages()
    second = await later(shop, first)
    assert bought(read(second)) == truly_bought(shop)
    (gone,) = records(second, "gone")
    assert (gone.id, normalise(gone)) == (notice.NOTICE, ())
    third = await later(shop, second, {})
    assert told(third) == []


def answering(status, body):
    """An answer in place of the one that the address would give."""
    return HttpResponse(status=status, headers={}, body=body)


@pytest.mark.parametrize(
    ("answer", "category"),
    [
        ((404, b'{"message": "Not found"}'), "unavailable"),
        ((404, HTML), "unavailable"),
        ((401, b'{"error": "Your permissions do not allow this"}'), "permission"),
        ((401, b'{"error": "Not authorized"}'), "permission"),
        ((403, b"{}"), "permission"),
        ((200, HTML), "unreadable"),
        ((200, b'{"purchases": []}'), "unreadable"),
        ((422, b'{"errors": "no"}'), "unreadable"),
        ((302, b""), "unreadable"),
    ],
    ids=str,
)
async def test_no_answer_is_told_and_nothing_is_lost(shop, read, answer, category):
    """A finding with its cause; all else goes on; once there is an answer, everything comes."""
    calm = read(await shop.pages(settings=ON)).entities
    original = type(shop.wire).__call__

    async def failing(self, method, url, **values):
        if PATH in url:
            return answering(*answer)
        return await original(self, method, url, **values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(shop.wire), "__call__", failing)
        first = await shop.pages(settings=ON)
        second = await later(shop, first)
    assert told(first) == [category]
    assert told(second) == []
    others = {key for key in calm if key[0] in (kinds.INVOICE, kinds.PAYMENT)}
    assert others <= set(read(first).entities)
    third = await later(shop, second)
    assert read(first, second, third).entities == calm
    assert [one.id for one in records(third, "gone")] == [notice.NOTICE]


@pytest.mark.parametrize("body", [b"[]", b'{"customer_purchase": 1}', HTML])
async def test_a_purchase_without_an_address_of_its_own_is_read_from_the_list(shop, read, body):
    """Whatever the single address says, the list is enough, and nothing is taken for deleted."""
    first = await shop.pages(settings=ON)
    behave(shop, purchases_tell="list")
    original = type(shop.wire).__call__

    async def failing(self, method, url, **values):
        if f"{PATH}/" in url:
            return answering(200, body)
        return await original(self, method, url, **values)

    world, number = shop.simulation.world, shop.marks["customer_purchase"]
    world.put(world.purchases[number], shop.clock())
    missing = world.purchases.pop(min(world.purchases))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(shop.wire), "__call__", failing)
        second = await later(shop, first)
    assert str(missing.id) not in {one.id for one in records(second, "gone")}
    assert len(read(second).get(kinds.PURCHASE, number).lines) == 2


async def test_a_failing_address_ends_the_run_after_everything_else(shop, read):
    """An overloaded server is not a missing address; what was read is not read twice."""
    pages, original = [], type(shop.wire).__call__

    async def failing(self, method, url, **values):
        if PATH in url:
            return answering(500, b"{}")
        return await original(self, method, url, **values)

    async def read_into():
        async with shop.source(**ON) as source:
            async for page in source.extract(shop.request()):
                pages.append(page)  # noqa: PERF401 - a comprehension would lose them

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(shop.wire), "__call__", failing)
        with pytest.raises(TemporaryError, match="could not answer"):
            await read_into()
    before = len(shop.wire.sent)
    again = await later(shop, pages)
    assert bought(read(pages, again)) == truly_bought(shop)
    assert not any("invoices/" in one or "payments/" in one for one in shop.asked(before))


async def test_a_token_that_is_refused_everywhere_is_an_error_of_the_token(shop):
    """Refused at this address alone it is a finding; revoked, the run ends."""
    original = type(shop.wire).__call__

    async def revoking(self, method, url, **values):
        if PATH in url:
            shop.simulation.tokens.clear()
        return await original(self, method, url, **values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(shop.wire), "__call__", revoking)
        with pytest.raises(AuthenticationError, match="revoked"):
            await shop.pages(settings=ON)


async def test_other_states_are_findings_until_the_setting_names_them(shop, read):
    """What is not known to be paid is not posted; with the setting it is read again, and is."""
    behave(shop, purchase_status="Bought")
    first = await shop.pages(settings=ON)
    found = read(first)
    assert bought(found) == {}
    errors = [found.rejected[id_] for id_ in truly_bought(shop)]
    assert {(one.category, one.field) for one in errors} == {("excluded", "status Bought")}
    second = await later(shop, first, {**ON, "final_purchases": ("bought",)})
    assert bought(read(first, second)) == truly_bought(shop)


@pytest.mark.parametrize(
    ("settings", "switches", "says"),
    [
        ({}, {"customer_purchases": False}, ""),
        ({}, {}, "not read"),
        (ON, {}, ""),
        (ON, {"purchases_tell": "nothing"}, "nothing under their address"),
    ],
)
async def test_the_check_tells_how_it_stands(shop, settings, switches, says):
    """`subledger check --live` says what a person would find out later."""
    behave(shop, **switches)
    async with shop.source(**settings) as source:
        sentences = [one for one in await source.check() if "purchases" in one.casefold()]
    assert [says in one for one in sentences] == ([True] if says else [])
