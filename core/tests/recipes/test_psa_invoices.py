"""The recipe psa-invoices: what becomes of a service business's documents, by its settings."""

import datetime as dt
from decimal import Decimal

import attrs
import pytest

from subledger.ledger.books import BookIndex
from subledger.model import (
    Application,
    Document,
    Item,
    ItemType,
    Line,
    Movement,
    Party,
    Reference,
    Settlement,
    Tax,
    Way,
)
from subledger.model.kinds import (
    ACCOUNT,
    BILL,
    CLASS,
    CREDIT_MEMO,
    CUSTOMER,
    INVOICE,
    ITEM,
    PAYMENT,
    PAYMENT_METHOD,
    PURCHASE,
    PURCHASE_ORDER,
    REFUND,
    REFUND_RECEIPT,
    SALES_RECEIPT,
    TAX_CODE,
    VENDOR,
)
from subledger.money import Money
from subledger.ports import Hold, Keep, Skip
from subledger.recipes.psa_invoices import PSA_INVOICES, plan
from subledger.recipes.psa_settings import PsaInvoicesSettings

DAY = dt.date(2026, 3, 1)
CUSTOMER_OF = Reference(kind=CUSTOMER, record="7", name="Silva: Dental")
ITEM_OF = Reference(kind=ITEM, record="23", name="Managed workstation")


def money(text):
    """Dollars."""
    return Money.of(text)


def draft(entity, **settings):
    """The recipe's verdict on an entity."""
    whole = {
        "receivables_account": "Accounts Receivable",
        "income_account": "Services",
        "default_item": "Other",
        "payables_account": "Accounts Payable",
        "bill_account": "Parts",
        "refund_account": "Checking",
        "default_tax_code": "State Tax",
        **settings,
    }
    return plan(PsaInvoicesSettings(**whole)).draft(entity, BookIndex())


def kept(entity, **settings):
    """What the recipe makes of an entity that it keeps."""
    verdict = draft(entity, **settings)
    assert isinstance(verdict, Keep), verdict
    return verdict.entity


def finding(entity, cls, **settings):
    """The finding of a record that is held or skipped."""
    verdict = draft(entity, **settings)
    assert isinstance(verdict, cls), verdict
    return verdict.finding


def invoice(**more):
    """An invoice of 270.63 with 20.63 of tax."""
    lines = (Line(amount=money("250.00"), item=ITEM_OF, quantity=Decimal(5), price=Decimal(50)),)
    values = {
        "kind": INVOICE,
        "id": "1682",
        "number": "1682",
        "party": CUSTOMER_OF,
        "date": DAY,
        "amount": money("270.63"),
        "lines": lines,
        "tax": Tax(amount=money("20.63"), rate="901"),
        "location": "Austin",
    }
    return Document(**{**values, **more})


def payment(**more):
    """A payment of 300.00 for one invoice of 270.63."""
    applied = Application(document=Reference(kind=INVOICE, record="1682"), amount=money("270.63"))
    values = {
        "kind": PAYMENT,
        "id": "44",
        "party": CUSTOMER_OF,
        "date": DAY,
        "amount": money("300.00"),
        "applications": (applied,),
        "method": "Check",
    }
    return Settlement(**{**values, **more})


def test_invoice():
    """An invoice keeps its lines, number and tax, and gets account, code and marker."""
    made = kept(invoice(), tax_codes={"901": "Austin Group"}, locations={"Austin": "South"})
    assert made.account == Reference(kind=ACCOUNT, name="Accounts Receivable")
    assert made.tax.code == Reference(kind=TAX_CODE, name="Austin Group")
    assert made.tax.amount == money("20.63")
    assert made.lines[0].item.record == "23"
    assert made.class_ == Reference(kind=CLASS, name="South")
    assert made.memo == "sl:invoice-1682"
    assert made.party.name == "Silva- Dental"


def test_tax_as_a_line():
    """With tax as a line the total stays, and the books compute no tax."""
    made = kept(invoice(), tax="line", tax_item="Sales Tax")
    assert made.tax is None
    assert made.lines[-1].amount == money("20.63")
    assert made.amount == money("270.63")


def test_unmapped_tax():
    """A tax rate that nothing maps is held, and the hint names the setting."""
    found = finding(invoice(), Hold, default_tax_code=None)
    assert (found.category, found.subject) == ("mapping_missing", "tax rate 901")
    assert '"901" = ' in found.hint
    assert finding(invoice(), Hold, tax="none").subject == "setting tax"


