"""Sales, purchases and payments through the whole service into the company file and back."""

import datetime as dt
import sys
from decimal import Decimal
from pathlib import Path

import attrs
import pytest
import sqlalchemy as sa

from subledger.manifest import Operation
from subledger.model import (
    Line,
    Reference,
)
from subledger.model import kinds as k
from subledger.money import Money
from subledger.store.schema import ENTRY

sys.path.insert(0, str(Path(__file__).parent))
from trading import (
    ACME,
    CARD,
    CHECKING,
    PART,
    PAYABLE,
    SHELL,
    Office,
    cable,
    customer,
    document,
    line,
    settlement,
    taxed,
)


@pytest.fixture
async def office(bench):
    human = bench.company.human
    human.add_list_object("Vendor", {"Name": "State Tax Board"})
    for name, rate in (("County", "7.25"), ("City", "1.125")):
        human.add_list_object(
            "ItemSalesTax",
            {"Name": name, "TaxRate": rate, "TaxVendorRef": {"FullName": "State Tax Board"}},
        )
    human.add_list_object(
        "ItemSalesTaxGroup",
        {"Name": "Both", "ItemSalesTaxRef": [{"FullName": "County"}, {"FullName": "City"}]},
    )
    human.add_list_object("PaymentMethod", {"Name": "Visa", "PaymentMethodType": "Visa"})
    office = Office(bench)
    yield office
    assert sum(bench.company.trial_balance().values()) == 0


async def test_customers_and_items_come_with_all_their_fields(office) -> None:
    """A customer with address and number, a product with both accounts, and changes of them."""
    job = customer(id="c2", name="Acme:Roof", parent=ACME, address=None, number="")
    await office.done(customer(), cable())
    await office.done(job)
    found = office.bench.company.human.request("CustomerQuery", {"FullName": ["Acme"]})[0]
    assert found.findtext("BillAddress/Addr1") == "Acme Ltd"
    assert found.findtext("BillAddress/Addr2") == "1 Main St"
    assert found.findtext("AccountNumber") == "4711"
    assert (
        office.bench.company.human.request("CustomerQuery", {"FullName": ["Acme:Roof"]})[0]
        is not None
    )
    item = office.bench.company.human.request("ItemNonInventoryQuery", {"FullName": ["Cable"]})[0]
    assert item.findtext("SalesAndPurchase/PurchaseCost") in ("4", "4.00")
    assert item.findtext("ManufacturerPartNumber") == "CBL-5"
    assert item.findtext("SalesTaxCodeRef/FullName") == "Tax"
    await office.done(
        customer(phone="555-0199"), cable(price=Decimal("12.5")), operation=Operation.UPDATE
    )
    found = office.bench.company.human.request("CustomerQuery", {"FullName": ["Acme"]})[0]
    assert found.findtext("Phone") == "555-0199"
    entry = await office.bench.store.tx(
        lambda c: c.execute(sa.select(ENTRY).where(ENTRY.c.name == "Acme")).one()
    )
    assert (entry.number, entry.email) == ("4711", "ap@acme.example")


async def test_the_register_knows_all_lists(office) -> None:
    """Terms, payment methods, tax codes, tax items and groups, and items by their type."""
    await office.post(customer())
    rows = await office.bench.store.tx(
        lambda c: {(r.kind, r.name): r.subtype for r in c.execute(sa.select(ENTRY))}
    )
    assert rows[k.TERMS, "Net 30"] == "StandardTerms"
    assert rows[k.PAYMENT_METHOD, "Visa"] == "Visa"
    assert rows[k.TAX_CODE, "Non"] == "SalesTaxCode"
    assert rows[k.TAX_CODE, "County"] == "ItemSalesTax"
    assert rows[k.TAX_CODE, "Both"] == "ItemSalesTaxGroup"
    assert rows[k.ITEM, "Consulting"] == "ItemService"


@pytest.mark.parametrize(("code", "tax"), [("County", 725), ("Both", 838)])
async def test_an_invoice_is_taxed_by_an_item_or_a_group(office, code: str, tax: int) -> None:
    """QuickBooks computes the tax of the taxable lines only, and it is what the source charged."""
    await office.done(
        customer(),
        cable(),
        document(
            k.INVOICE,
            "1001",
            line(10000, PART, quantity=Decimal(10), price=Decimal(10), taxable=True),
            line(5000, memo="hours"),
            tax=taxed(code, tax),
            due=dt.date(2026, 4, 1),
            terms=Reference(kind=k.TERMS, name="Net 30"),
        ),
    )
    found = await office.ask(k.INVOICE, "1001")
    assert found.findtext("SalesTaxTotal") == f"{tax / 100:.2f}"
    assert found.findtext("InvoiceLineRet/Quantity") == "10"
    assert found.findtext("DueDate") == "2026-04-01"
    assert "amount_mismatch" not in await office.findings()
    assert office.balance("Accounts Receivable") == Decimal(15000 + tax) / 100
    assert office.balance("Sales Tax Payable") == -Decimal(tax) / 100
    assert await office.read("Accounts Receivable") == [("Invoice", 15000 + tax, "sl:invoice-1001")]


