"""Refusals of one kind of document or list each, and the way out of them."""

from decimal import Decimal

import pytest

BANK = {"value": "35"}


def deposited(account, amount=5, **detail):
    inner = {"AccountRef": {"value": account}, **detail}
    return {"Amount": amount, "DetailType": "DepositLineDetail", "DepositLineDetail": inner}


def journal(**detail):
    inner = {"PostingType": "Debit", "AccountRef": {"value": "13"}, **detail}
    line = {
        "Amount": 5,
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": {name: value for name, value in inner.items() if value},
    }
    return {"Line": [line]}


def text(kind):
    return {"DetailType": kind, "Description": "x"}


@pytest.mark.parametrize(
    ("entity", "body", "code"),
    [
        ("Deposit", {"DepositToAccountRef": {"value": "13"}, "Line": [deposited("1")]}, "6430"),
        ("Deposit", {"DepositToAccountRef": BANK, "Line": [deposited("8", -5)]}, "6000"),
        ("Deposit", {"DepositToAccountRef": BANK, "Line": [deposited("33")]}, "6000"),
        ("Deposit", {"DepositToAccountRef": BANK, "Line": [{"Amount": 5}]}, "2020"),
        (
            "Deposit",
            {
                "DepositToAccountRef": BANK,
                "Line": [{"Amount": 5, "DetailType": "DepositLineDetail"}],
            },
            "2020",
        ),
        ("Deposit", {"DepositToAccountRef": BANK, "Line": [deposited("1", None)]}, "2020"),
        ("Deposit", {"DepositToAccountRef": BANK, "Line": [text("DescriptionOnly")]}, "2010"),
        (
            "Deposit",
            {"DepositToAccountRef": BANK, "Line": [deposited("1")], "CashBack": {"Amount": 1}},
            "2020",
        ),
        (
            "Deposit",
            {"DepositToAccountRef": BANK, "Line": [{"LinkedTxn": [{"TxnType": "Payment"}]}]},
            "2020",
        ),
        (
            "Deposit",
            {
                "DepositToAccountRef": BANK,
                "Line": [{"LinkedTxn": [{"TxnId": "x", "TxnType": "Payment"}]}],
            },
            "2030",
        ),
        (
            "Transfer",
            {"FromAccountRef": BANK, "ToAccountRef": {"value": "36"}, "Amount": -5},
            "2290",
        ),
        (
            "CreditCardPaymentTxn",
            {"BankAccountRef": BANK, "CreditCardAccountRef": {"value": "42"}, "Amount": -5},
            "2290",
        ),
        ("JournalEntry", journal(PostingType=None), "2020"),
        ("JournalEntry", journal(AccountRef=None), "2020"),
        ("JournalEntry", journal(PostingType="Sideways"), "2170"),
        ("JournalEntry", journal(), "2300"),
        (
            "Purchase",
            {
                "PaymentType": "Cash",
                "AccountRef": BANK,
                "Line": [{"Amount": 5, "DetailType": "SalesItemLineDetail"}],
            },
            "2010",
        ),
        (
            "Purchase",
            {
                "PaymentType": "Cash",
                "AccountRef": BANK,
                "Line": [{"DetailType": "AccountBasedExpenseLineDetail"}],
            },
            "2020",
        ),
        (
            "Purchase",
            {
                "PaymentType": "Cash",
                "AccountRef": BANK,
                "Line": [{"Amount": 5, "DetailType": "ItemBasedExpenseLineDetail"}],
            },
            "6440",
        ),
        ("Purchase", {"PaymentType": "Cash", "AccountRef": BANK, "Line": [{"Amount": 5}]}, "2020"),
        ("Account", {"Name": "X", "AccountSubType": "Whatever"}, "6010"),
        (
            "Account",
            {"Name": "X", "AccountType": "Bank", "ParentRef": {"value": "13"}},
            "6000",
        ),
        (
            "Account",
            {
                "Name": "X",
                "AccountSubType": "UndepositedFunds",
                "ParentRef": {"value": "81"},
            },
            "6000",
        ),
        ("Account", {"Name": 'X "Y"', "AccountType": "Bank"}, "2040"),
        ("Item", {"Name": "X", "Type": "Service", "IncomeAccountRef": BANK}, "6430"),
        ("Item", {"Name": "X", "Type": "Stone", "IncomeAccountRef": {"value": "1"}}, "2170"),
        (
            "Item",
            {
                "Name": "X",
                "Type": "Inventory",
                "IncomeAccountRef": {"value": "79"},
                "ExpenseAccountRef": {"value": "80"},
                "AssetAccountRef": {"value": "81"},
            },
            "2020",
        ),
        ("Customer", {"DisplayName": "X", "Job": True}, "2020"),
        ("Vendor", {"DisplayName": "X", "CurrencyRef": {"value": "EUR"}}, "6000"),
        ("Term", {"Name": "Whenever"}, "2020"),
        ("Class", {"Name": "   "}, "2020"),
        ("Customer", {"DisplayName": True, "Taxable": 7}, "2010"),
        ("Payment", {"CustomerRef": {"value": "1"}, "TotalAmt": []}, "2010"),
        ("Payment", {"CustomerRef": {"value": "1"}, "TotalAmt": "NaN"}, "2080"),
    ],
)
def test_a_document_that_makes_no_sense_is_refused(desk, entity, body, code):
    """Each with the code of what is wrong, and nothing is stored."""
    fault = desk.refused(desk.company.create, entity, body)
    assert fault.code == code
    assert desk.company.documents() == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Line": [{"DetailType": "GroupLineDetail", "GroupLineDetail": {}}]}, "6000"),
        ({"Line": [{"Amount": 1, "DetailType": "DepositLineDetail"}]}, "2010"),
        ({"Line": [{"DetailType": "DiscountLineDetail"}]}, "2020"),
        ({"Deposit": 500}, "6000"),
    ],
)
def test_an_invoice_that_makes_no_sense_is_refused(desk, more, code):
    """Empty bundles, foreign lines, discounts without amount, deposits above the total."""
    assert desk.refused(desk.invoice, desk.customer(), **more).code == code