def test_no_tax_needs_no_code():
    """An invoice without tax goes without a tax code."""
    untaxed = invoice(amount=money("250.00"), tax=Tax(amount=money("0.00")))
    assert kept(untaxed, default_tax_code=None).tax is None


def test_default_item():
    """Lines without a product take the default item; without one they are held."""
    bare = invoice(amount=money("5.00"), lines=(Line(amount=money("5.00")),), tax=None)
    assert kept(bare).lines[0].item.name == "Other"
    assert finding(bare, Hold, default_item=None).subject == "setting default_item"
    assert kept(invoice(), products="default_item").lines[0].item.name == "Other"


def test_zero_invoice():
    """An invoice over 0.00 is posted unless the settings say otherwise."""
    zero = invoice(amount=money("0.00"), lines=(), tax=None)
    (line,) = kept(zero).lines
    assert (line.amount, line.item.name) == (money("0.00"), "Other")
    assert finding(zero, Skip, zero_invoices=False).subject == "setting zero_invoices"


def test_payment():
    """A payment goes to the account of its method, with the method the books know."""
    made = kept(
        payment(), deposit_accounts={"Check": "Checking"}, payment_methods={"Check": "Cheque"}
    )
    assert made.money.name == "Checking"
    assert made.payment_method == Reference(kind=PAYMENT_METHOD, name="Cheque")
    assert made.applications[0].document.record == "1682"
    assert kept(payment()).money.name == "Undeposited Funds"


def test_derived_split():
    """A split that follows from balances is marked, or held where the owner wants that."""
    derived = payment(derived=True)
    assert kept(derived).memo == "sl:payment-44 split by balances"
    assert finding(derived, Hold, derived="hold").subject == "derived allocations"


def test_refund():
    """Money that was paid back leaves the refund account; without one it is held."""
    credit = Application(document=Reference(kind=CREDIT_MEMO, record="9"), amount=money("300.00"))
    back = payment(kind=REFUND, applications=(credit,))
    assert kept(back).money.name == "Checking"
    assert finding(back, Hold, refund_account=None).subject == "setting refund_account"


def test_bill_and_order():
    """A finished order becomes a bill; the order itself is posted only where it is wanted."""
    order = Reference(kind=PURCHASE_ORDER, record="3")
    vendor = Reference(kind=VENDOR, record="1", name="HostedBizz")
    bill = invoice(kind=BILL, party=vendor, order=order, tax=None, amount=money("250.00"))
    assert kept(bill).order is None
    assert kept(bill).account.name == "Accounts Payable"
    assert kept(bill, purchases="orders_and_bills").order == order
    assert finding(bill, Skip, purchases="none").subject == "setting purchases"
    assert finding(bill, Hold, payables_account=None).subject == "setting payables_account"
    purchase = attrs.evolve(bill, kind=PURCHASE_ORDER, order=None)
    assert finding(purchase, Skip).subject == "setting purchases"
    assert kept(purchase, purchases="orders_and_bills").account is None


@pytest.mark.parametrize(
    ("type_", "stock", "expected"),
    [
        (ItemType.SERVICE, "non_inventory", ItemType.SERVICE),
        (ItemType.INVENTORY, "non_inventory", ItemType.NON_INVENTORY),
        (ItemType.INVENTORY, "inventory", ItemType.INVENTORY),
    ],
)
def test_item(type_, stock, expected):
    """A product becomes an item of the type that the settings choose, with its accounts."""
    product = Item(id="23", name="Pump: big", type=type_)
    accounts = {"cost_account": "Cost", "asset_account": "Stock"}
    made = kept(product, stock=stock, **accounts)
    assert (made.name, made.type) == ("Pump- big", expected)
    assert made.income_account.name == "Services"
    assert (made.asset_account is not None) == (expected is ItemType.INVENTORY)
    assert finding(product, Hold, income_account=None, **accounts)


def test_sub_customers():
    """Customers below others are posted at the top unless the settings say otherwise."""
    child = Party(kind=CUSTOMER, id="8", name="Branch", parent=CUSTOMER_OF)
    assert kept(child).parent is None
    assert kept(child, sub_customers=True).parent == CUSTOMER_OF
    assert finding(attrs.evolve(child, name=" "), Hold).category == "validation"


@pytest.mark.parametrize(
    ("entity", "setting"),
    [(invoice(), "invoices"), (payment(), "payments"), (payment(kind=REFUND), "refunds")],
)
def test_switched_off(entity, setting):
    """What is switched off is left out by name, record by record."""
    assert finding(entity, Skip, **{setting: False}).subject == f"setting {setting}"