async def test_another_tax_than_the_sources_is_told(office) -> None:
    """The books have what QuickBooks computed, and a finding says how much that is."""
    await office.done(
        customer(), document(k.INVOICE, "1001", line(10000, taxable=True), tax=taxed("County", 700))
    )
    assert "amount_mismatch" in await office.findings()
    assert office.balance("Accounts Receivable") == Decimal("107.25")


async def test_an_invoice_without_tax_is_not_taxed(office) -> None:
    """Neither the customer's nor the item's defaults add a tax; an invoice over nothing is one."""
    await office.done(
        customer(),
        cable(),
        document(k.INVOICE, "1", line(1000, PART)),
        document(k.INVOICE, "2", line(0)),
    )
    assert office.balance("Accounts Receivable") == 10
    assert await office.findings() == []


async def test_payments_settle_invoices(office) -> None:
    """Part of one, several at once, too much, and a credit memo that pays without money."""
    await office.done(
        customer(),
        document(k.INVOICE, "1", line(10000)),
        document(k.INVOICE, "2", line(5000)),
        document(k.CREDIT_MEMO, "3", line(2000)),
    )
    await office.done(
        settlement(k.PAYMENT, "p1", 4000, (k.INVOICE, "1", 4000)),
        settlement(k.PAYMENT, "p2", 9000, (k.INVOICE, "1", 4500), (k.INVOICE, "2", 3500)),
        settlement(k.PAYMENT, "p3", 0, (k.INVOICE, "1", 1500), (k.CREDIT_MEMO, "3", 1500)),
    )
    assert (await office.ask(k.INVOICE, "1")).findtext("BalanceRemaining") == "0.00"
    assert (await office.ask(k.INVOICE, "2")).findtext("BalanceRemaining") == "15.00"
    assert (await office.ask(k.CREDIT_MEMO, "3")).findtext("CreditRemaining") == "5.00"
    assert (await office.ask(k.PAYMENT, "p2")).findtext("UnusedPayment") == "10.00"
    assert office.balance("Undeposited Funds") == 130
    assert office.balance("Accounts Receivable") == 0
    found = await office.read("Accounts Receivable")
    assert sum(amount for _, amount, _ in found) == 0
    assert ("ReceivePayment", 0, "sl:payment-p3") in found


async def test_a_paid_invoice_can_still_be_changed(office) -> None:
    """A payment moved its EditSequence, but nobody edited it: the change is made on the newest."""
    await office.done(customer(), document(k.INVOICE, "1", line(10000)))
    before = await office.link(k.INVOICE, "1")
    office.bench.clock.forward(60)
    await office.done(settlement(k.PAYMENT, "p1", 4000, (k.INVOICE, "1", 4000)))
    office.bench.clock.forward(60)
    await office.done(document(k.INVOICE, "1", line(12000)), operation=Operation.UPDATE)
    found = await office.ask(k.INVOICE, "1")
    assert found.findtext("BalanceRemaining") == "80.00"
    assert (await office.link(k.INVOICE, "1")).guard != before.guard


async def test_an_edited_invoice_is_not_overwritten(office) -> None:
    """A person's edit stands until somebody decides."""
    await office.done(customer(), document(k.INVOICE, "1", line(10000)))
    link = await office.link(k.INVOICE, "1")
    office.bench.clock.forward(60)
    office.bench.company.human.edit_document(link.target, {"PONumber": "by hand"})
    office.bench.clock.forward(60)
    (state,) = await office.post(document(k.INVOICE, "1", line(12000)), operation=Operation.UPDATE)
    assert state.startswith("rejected")
    assert "changed_in_books" in await office.findings()
    assert office.balance("Accounts Receivable") == 100


async def test_documents_go_again(office) -> None:
    """An invoice is voided, a payment deleted, since QuickBooks voids none."""
    await office.done(
        customer(), document(k.INVOICE, "1", line(10000)), document(k.INVOICE, "2", line(100))
    )
    await office.done(settlement(k.PAYMENT, "p1", 4000, (k.INVOICE, "1", 4000)))
    await office.done(document(k.INVOICE, "2", line(100)), operation=Operation.VOID)
    await office.done(
        settlement(k.PAYMENT, "p1", 4000, (k.INVOICE, "1", 4000)), operation=Operation.DELETE
    )
    assert office.balance("Accounts Receivable") == 100
    assert (await office.ask(k.INVOICE, "1")).findtext("BalanceRemaining") == "100.00"