@pytest.mark.parametrize(
    ("preference", "more"),
    [
        ("AllowDeposit", {"Deposit": 5}),
        (
            "AllowDiscount",
            {"Line": [{"Amount": 0, "DetailType": "DiscountLineDetail"}]},
        ),
    ],
)
def test_sales_features_must_be_switched_on(open_desk, preference, more):
    """5030 for a deposit or a discount the company does not use."""
    desk = open_desk({f"SalesFormsPrefs.{preference}": False})
    assert desk.refused(desk.invoice, desk.customer(), **more).code == "5030"


def test_credits_alone_cannot_be_applied(desk):
    """More credit than charges is refused on both sides."""
    customer, vendor = desk.customer(), desk.vendor()
    memo = desk.sale("CreditMemo", customer, "40")
    assert desk.refused(desk.payment, customer, "0", (memo, "CreditMemo", "40")).code == "6000"
    bill = desk.bill(vendor, "200")
    assert desk.refused(desk.bill_payment, vendor, "50", (bill, "Bill", "60")).code == "6000"


def test_only_what_can_be_paid_is_paid(desk):
    """620 for a payment of a purchase order, 2020 for a payment from no account."""
    vendor = desk.vendor()
    order = desk.purchase_like("PurchaseOrder", vendor, "5")
    link = (order, "PurchaseOrder", "5")
    assert desk.refused(desk.bill_payment, vendor, "5", link).code == "620"
    body = {"VendorRef": {"value": vendor}, "PayType": "Check", "TotalAmt": 5}
    assert desk.refused(desk.company.create, "BillPayment", body).code == "2020"


def test_a_payment_line_needs_amount_and_link(desk):
    """Without an amount 2020; without a link it is dropped."""
    customer = desk.customer()
    line = desk.link(desk.invoice(customer), "Invoice", "5")
    del line["Amount"]
    body = {"CustomerRef": {"value": customer}, "TotalAmt": 5, "Line": [line]}
    assert desk.refused(desk.company.create, "Payment", body).element == "Amount"
    assert desk.company.create("Payment", {**body, "Line": [{"Amount": 5}]})["Line"] == []