def test_other_kinds():
    """A card movement is none of this recipe's business."""
    movement = Movement(
        id="1", way=Way.OUT, amount=money("1.00"), date=DAY, lines=(Line(amount=money("1.00")),)
    )
    assert finding(movement, Skip).category == "excluded"


def test_names_before_the_first_post():
    """Every name of the settings is looked for in the books before anything is posted."""
    settings = PsaInvoicesSettings(
        receivables_account="A/R",
        default_item="Other",
        tax_codes={"1": "Group"},
        payment_methods={"Check": "Cheque"},
        locations={"Austin": "South"},
    )
    names = {(reference.kind, reference.name) for reference in plan(settings).references}
    assert names == {
        (ACCOUNT, "A/R"),
        (ACCOUNT, "Undeposited Funds"),
        (ITEM, "Other"),
        (TAX_CODE, "Group"),
        (PAYMENT_METHOD, "Cheque"),
        (CLASS, "South"),
    }


def test_whole_lists():
    """All customers or products are asked for only where the owner wants them."""
    settings = PsaInvoicesSettings(receivables_account="A/R", all_customers=True)
    assert plan(settings).whole == {CUSTOMER}
    assert PSA_INVOICES.name == "psa-invoices"


@pytest.mark.parametrize("wrong", [{"tax": "line"}, {"products": "default_item"}])
def test_settings_that_cannot_work(wrong):
    """Settings that need another one are refused by name."""
    with pytest.raises(ValueError, match="needs"):
        PsaInvoicesSettings(receivables_account="A/R", **wrong)


def test_sales_receipts_go_where_their_method_says():
    """A sale that is paid at once is on the account of its money, by method, and has no due one."""
    accounts = {"Card": "Merchant Account"}
    methods = {"Card": "Visa"}
    paid = invoice(kind=SALES_RECEIPT, method="Card")
    entity = kept(paid, deposit_accounts=accounts, payment_methods=methods)
    assert entity.account == Reference(kind=ACCOUNT, name="Merchant Account")
    assert entity.payment_method == Reference(kind=PAYMENT_METHOD, name="Visa")
    cash = kept(invoice(kind=SALES_RECEIPT), deposit_accounts=accounts, payment_methods=methods)
    assert cash.account == Reference(kind=ACCOUNT, name="Undeposited Funds")
    assert cash.payment_method is None
    assert cash.lines[0].item == entity.lines[0].item


@pytest.mark.parametrize(
    ("kind", "setting"), [(REFUND_RECEIPT, "refund_account"), (PURCHASE, "purchase_account")]
)
def test_money_that_is_paid_out_needs_its_account(kind, setting):
    """Without the account that the money comes from, the record waits for the setting."""
    entity = kept(invoice(kind=kind), **{setting: "Checking"})
    assert entity.account == Reference(kind=ACCOUNT, name="Checking")
    found = finding(invoice(kind=kind), Hold, **{setting: None})
    assert (found.category, found.subject) == ("mapping_missing", f"setting {setting}")
    assert kind.replace("_", " ") in found.message


@pytest.mark.parametrize(
    ("kind", "setting", "value"),
    [
        (SALES_RECEIPT, "cash_sales", False),
        (REFUND_RECEIPT, "cash_sales", False),
        (PURCHASE, "purchases", "none"),
    ],
)
def test_what_is_paid_at_once_can_be_left_out(kind, setting, value):
    """Each switch leaves its kinds out, and says so; invoices go on."""
    found = finding(invoice(kind=kind), Skip, **{setting: value, "purchase_account": "Checking"})
    assert found.subject == f"setting {setting}"
    kept(invoice(), **{setting: value})


def test_an_account_is_read_back_where_its_kind_flows():
    """The accounts of money are proved only for a flow that posts receipts or purchases."""
    settings = PsaInvoicesSettings(
        receivables_account="Receivables",
        payables_account="Payables",
        deposit_accounts={"Card": "Merchant Account"},
        refund_account="Checking",
        purchase_account="Checking",
    )
    whole = plan(settings)
    assert whole.accounts == (
        *("Receivables", "Payables", "Checking", "Merchant Account", "Undeposited Funds"),
    )
    bare = attrs.evolve(whole, kinds=frozenset({INVOICE, PAYMENT, REFUND, BILL}))
    assert bare.accounts == ("Receivables", "Payables")
