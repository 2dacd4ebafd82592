"""Invoices, credit memos, receipts, estimates."""

import datetime as dt
from decimal import Decimal

import pytest


def test_an_invoice_posts_receivable_against_income(desk):
    """The customer owes what the lines come to, and the item's account earns it."""
    shown = desk.invoice(desk.customer(), "100")
    assert (shown["TotalAmt"], shown["Balance"]) == (100, 100)
    assert [(row.account, row.amount) for row in desk.company.postings(shown["Id"])] == [
        ("Accounts Receivable (A/R)", 100),
        ("Services", -100),
    ]


def test_a_subtotal_line_is_appended(desk):
    """QuickBooks adds a subtotal without an Id, and ignores one that is sent."""
    shown = desk.invoice(desk.customer(), "100")
    last = shown["Line"][-1]
    assert (last["DetailType"], last["Amount"], "Id" in last) == ("SubTotalLineDetail", 100, False)
    again = desk.change("Invoice", shown, Line=shown["Line"])
    assert len(again["Line"]) == 2


def test_quantity_times_price_must_be_the_amount(desk):
    """6070 where a sales line does not add up to the cent."""
    customer = desk.customer()
    wrong = desk.item_line("10.01", Qty=3, UnitPrice=Decimal("3.3333333"))
    body = {"CustomerRef": {"value": customer}, "Line": [wrong]}
    fault = desk.refused(desk.company.create, "Invoice", body)
    assert (fault.code, fault.element) == ("6070", "Line.Amount")
    assert fault.detail == "Amount is not equal to UnitPrice * Qty. Supplied value:10.01"
    right = desk.item_line("10", Qty=3, UnitPrice=Decimal("3.3333333"))
    shown = desk.company.create("Invoice", {**body, "Line": [right]})
    kept = shown["Line"][0]["SalesItemLineDetail"]["UnitPrice"]
    assert (shown["TotalAmt"], kept) == (10, Decimal("3.3333333"))


def test_zeros_of_a_client_are_no_quantity_and_no_price(desk):
    """Clients that write every field send Qty 0 and UnitPrice 0 beside the Amount that counts."""
    body = {"CustomerRef": {"value": desk.customer()}}
    line = desk.item_line("100", Qty=0, UnitPrice=0, TaxInclusiveAmt=0)
    shown = desk.company.create("Invoice", {**body, "Line": [line]})
    assert shown["TotalAmt"] == 100
    assert not {"Qty", "UnitPrice"} & set(shown["Line"][0]["SalesItemLineDetail"])
    half = desk.item_line("100", Qty=0, UnitPrice=50)
    fault = desk.refused(desk.company.create, "Invoice", {**body, "Line": [half]})
    assert fault.code == "6070"


def test_a_line_without_amount_is_refused(desk):
    """2020 for a sales line without Amount."""
    line = desk.item_line("1")
    del line["Amount"]
    body = {"CustomerRef": {"value": desk.customer()}, "Line": [line]}
    assert desk.refused(desk.company.create, "Invoice", body).element == "Amount"


def test_a_line_without_item_takes_the_default_one(open_desk):
    """The default item stands in, or by switch the line is refused (6440)."""
    desk = open_desk()
    line = {"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}
    body = {"CustomerRef": {"value": desk.customer()}, "Line": [line]}
    shown = desk.company.create("Invoice", body)
    assert shown["Line"][0]["SalesItemLineDetail"]["ItemRef"]["name"] == "Services"
    desk.company.configure(missing_item="refuse")
    assert desk.refused(desk.company.create, "Invoice", body).code == "6440"


def test_a_negative_invoice_is_refused_and_a_zero_one_is_not(desk):
    """The total may be 0 but not less: 6000."""
    customer = desk.customer()
    assert desk.refused(desk.invoice, customer, "-1").code == "6000"
    assert desk.invoice(customer, "0")["TotalAmt"] == 0


@pytest.mark.parametrize(
    ("detail", "amount"),
    [({"PercentBased": True, "DiscountPercent": 10}, None), ({"PercentBased": False}, 10)],
)
def test_a_discount_lowers_the_total(desk, detail, amount):
    """By percent or by amount, after the subtotal, posted to the discount account."""
    line = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail}
    if amount:
        line["Amount"] = amount
    body = {"CustomerRef": {"value": desk.customer()}, "Line": [desk.item_line("100"), line]}
    shown = desk.company.create("Invoice", body)
    assert shown["TotalAmt"] == 90
    assert desk.balance("Discounts given") == 10
    kinds = [each["DetailType"] for each in shown["Line"]]
    assert kinds == ["SalesItemLineDetail", "SubTotalLineDetail", "DiscountLineDetail"]


