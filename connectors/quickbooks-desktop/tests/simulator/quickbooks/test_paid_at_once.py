"""Sales receipts and checks with items: what QuickBooks takes, posts and refuses."""

from decimal import Decimal

import pytest

from subledger_quickbooks_desktop.simulator.com import ComError

RECEIPT = (
    "<SalesReceiptAddRq><SalesReceiptAdd><CustomerRef><FullName>Lakeside Clinic</FullName>"
    "</CustomerRef><TxnDate>2026-08-05</TxnDate>{head}<SalesReceiptLineAdd><ItemRef><FullName>"
    "{item}</FullName></ItemRef><Rate>100.00</Rate></SalesReceiptLineAdd></SalesReceiptAdd>"
    "</SalesReceiptAddRq>"
)
INTO = "<DepositToAccountRef><FullName>{}</FullName></DepositToAccountRef>"
CHECK = (
    "<CheckAddRq><CheckAdd><AccountRef><FullName>{bank}</FullName></AccountRef><PayeeEntityRef>"
    "<FullName>{payee}</FullName></PayeeEntityRef><TxnDate>2026-08-05</TxnDate>{lines}</CheckAdd>"
    "</CheckAddRq>"
)
ITEM = (
    "<ItemLineAdd><ItemRef><FullName>Cable</FullName></ItemRef><Quantity>3</Quantity><Cost>4.00"
    "</Cost></ItemLineAdd>"
)
FUEL = (
    "<ExpenseLineAdd><AccountRef><FullName>Fuel</FullName></AccountRef><Amount>5.00</Amount>"
    "</ExpenseLineAdd>"
)


@pytest.fixture
def shop(office):
    """An office with an item that is bought and sold."""
    office.company.human.add_list_object(
        "ItemNonInventory",
        {
            "Name": "Cable",
            "SalesAndPurchase": {
                "IncomeAccountRef": {"FullName": "Services Income"},
                "ExpenseAccountRef": {"FullName": "Cost of Goods Sold"},
            },
        },
    )
    return office


def check(*, bank="Operating Checking", payee="Lakeside Clinic", lines=FUEL + ITEM):
    """The request for a check."""
    return CHECK.format(bank=bank, payee=payee, lines=lines)


def change(found, inner):
    """A change of a check."""
    made = found.find("CheckRet")
    return (
        f"<CheckModRq><CheckMod><TxnID>{made.findtext('TxnID')}</TxnID><EditSequence>"
        f"{made.findtext('EditSequence')}</EditSequence>{inner}</CheckMod></CheckModRq>"
    )


@pytest.mark.parametrize("payee", ["Lakeside Clinic", "Shell"])
def test_a_check_buys_items_from_anybody(shop, payee):
    """Items post to what buying them costs; that the payee is a customer touches no receivables."""
    before = shop.company.balance("Operating Checking")
    found = shop.done(check(payee=payee))
    assert found.findtext("CheckRet/Amount") == "17.00"
    assert found.findtext("CheckRet/ItemLineRet/Amount") == "12.00"
    assert found.findtext("CheckRet/PayeeEntityRef/FullName") == payee
    assert shop.company.balance("Operating Checking") - before == -17
    assert shop.company.balance("Cost of Goods Sold") == 12
    assert shop.company.balance("Accounts Receivable") == 0


def test_checks_draw_on_banks_for_those_who_are_known(shop):
    """3210 for a card account, 3140 for an unknown payee."""
    assert shop.refused(check(bank="PEX Credit Card")) == "3210"
    assert shop.refused(check(payee="Nobody")) == "3140"


def test_account_lines_stand_before_item_lines(shop):
    """Another order is no request at all."""
    with pytest.raises(ComError, match="0x80040400"):
        shop.raw(check(lines=ITEM + FUEL))


def test_lines_that_a_change_does_not_name_stay_until_they_are_cleared(shop):
    """A list of lines goes only by ClearExpenseLines or ClearItemLines."""
    found = shop.done(check())
    new = "<ItemLineMod><TxnLineID>-1</TxnLineID><ItemRef><FullName>Cable</FullName></ItemRef>"
    new += "<Amount>20.00</Amount></ItemLineMod>"
    found = shop.done(change(found, new))
    assert found.findtext("CheckRet/Amount") == "25.00"
    found = shop.done(change(found, f"<ClearExpenseLines>true</ClearExpenseLines>{new}"))
    assert found.findtext("CheckRet/Amount") == "20.00"
    assert found.find("CheckRet/ExpenseLineRet") is None


@pytest.mark.parametrize("item", ["Cable", "Consulting"])
def test_a_sales_receipt_posts_to_the_income_of_its_items(shop, item):
    """Whether an item is only sold or bought as well, what it earns is income."""
    before = shop.company.balance("Services Income")
    shop.done(RECEIPT.format(head="", item=item))
    assert shop.company.balance("Services Income") - before == -100
    assert shop.company.balance("Undeposited Funds") == Decimal(100)


@pytest.mark.parametrize(
    ("account", "status"),
    [
        ("Services Income", "3210"),
        ("Accounts Receivable", "3210"),
        ("Accounts Payable", "3210"),
        ("No Such Account", "3140"),
    ],
)
def test_money_is_put_where_money_can_be(shop, account, status):
    """3210 for an account of another type, 3140 for one that is not there."""
    assert shop.refused(RECEIPT.format(head=INTO.format(account), item="Cable")) == status


def test_what_was_received_waits_to_be_deposited(shop):
    """A receipt in Undeposited Funds is offered to deposits once."""
    made = shop.done(RECEIPT.format(head="", item="Cable")).findtext("SalesReceiptRet/TxnID")
    waiting = shop.done("<ReceivePaymentToDepositQueryRq/>")
    assert waiting.findtext("ReceivePaymentToDepositRet/TxnID") == made
    deposit = (
        "<DepositAddRq><DepositAdd><DepositToAccountRef><FullName>Operating Checking</FullName>"
        f"</DepositToAccountRef><DepositLineAdd><PaymentTxnID>{made}</PaymentTxnID>"
        "</DepositLineAdd></DepositAdd></DepositAddRq>"
    )
    shop.done(deposit)
    assert shop.ask("<ReceivePaymentToDepositQueryRq/>").get("statusCode") == "1"
    assert shop.company.balance("Undeposited Funds") == 0
    assert shop.ask(deposit).get("statusSeverity") == "Error"