def test_another_vendors_order_cannot_be_billed(desk):
    """620 for the order of somebody else; links to anything but orders are dropped."""
    order = desk.purchase_like("PurchaseOrder", desk.vendor("A"), "5")
    link = {"TxnId": order["Id"], "TxnType": "PurchaseOrder"}
    line = {**desk.expense_line("5"), "LinkedTxn": [link]}
    other = desk.vendor("B")
    assert desk.refused(desk.bill, other, Line=[line]).code == "620"
    line["LinkedTxn"] = [{"TxnId": "1", "TxnType": "Invoice"}]
    assert "LinkedTxn" not in desk.bill(other, Line=[line])["Line"][0]


def test_a_bill_lies_in_payables(desk):
    """6430 for another account as A/P account."""
    assert desk.refused(desk.bill, desk.vendor(), APAccountRef=BANK).code == "6430"


def test_an_account_with_transactions_keeps_its_type(desk):
    """6010 once something was posted; before that it can change."""
    account = desk.account("X")
    assert desk.change("Account", {"Id": account}, AccountType="Income", AccountSubType="")
    shown = desk.purchase("5", Line=[desk.expense_line("5", account)])
    more = {"AccountType": "Expense", "AccountSubType": ""}
    refused = desk.refused(desk.change, "Account", {"Id": account}, **more)
    assert (refused.code, shown["TotalAmt"]) == ("6010", 5)
    assert "with transactions" in refused.detail


@pytest.mark.parametrize("account", ["4", "33", "84"])
def test_quickbooks_keeps_its_own_accounts(desk, account):
    """Undeposited Funds, A/P and A/R cannot be made inactive."""
    assert desk.refused(desk.change, "Account", {"Id": account}, Active=False).code == "6000"


def test_a_new_cost_leaves_the_first_stock_as_it_was(desk):
    """The starting value stays at the cost of its time; quantities only change by documents."""
    body = {
        "Name": "Bolt",
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 10,
        "InvStartDate": "2015-01-01",
        "PurchaseCost": Decimal("2.50"),
        "IncomeAccountRef": {"value": "79"},
        "ExpenseAccountRef": {"value": "80"},
        "AssetAccountRef": {"value": "81"},
    }
    item = desk.company.create("Item", body)
    shown = desk.change("Item", item, PurchaseCost=9, QtyOnHand=99)
    assert (shown["QtyOnHand"], shown["PurchaseCost"]) == (10, 9)
    assert desk.balance("Inventory Asset") == 25


def test_only_documents_are_sent(desk):
    """500 for a bill, 610 for an invoice that is not there."""
    bill = desk.bill(desk.vendor())
    assert desk.refused(desk.company.send, "Bill", bill["Id"]).code == "500"
    assert desk.refused(desk.company.send, "Invoice", "99", "a@example.com").code == "610"
    assert desk.refused(desk.company.match, "99").code == "610"


def test_what_is_merged_must_be_there(desk):
    """610 for nothing, 6240 where a child's name would be taken twice."""
    one, two = desk.customer("One"), desk.customer("Two")
    assert desk.refused(desk.company.merge, "Customer", one, "99").code == "610"
    classes = [desk.company.create("Class", {"Name": name})["Id"] for name in "AB"]
    for parent in classes:
        desk.company.create("Class", {"Name": "Same", "ParentRef": {"value": parent}})
    assert desk.refused(desk.company.merge, "Class", *classes).code == "6240"
    assert desk.company.read("Customer", two)["DisplayName"] == "Two"


@pytest.mark.parametrize(
    ("condition", "detail"),
    [
        ("TotalAmt > 'many'", "value many of property TotalAmt is not a number"),
        ("MetaData.CreateTime > 'noon'", "value noon is not a date and time"),
        ("MetaData.Nonsense = '1'", "Property MetaData.Nonsense not found for Entity Invoice"),
        ("TotalAmt.value = '1'", "Property TotalAmt.value not found for Entity Invoice"),
    ],
)
def test_literals_must_fit_their_property(desk, condition, detail):
    """4001 for a number or moment that is none."""
    fault = desk.refused(desk.company.query, f"select * from Invoice where {condition}")
    assert (fault.code, fault.detail) == ("4001", f"QueryValidationError: {detail}")


def test_a_letter_outside_the_language_is_told(desk):
    """4000 with the letter and its column."""
    fault = desk.refused(desk.company.query, "select * from Invoice # x")
    assert fault.detail == (
        'QueryParserError: Lexical error at line 1, column 23.  Encountered: "#" (35), after : ""'
    )
