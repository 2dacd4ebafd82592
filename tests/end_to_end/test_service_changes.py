"""S6, S10, S12: what is changed after it was posted is changed in the books, whichever they are."""

from decimal import Decimal

import pytest
from service_world import open_service_world

from subledger.model.kinds import CREDIT_MEMO, INVOICE, PAYMENT

BOOKS = pytest.mark.parametrize("books", ["online", "desktop"])
DELETE = {"psa": {"deletions_every": "1h"}, "flow": {"gone": "delete"}}


@BOOKS
async def test_an_invoice_becomes_a_refund(tmp_path, books):
    """S12: an invoice that turns negative leaves the books, and its credit memo comes."""
    async with open_service_world(tmp_path, books, **DELETE) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        await world.sync()
        world.shop.reprice(invoice, -5_000)
        await world.sync()
        await world.sync()
        assert set(world.papers()) == {f"sl:credit_memo-{invoice.id}"}
        assert world.change(world.paper(CREDIT_MEMO, invoice)) == Decimal("-50.00")
        await world.proof()


@BOOKS
async def test_a_payment_is_corrected(tmp_path, books):
    """S10: a payment of another amount than first entered is corrected in the books."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        payment = world.shop.pay(invoice, 4_000)
        await world.sync()
        world.shop.edit(payment, cents=5_000, applied=((invoice.id, 5_000),))
        world.advance(days=1)
        await world.sync()
        assert world.change(world.paper(PAYMENT, payment)) == Decimal("-50.00")
        assert world.paper(INVOICE, invoice).open == Decimal("50.00")
        await world.quiet()
        await world.proof()


@BOOKS
@pytest.mark.parametrize("paid", [False, True], ids=["open", "paid"])
async def test_an_invoice_goes_to_another_customer(tmp_path, books, paid):
    """S5: an invoice that was written to the wrong customer moves, its payment with it."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        right = world.shop.customer("Kowalczyk Law")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        payment = world.shop.pay(invoice) if paid else None
        await world.sync()
        world.shop.edit(invoice, customer_id=right)
        if payment:
            world.shop.edit(payment, customer_id=right)
        world.advance(days=1)
        await world.sync()
        for finding in await world.findings():  # Online takes the payment off by itself
            assert (books, finding.category) == ("online", "changed_in_books")
            await world.retry(finding)
        await world.sync()
        assert {paper.party for paper in world.papers().values()} == {"Kowalczyk Law"}
        assert world.paper(INVOICE, invoice).open == (0 if paid else 100)
        await world.proof()


@BOOKS
async def test_a_paid_invoice_grows(tmp_path, books):
    """S6: a paid invoice that gets larger is open for the difference."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        world.shop.pay(invoice)
        await world.sync()
        world.shop.reprice(invoice, 12_000)
        await world.sync()
        assert world.paper(INVOICE, invoice).open == Decimal("20.00")
        await world.quiet()
        await world.proof()


@BOOKS
async def test_a_paid_invoice_shrinks(tmp_path, books):
    """S6: a paid invoice that gets smaller leaves a credit, at once or after a retry."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        world.shop.pay(invoice)
        await world.sync()
        world.shop.reprice(invoice, 8_000)
        world.advance(days=1)
        await world.sync()
        for finding in await world.findings():  # Desktop takes the payment off first
            assert (books, finding.category) == ("desktop", "validation")
            await world.retry(finding)
        await world.sync()
        assert world.balance("receivables") == Decimal("-20.00")
        assert await world.findings() == []
        await world.proof()


@BOOKS
async def test_a_paid_invoice_is_deleted(tmp_path, books):
    """S12: where a paid invoice is deleted its payment stays, as the customer's credit."""
    async with open_service_world(tmp_path, books, **DELETE) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        payment = world.shop.pay(invoice)
        await world.sync()
        world.shop.delete(invoice)
        world.advance(days=2)
        await world.sync()
        await world.sync()
        assert world.paper(PAYMENT, payment).open == Decimal("100.00")
        assert world.balance("receivables") == Decimal("-100.00")
        await world.proof()


@BOOKS
async def test_customers_of_the_same_name(tmp_path, books):
    """X5: two organisations of one name are a conflict; renamed, the second one's invoice goes."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Twins")
        first = world.shop.invoice("Twins", 10_000)
        other = world.shop.customer("Twins")
        second = world.shop.invoice("Twins", 20_000)
        await world.sync()
        (finding,) = await world.findings("name_conflict")
        assert finding.hint
        assert world.balance("receivables") == Decimal("100.00")
        world.shop.edit(world.shop.world.customers[other], business_name="Twins Two")
        world.shop.edit(second, note="again")
        await world.sync()
        await world.sync()
        assert world.paper(INVOICE, first).party == "Twins"
        assert world.paper(INVOICE, second).party == "Twins Two"
        assert await world.findings() == []
        await world.proof()


@BOOKS
async def test_a_refund_is_taken_back(tmp_path, books):
    """S12: a refund that was a mistake leaves the books with its credit memo."""
    async with open_service_world(tmp_path, books, **DELETE) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        world.shop.pay(invoice)
        refund = world.shop.refund(invoice, 3_000)
        await world.sync()
        assert world.balance("receivables") == 0
        for payment in world.shop.world.payments_of(refund.id):
            world.shop.delete(payment)
        world.shop.delete(refund)
        world.advance(days=2)
        await world.sync()
        await world.sync()
        assert len(world.papers()) == 2
        assert world.balance("receivables") == 0
        assert world.balance("undeposited") == Decimal("100.00")
        await world.proof()