def test_descriptions_carry_no_money(desk):
    """A line of text posts nothing."""
    line = {"DetailType": "DescriptionOnly", "Description": "Thank you", "Amount": 9}
    body = {"CustomerRef": {"value": desk.customer()}, "Line": [desk.item_line("5"), line]}
    shown = desk.company.create("Invoice", body)
    assert shown["TotalAmt"] == 5
    assert shown["Line"][1]["Description"] == "Thank you"


def test_a_bundle_line_counts_what_is_in_it(desk):
    """The lines inside a group are posted one by one."""
    group = {
        "DetailType": "GroupLineDetail",
        "GroupLineDetail": {"Line": [desk.item_line("5"), desk.item_line("7", item="2")]},
    }
    body = {"CustomerRef": {"value": desk.customer()}, "Line": [group]}
    assert desk.company.create("Invoice", body)["TotalAmt"] == 12
    assert desk.balance("Services") == -12


def test_shipping_has_its_own_item(desk):
    """The pseudo item for shipping needs no item of the list."""
    line = desk.item_line("8", item="SHIPPING_ITEM_ID")
    body = {"CustomerRef": {"value": desk.customer()}, "Line": [line]}
    assert desk.company.create("Invoice", body)["TotalAmt"] == 8


def test_a_credit_memo_is_an_invoice_the_other_way(desk):
    """It lowers what the customer owes and can be used up."""
    customer = desk.customer()
    shown = desk.sale("CreditMemo", customer, "30")
    assert (shown["RemainingCredit"], shown["Balance"]) == (30, 30)
    assert desk.company.read("Customer", customer)["Balance"] == -30


def test_a_sales_receipt_puts_money_into_undeposited_funds(desk):
    """Without an account the money waits for a deposit, and nothing is owed."""
    shown = desk.sale("SalesReceipt", desk.customer(), "25")
    assert (shown["DepositToAccountRef"]["name"], shown["Balance"]) == ("Undeposited Funds", 0)
    assert desk.balance("Undeposited Funds") == 25


def test_a_refund_leaves_the_account_that_is_named(desk):
    """A refund needs the account that pays it, and takes the income back."""
    customer = desk.customer()
    body = {"CustomerRef": {"value": customer}, "Line": [desk.item_line("20")]}
    assert desk.refused(desk.company.create, "RefundReceipt", body).element == "DepositToAccountRef"
    desk.sale("RefundReceipt", customer, "20", DepositToAccountRef={"value": "35"})
    assert (desk.balance("Checking"), desk.balance("Services")) == (-20, 20)


def test_money_does_not_go_into_an_expense_account(desk):
    """6430 for an account that cannot hold money."""
    more = {"DepositToAccountRef": {"value": "13"}}
    assert desk.refused(desk.sale, "SalesReceipt", desk.customer(), "5", **more).code == "6430"


def test_an_invoice_may_begin_with_a_deposit(desk):
    """Money taken with the invoice lowers its balance."""
    shown = desk.invoice(desk.customer(), Deposit=40, DepositToAccountRef={"value": "35"})
    assert (shown["TotalAmt"], shown["Balance"]) == (100, 60)
    assert desk.balance("Checking") == 40
    assert desk.balance("Accounts Receivable (A/R)") == 60