@pytest.mark.parametrize(
    ("money", "method", "kind"),
    [
        (CHECKING, None, "Check"),
        (CHECKING, Reference(kind=k.PAYMENT_METHOD, name="Visa"), "ARRefundCreditCard"),
        (CARD, None, "ARRefundCreditCard"),
    ],
)
async def test_a_refund_pays_a_credit_out(office, money, method, kind: str) -> None:
    """A check from the bank, or a refund by card; the credit is used up and the balance is nil."""
    await office.done(customer(), document(k.CREDIT_MEMO, "3", line(2000)))
    await office.done(
        settlement(
            k.REFUND, "3", 2000, (k.CREDIT_MEMO, "3", 2000), money=money, payment_method=method
        )
    )
    assert (await office.link(k.REFUND, "3")).type == kind
    assert (await office.ask(k.CREDIT_MEMO, "3")).findtext("CreditRemaining") == "0.00"
    assert office.balance("Accounts Receivable") == 0
    assert (kind, 2000, "sl:refund-3") in await office.read("Accounts Receivable")
    assert (kind, -2000, "sl:refund-3") in await office.read(money.name)


@pytest.mark.parametrize("money", [CHECKING, CARD])
async def test_bills_are_paid(office, money) -> None:
    """A bill over an account and an item, a vendor credit, and a payment that uses it."""
    supplies = Line(amount=Money(7000), account=Reference(kind=k.ACCOUNT, name="Office Supplies"))
    bought = line(3000, PART, quantity=Decimal(6), price=Decimal(5))
    await office.done(
        cable(),
        document(k.BILL, "b1", supplies, bought, party=SHELL, account=PAYABLE),
        document(
            k.VENDOR_CREDIT,
            "v1",
            attrs.evolve(supplies, amount=Money(1000)),
            party=SHELL,
            account=PAYABLE,
        ),
    )
    await office.done(
        settlement(
            k.BILL_PAYMENT, "bp", 9000, (k.BILL, "b1", 10000), (k.VENDOR_CREDIT, "v1", 1000),
            party=SHELL, account=PAYABLE, money=money,
        )
    )  # fmt: skip
    assert office.balance("Accounts Payable") == 0
    assert office.balance("Cost of Goods Sold") == 30
    assert (await office.ask(k.BILL, "b1")).findtext("IsPaid") == "true"
    amounts = [amount for _, amount, _ in await office.read("Accounts Payable")]
    assert sorted(amounts) == [-10000, 1000, 9000]


async def test_a_bill_closes_its_order(office) -> None:
    """Its lines are linked to those of the order, with the bill's own amounts."""
    ordered = line(2000, PART, quantity=Decimal(5), price=Decimal(4))
    await office.done(
        cable(), document(k.PURCHASE_ORDER, "o1", ordered, party=SHELL, account=PAYABLE)
    )
    assert (await office.ask(k.PURCHASE_ORDER, "o1")).findtext("IsFullyReceived") == "false"
    await office.done(
        document(
            *(k.BILL, "b1", line(2250, PART, quantity=Decimal(5), price=Decimal("4.5"))),
            party=SHELL,
            account=PAYABLE,
            order=Reference(kind=k.PURCHASE_ORDER, record="o1"),
        )
    )
    assert (await office.ask(k.PURCHASE_ORDER, "o1")).findtext("IsFullyReceived") == "true"
    assert (await office.ask(k.BILL, "b1")).findtext("AmountDue") == "22.50"
    found = await office.read("Accounts Payable")
    assert sorted(found) == [
        ("Bill", -2250, "sl:bill-b1"),
        ("PurchaseOrder", 0, "sl:purchase_order-o1"),
    ]


async def test_a_lost_answer_makes_no_second_invoice(office) -> None:
    """QuickBooks tells its stored answer, or the invoice is found by its mark."""
    settings = office.bench.company.settings
    await office.done(customer())
    office.bench.company.store.set_settings(attrs.evolve(settings, lose_answers=1))
    await office.post(document(k.INVOICE, "1", line(10000)))
    for _ in range(3):
        office.bench.clock.forward(600)
        await office.bench.run()
    assert await office.read("Accounts Receivable") == [("Invoice", 10000, "sl:invoice-1")]
    assert (await office.link(k.INVOICE, "1")).type == "Invoice"


async def test_sales_tax_that_is_off_is_told(office) -> None:
    """The document is parked with a hint, and one without tax is posted without tax codes."""
    settings = office.bench.company.settings
    office.bench.company.store.set_settings(attrs.evolve(settings, sales_tax=False))
    states = await office.post(
        customer(),
        document(k.INVOICE, "1", line(10000, taxable=True), tax=taxed("County", 725)),
        document(k.INVOICE, "2", line(10000)),
    )
    assert [state.partition(":")[0] for state in states] == ["settled", "rejected", "settled"]
    assert "feature_off" in await office.findings()
