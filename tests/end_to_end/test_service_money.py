"""S10 and S12: what customers pay, and what is taken back, whichever the books are."""

from decimal import Decimal

import pytest
from service_world import open_service_world

from subledger.model.kinds import CREDIT_MEMO, INVOICE, PAYMENT, REFUND
from subledger.model.marker import marker

BOOKS = pytest.mark.parametrize("books", ["online", "desktop"])


@BOOKS
async def test_s10_whole_and_partial_payments(tmp_path, books):
    """S10, scenario 6: 270.63 with tax 20.63, paid as 100.00 and 170.63; both meet the invoice."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental", tax_rate_id=901)
        invoice = world.shop.invoice("Silva Dental", 25_000)
        first = world.shop.pay(invoice, 10_000, ref_num="11006", method="Check")
        await world.sync()
        assert world.change(world.paper(INVOICE, invoice)) == Decimal("270.63")
        assert world.paper(INVOICE, invoice).open == Decimal("170.63")
        assert world.paper(PAYMENT, first).number == "11006"
        second = world.shop.pay(invoice)
        await world.sync()
        assert world.change(world.paper(PAYMENT, second)) == Decimal("-170.63")
        assert world.paper(INVOICE, invoice).open == 0
        assert world.balance("receivables") == 0
        assert world.balance("undeposited") == Decimal("270.63")
        await world.quiet()
        await world.proof()
        await world.reconcile()


@BOOKS
async def test_s10_split_payment(tmp_path, books):
    """S10: one payment of 300.00 over two invoices stays one payment, applied to both."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        one = world.shop.invoice("Silva Dental", 12_000)
        two = world.shop.invoice("Silva Dental", 18_000)
        split = world.shop.split("Silva Dental", 30_000, {one.id: 12_000, two.id: 18_000})
        await world.sync()
        assert world.change(world.paper(PAYMENT, split)) == Decimal("-300.00")
        assert {world.paper(INVOICE, each).open for each in (one, two)} == {Decimal(0)}
        await world.proof()


@BOOKS
async def test_s10_derived_split_may_be_held(tmp_path, books):
    """S10: a split that the source does not tell is held where the settings say so, and named."""
    async with open_service_world(tmp_path, books, settings={"derived": "hold"}) as world:
        world.shop.customer("Silva Dental")
        one = world.shop.invoice("Silva Dental", 12_000)
        two = world.shop.invoice("Silva Dental", 20_000)
        world.shop.split("Silva Dental", 30_000, {one.id: 12_000, two.id: 18_000})
        await world.sync()
        assert world.balance("receivables") == Decimal("320.00")
        (finding,) = await world.findings("waiting_review")
        assert finding.records == 1
        await world.proof()


@BOOKS
async def test_s10_overpayment_and_store_credit(tmp_path, books):
    """S10: 50.00 too much stay as the customer's credit, and pay the next invoice without money."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 25_000)
        over = world.shop.pay(invoice, 30_000)
        await world.sync()
        assert world.paper(PAYMENT, over).open == Decimal("50.00")
        assert world.balance("receivables") == Decimal("-50.00")
        later = world.shop.invoice("Silva Dental", 4_000)
        world.shop.use_credit(later, 4_000)
        await world.sync()
        assert world.paper(INVOICE, later).open == 0
        assert world.paper(PAYMENT, over).open == Decimal("10.00")
        assert world.balance("undeposited") == Decimal("300.00")
        await world.quiet()
        await world.proof()
        await world.reconcile()


@BOOKS
async def test_s10_store_credit_as_credit_memo(tmp_path, books):
    """S10: a credit that was given for an invoice is a credit memo, and pays the next invoice."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        paid = world.shop.invoice("Silva Dental", 25_000)
        world.shop.pay(paid)
        credit = world.shop.refund(paid, 5_000, pay_out=False)
        await world.sync()
        memo = world.paper(CREDIT_MEMO, credit)
        assert (world.change(memo), memo.open) == (Decimal("-50.00"), Decimal("50.00"))
        later = world.shop.invoice("Silva Dental", 5_000)
        world.shop.use_credit(later, 5_000)
        await world.sync()
        assert world.paper(INVOICE, later).open == 0
        assert world.paper(CREDIT_MEMO, credit).open == 0
        assert world.balance("receivables") == 0
        await world.quiet()
        await world.proof()


@BOOKS
async def test_s10_declined_payments_are_no_payments(tmp_path, books):
    """S10: a declined attempt reaches the books in no form."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 25_000)
        world.shop.pay(invoice, success=False)
        await world.sync()
        assert world.paper(INVOICE, invoice).open == Decimal("250.00")
        assert len(world.papers()) == 1
        await world.proof()


@BOOKS
async def test_a_payment_waits_for_its_invoice(tmp_path, books):
    """Scenario 7: a payment whose invoice cannot be posted yet waits, and then goes by itself."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental", tax_rate_id=903)
        world.shop.customer("Kowalczyk Law", tax_rate_id=904)
        invoice = world.shop.invoice("Kowalczyk Law", 10_000)
        payment = world.shop.pay(invoice)
        await world.sync()
        assert world.papers() == {}
        waits = await world.findings("dependency", "mapping_missing")
        assert {row.category for row in waits} == {"dependency", "mapping_missing"}
        assert all(row.hint for row in waits)
        world.shop.edit(world.shop.world.invoices[invoice.id], tax_rate_id=902)
        world.shop.edit(
            world.shop.world.customers[world.shop.customers["Kowalczyk Law"]], tax_rate_id=902
        )
        world.shop.reprice(invoice, 11_498)
        await world.sync()
        assert world.change(world.paper(PAYMENT, payment)) == Decimal("-114.98")
        assert world.paper(INVOICE, invoice).open == 0
        assert await world.findings("dependency", "mapping_missing") == []
        await world.proof()