@pytest.mark.parametrize(
    ("term", "date", "due"),
    [
        ({"Name": "N", "DueDays": 30}, "2025-01-31", "2025-03-02"),
        ({"Name": "M", "DayOfMonthDue": 15, "DueNextMonthDays": 5}, "2025-01-08", "2025-01-15"),
        ({"Name": "M", "DayOfMonthDue": 15, "DueNextMonthDays": 5}, "2025-01-12", "2025-02-15"),
        ({"Name": "E", "DayOfMonthDue": 31, "DueNextMonthDays": 0}, "2025-02-03", "2025-02-28"),
    ],
)
def test_terms_make_the_due_date(desk, term, date, due):
    """Days are added; a day of the month is this month's or, when too near, the next one's."""
    found = desk.company.create("Term", term)["Id"]
    customer = desk.customer()
    shown = desk.invoice(customer, SalesTermRef={"value": found}, TxnDate=date)
    assert shown["DueDate"] == due


def test_an_invoice_takes_over_what_the_customer_has(desk):
    """Terms, addresses and e-mail address come from the customer."""
    customer = desk.customer(
        SalesTermRef={"value": "3"},
        BillAddr={"City": "Berkeley"},
        PrimaryEmailAddr={"Address": "a@example.com"},
    )
    shown = desk.invoice(customer)
    assert shown["DueDate"] == "2025-04-02"
    assert shown["BillAddr"] == {"City": "Berkeley"}
    assert shown["BillEmail"] == {"Address": "a@example.com"}


def test_sales_forms_are_numbered_one_after_the_other(desk):
    """Without custom numbers QuickBooks assigns last plus one, past a number that was given."""
    customer = desk.customer()
    assert desk.invoice(customer)["DocNumber"] == "1001"
    assert desk.invoice(customer, DocNumber="2000")["DocNumber"] == "2000"
    assert desk.sale("SalesReceipt", customer)["DocNumber"] == "2001"


def test_with_custom_numbers_none_is_assigned(open_desk):
    """Then a number is given, left out, or asked for by AUTO_GENERATE."""
    desk = open_desk({"SalesFormsPrefs.CustomTxnNumbers": True})
    customer = desk.customer()
    assert "DocNumber" not in desk.invoice(customer)
    assert desk.invoice(customer, DocNumber="AUTO_GENERATE")["DocNumber"] == "1001"


def test_a_number_is_used_once(desk):
    """6140 tells which document has the number; another kind may have the same one."""
    customer = desk.customer()
    first = desk.invoice(customer, DocNumber="A1")
    fault = desk.refused(desk.invoice, customer, DocNumber="a1")
    assert fault.code == "6140"
    assert f"DocNumber=A1 is assigned to TxnType=Invoice with TxnId={first['Id']}" in fault.detail
    assert desk.sale("CreditMemo", customer, DocNumber="A1")
    assert desk.change("Invoice", first, DocNumber="A1", PrivateNote="x")


def test_sales_forms_share_numbers_by_switch(open_desk):
    """With the switch a credit memo cannot have an invoice's number."""
    desk = open_desk(duplicate_scope="sales_forms")
    customer = desk.customer()
    desk.invoice(customer, DocNumber="A1")
    fault = desk.refused(desk.sale, "CreditMemo", customer, DocNumber="A1")
    assert "TxnType=Invoice" in fault.detail


def test_a_duplicate_number_can_be_asked_for(desk):
    """include=allowduplicatedocnum lets it pass."""
    customer = desk.customer()
    desk.invoice(customer, DocNumber="A1")
    body = {
        "CustomerRef": {"value": customer},
        "DocNumber": "A1",
        "Line": [desk.item_line("5")],
    }
    options = {"include": "allowduplicatedocnum"}
    assert desk.company.create("Invoice", body, options)["DocNumber"] == "A1"


def test_duplicates_are_only_found_with_custom_numbers_by_switch(open_desk):
    """With the switch the preference decides."""
    desk = open_desk(duplicate_numbers="preference")
    customer = desk.customer()
    for _ in range(2):
        assert desk.invoice(customer, DocNumber="A1")["DocNumber"] == "A1"
    desk.company.set_preferences({"SalesFormsPrefs.CustomTxnNumbers": True})
    assert desk.refused(desk.invoice, customer, DocNumber="A1").code == "6140"


