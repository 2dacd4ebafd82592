"""X6: what the books hold already is found before the first posting, and taken on demand."""

from decimal import Decimal

import pytest
from service_world import open_service_world

from subledger.flow import duplicates
from subledger.flow.linking import Link, link
from subledger.ledger import findings
from subledger.model.kinds import INVOICE
from subledger.preview import preview

BOOKS = pytest.mark.parametrize("books", ["online", "desktop"])


async def begun(world):
    """A year that was kept by hand: an invoice, and one of another customer; two are in both."""
    world.shop.customer("Silva Dental")
    customer = world.ledger.add_customer("Silva Dental")
    other = world.ledger.add_customer("Kowalczyk Law")
    mine = world.shop.invoice("Silva Dental", 10_000)
    more = world.shop.invoice("Silva Dental", 30_000)
    day = world.shop.today
    theirs = world.ledger.enter_invoice(customer, "K-1", Decimal("100.00"), day)
    world.ledger.enter_invoice(other, "77", Decimal("300.00"), day)
    return mine, more, theirs


@BOOKS
async def test_x6_an_invoice_that_was_entered_by_hand_is_not_posted_again(tmp_path, books):
    """X6: it waits with the name of its like; link takes that one, and the rest is posted."""
    async with open_service_world(tmp_path, books) as world:
        mine, more, theirs = await begun(world)
        await world.sync()
        (finding,) = await world.findings("duplicate_document")
        assert finding.records == 1
        assert "link" in finding.hint.casefold()
        (record,) = await world.kernel.store.read(findings.records_of, finding.id)
        assert (record.id, record.same) == (str(mine.id), f"Invoice {theirs}")
        assert world.balance("receivables") == 100 + 300 + 300
        assert world.paper(INVOICE, more).party == "Silva Dental"
        await world.proof()
        same, now = Link(source="psa", sink="books"), world.kernel.now_ms()
        assert await world.kernel.store.tx(link, finding.id, same, now, "Ann") == 1
        await world.quiet()
        assert world.balance("receivables") == 700
        world.shop.reprice(mine, 12_500)
        await world.sync()
        assert world.balance("receivables") == 725
        assert await world.findings() == []
        await world.proof()


@BOOKS
async def test_x6_retry_posts_what_only_looks_alike(tmp_path, books):
    """X6: a person says that it is another one: it is posted, once, and stays so."""
    async with open_service_world(tmp_path, books) as world:
        await begun(world)
        await world.sync()
        (finding,) = await world.findings("duplicate_document")
        await world.retry(finding)
        await world.sync()
        assert world.balance("receivables") == 800
        assert await world.findings() == []
        await world.quiet()
        await world.proof()


async def test_x6_a_second_record_of_the_same_amount_is_posted(tmp_path):
    """X6: one document stands for one record; two sales over the same amount are two sales."""
    async with open_service_world(tmp_path) as world:
        await begun(world)
        world.shop.invoice("Silva Dental", 10_000)
        await world.sync()
        (finding,) = await world.findings("duplicate_document")
        assert finding.records == 1
        assert world.balance("receivables") == 800


async def test_x6_a_preview_finds_it_too(tmp_path):
    """X3, X6: what the books have already is seen before anything is written."""
    async with open_service_world(tmp_path) as world:
        await begun(world)
        shown = await preview(world.kernel, "sales", lambda *_: None)
        found = [row for row in shown.findings if row.category == "duplicate_document"]
        assert [row.records for row in found] == [1]
        assert world.balance("receivables") == 400


async def test_x6_the_look_can_be_switched_off(tmp_path):
    """X6: with hold_duplicates = false nothing is read before, and nothing is held."""
    async with open_service_world(tmp_path, flow={"hold_duplicates": False}) as world:
        await begun(world)
        await world.sync()
        assert await world.findings() == []
        assert world.balance("receivables") == 800


async def test_without_the_look_the_books_hold_it_twice(tmp_path, monkeypatch):
    """Control: where nobody looks, the harness sees the invoice doubled."""
    monkeypatch.setattr(duplicates, "alike", lambda *_: None)
    async with open_service_world(tmp_path) as world:
        await begun(world)
        await world.sync()
        assert world.balance("receivables") == 800


@BOOKS
async def test_x6_the_look_finds_accounts_however_the_settings_write_them(tmp_path, books):
    """X6: QuickBooks does not tell upper from lower case in names, so neither does the look."""
    written = "accounts receivable (a/r)" if books == "online" else "accounts receivable"
    settings = {"receivables_account": written}
    async with open_service_world(tmp_path, books, settings=settings) as world:
        await begun(world)
        await world.sync()
        (finding,) = await world.findings("duplicate_document")
        assert finding.records == 1
        assert world.balance("receivables") == 700