@BOOKS
async def test_s12_refund_invoice(tmp_path, books):
    """S12: a refund invoice is a credit memo, and the money that went back is a refund."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental", tax_rate_id=901)
        paid = world.shop.invoice("Silva Dental", 25_000)
        world.shop.pay(paid)
        refund = world.shop.refund(paid)
        await world.sync()
        memo = world.paper(CREDIT_MEMO, refund)
        assert (world.change(memo), memo.open) == (Decimal("-270.63"), 0)
        (back,) = [p for mark, p in world.papers().items() if mark.startswith(f"sl:{REFUND}")]
        assert world.change(back) == Decimal("270.63")
        assert world.change(back, "bank") == Decimal("-270.63")
        assert world.balance("receivables") == 0
        await world.quiet()
        await world.proof()
        await world.reconcile()


@BOOKS
async def test_s12_moved_payment(tmp_path, books):
    """S12: a payment that is moved to another invoice is moved in the books."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        left = world.shop.invoice("Silva Dental", 7_700)
        right = world.shop.invoice("Silva Dental", 7_700)
        payment = world.shop.pay(left)
        await world.sync()
        before = world.paper(PAYMENT, payment).id
        assert world.paper(INVOICE, left).open == 0
        world.shop.move(payment, {right.id: 7_700})
        await world.sync()
        assert world.paper(INVOICE, left).open == Decimal("77.00")
        assert world.paper(INVOICE, right).open == 0
        assert world.paper(PAYMENT, payment).id == before
        await world.quiet()
        await world.proof()


@BOOKS
@pytest.mark.parametrize("gone", ["flag", "void", "delete"])
async def test_s12_deleted_invoice(tmp_path, books, gone):
    """S12, scenario 8: a deleted invoice is void, deleted or flagged by policy; never silent."""
    async with open_service_world(
        tmp_path, books, psa={"deletions_every": "1h"}, flow={"gone": gone}
    ) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 5_500)
        other = world.shop.invoice("Silva Dental", 1_000)
        await world.sync()
        world.shop.delete(invoice)
        world.advance(days=1)
        await world.sync()
        flagged = await world.findings("gone_in_source")
        found, mark = world.papers(), marker(INVOICE, str(invoice.id))
        if gone == "flag":
            assert len(flagged) == 1
            assert world.balance("receivables") == Decimal("65.00")
        elif gone == "void":
            assert found[mark].voided
        else:
            assert mark not in found
        if gone != "flag":
            assert flagged == []
            assert world.balance("receivables") == Decimal("10.00")
        assert world.paper(INVOICE, other).open == Decimal("10.00")
        await world.quiet()
        proof = await world.proof(agrees=gone != "flag")
        assert proof.agrees is (gone != "flag")
        # what we took out is ours: the proof names it, and it is no stranger in the books
        assert proof.undone == (() if gone == "flag" else (f"invoice {invoice.id}",))
        compared = await world.reconcile()
        assert [one.foreign for one in compared] == [0] * len(compared)
        # what is void goes on being shown in the account
        assert sum(one.removed for one in compared) == (gone == "void")


@BOOKS
async def test_s12_flagged_deletion_is_voided_by_retry(tmp_path, books):
    """S12: the way out of a flagged deletion works: retry makes the document void."""
    async with open_service_world(tmp_path, books, psa={"deletions_every": "1h"}) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 5_500)
        await world.sync()
        world.shop.delete(invoice)
        world.advance(days=1)
        await world.sync()
        (finding,) = await world.findings("gone_in_source")
        await world.retry(finding)
        await world.sync()
        assert world.balance("receivables") == 0
        assert await world.findings("gone_in_source") == []
        await world.proof()


@BOOKS
async def test_s12_flagged_deletion_of_a_payment_is_undone_by_retry(tmp_path, books):
    """S12: retry takes a payment out of the books too, in the way that these books know."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 5_500)
        payment = world.shop.pay(invoice)
        await world.sync()
        world.shop.delete(payment)
        world.advance(days=2)
        await world.sync()
        (finding,) = await world.findings("gone_in_source")
        await world.retry(finding)
        await world.sync()
        assert world.paper(INVOICE, invoice).open == Decimal("55.00")
        assert world.balance("undeposited") == 0
        assert await world.findings() == []
        await world.proof()


@BOOKS
async def test_s12_deleted_payment(tmp_path, books):
    """S12: a payment that is deleted in the source leaves the books by policy."""
    async with open_service_world(tmp_path, books, flow={"gone": "delete"}) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 5_500)
        payment = world.shop.pay(invoice)
        await world.sync()
        assert world.balance("receivables") == 0
        world.shop.delete(payment)
        world.advance(days=2)
        await world.sync()
        assert world.paper(INVOICE, invoice).open == Decimal("55.00")
        assert world.balance("undeposited") == 0
        await world.quiet()
        await world.proof()


@BOOKS
async def test_s12_an_invoice_is_paid_anew_when_its_payment_is_deleted(tmp_path, books):
    """S12: a payment that goes frees its invoice for the one that comes with the same run."""
    async with open_service_world(tmp_path, books, flow={"gone": "delete"}) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 7_700)
        first = world.shop.pay(invoice)
        await world.sync()
        world.shop.delete(first)
        second = world.shop.pay(invoice)
        world.advance(days=2)
        await world.sync()
        assert await world.findings() == []
        assert set(world.papers()) == {
            marker(INVOICE, str(invoice.id)),
            marker(PAYMENT, str(second.id)),
        }
        assert world.paper(INVOICE, invoice).open == 0
        await world.quiet()
        await world.proof()