def test_the_customer_must_be_known_by_mail_to_send(desk):
    """NeedToSend without an address is 6420; sending marks the document and is told."""
    customer = desk.customer()
    assert desk.refused(desk.invoice, customer, EmailStatus="NeedToSend").code == "6420"
    shown = desk.invoice(customer)
    assert desk.refused(desk.company.send, "Invoice", shown["Id"]).code == "6420"
    desk.company.take_changes()
    sent = desk.company.send("Invoice", shown["Id"], "a@example.com")
    assert (sent["EmailStatus"], sent["BillEmail"]) == ("EmailSent", {"Address": "a@example.com"})
    assert [each.operation for each in desk.company.take_changes()] == ["Emailed"]


def test_an_estimate_posts_nothing_until_it_is_invoiced(desk):
    """The invoice that links to it closes it."""
    customer = desk.customer()
    estimate = desk.sale("Estimate", customer, "50")
    assert desk.company.postings(estimate["Id"]) == []
    link = [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
    invoice = desk.invoice(customer, "50", LinkedTxn=link)
    assert invoice["LinkedTxn"] == link
    again = desk.again("Estimate", estimate)
    assert again["TxnStatus"] == "Closed"
    assert again["LinkedTxn"] == [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]


def test_an_estimates_status_is_the_persons_until_it_is_invoiced(desk):
    """Accepted stays accepted; deleting the invoice opens the estimate again."""
    customer = desk.customer()
    estimate = desk.sale("Estimate", customer, "50", TxnStatus="Accepted")
    assert desk.change("Estimate", estimate, PrivateNote="x")["TxnStatus"] == "Accepted"
    link = [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
    invoice = desk.invoice(customer, "50", LinkedTxn=link)
    desk.company.delete("Invoice", desk.token("Invoice", invoice))
    again = desk.again("Estimate", estimate)
    assert (again["TxnStatus"], "LinkedTxn" in again) == ("Pending", False)


@pytest.mark.parametrize("entity", ["Invoice", "SalesReceipt"])
def test_a_void_sale_is_empty_and_says_so(desk, entity):
    """Amounts and quantities are 0, the note says Voided, and nothing is posted."""
    shown = desk.sale(entity, desk.customer(), "50", PrivateNote="note", tax="TAX")
    again = desk.company.void(entity, desk.token(entity, shown))
    assert (again["TotalAmt"], again["Balance"]) == (0, 0)
    assert all(line.get("Amount", 0) == 0 for line in again["Line"])
    assert again["PrivateNote"] == "Voided - note"
    assert desk.company.postings(shown["Id"]) == []
    assert set(desk.company.trial_balance().values()) == {0}


def test_a_void_invoice_stays_void_when_its_note_is_edited(desk):
    """Editing the note of a void document brings no amounts back."""
    shown = desk.invoice(desk.customer(), "50")
    desk.company.void("Invoice", desk.token("Invoice", shown))
    assert desk.change("Invoice", shown, PrivateNote="Voided, really")["TotalAmt"] == 0


def test_a_void_invoice_lives_again_with_new_amounts(desk):
    """New lines on a void document post it anew."""
    shown = desk.invoice(desk.customer(), "50")
    desk.company.void("Invoice", desk.token("Invoice", shown))
    assert desk.change("Invoice", shown, Line=[desk.item_line("70")])["Balance"] == 70
    assert desk.balance("Accounts Receivable (A/R)") == 70


def test_bills_cannot_be_voided(desk):
    """500 for a void of a kind that has none."""
    shown = desk.bill(desk.vendor())
    assert desk.refused(desk.company.void, "Bill", desk.token("Bill", shown)).code == "500"


def test_the_clock_is_the_companys(desk):
    """Dates follow the clock that was handed in."""
    desk.clock.now = dt.datetime(2031, 7, 1, 12, tzinfo=dt.UTC)
    assert desk.invoice(desk.customer())["TxnDate"] == "2031-07-01"
