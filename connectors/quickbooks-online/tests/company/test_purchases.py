"""Card purchases, cheques, bills, vendor credits, orders, and what pays them."""

import pytest

CHECK = {"PaymentType": "Check", "AccountRef": {"value": "35"}}
CASH = {"PaymentType": "Cash", "AccountRef": {"value": "35"}}


def test_a_card_purchase_is_owed_on_the_card(desk):
    """The card's liability grows and the expense is booked."""
    shown = desk.purchase("42.17", EntityRef={"value": desk.vendor(), "type": "Vendor"})
    assert [(row.account, str(row.amount)) for row in desk.company.postings(shown["Id"])] == [
        ("Visa", "-42.17"),
        ("Meals and Entertainment", "42.17"),
    ]
    detail = shown["Line"][0]["AccountBasedExpenseLineDetail"]
    assert (detail["BillableStatus"], detail["TaxCodeRef"]) == ("NotBillable", {"value": "NON"})
    assert shown["EntityRef"]["name"] == "Depot"


def test_a_card_refund_is_a_credit_with_positive_amounts(desk):
    """Credit turns the posting around."""
    desk.purchase("42.17", Credit=True)
    assert str(desk.balance("Visa")) == "42.17"


def test_only_a_card_takes_a_credit(desk):
    """A cheque with Credit is refused: 6000."""
    assert desk.refused(desk.purchase, "5", Credit=True, **CHECK).code == "6000"


def test_a_negative_line_is_refused(desk):
    """2290: money back is Credit, never a negative amount."""
    fault = desk.refused(desk.purchase, "-5")
    assert (fault.code, fault.element) == ("2290", "Line.Amount")


@pytest.mark.parametrize(
    ("kind", "account", "accepted"),
    [
        ("CreditCard", "42", True),
        ("CreditCard", "35", False),
        ("Check", "35", True),
        ("Check", "42", False),
        ("Cash", "35", True),
        ("Cash", "4", True),
        ("Cash", "13", False),
    ],
)
def test_the_paying_account_must_fit(desk, kind, account, accepted):
    """Cards pay card purchases, banks pay cheques: else 6430."""
    more = {"PaymentType": kind, "AccountRef": {"value": account}}
    if accepted:
        assert desk.purchase(**more)
    else:
        assert desk.refused(desk.purchase, **more).code == "6430"


def test_an_items_expense_account_takes_the_purchase(desk):
    """An item line is booked to the item's expense account, a stock item to its asset."""
    item = desk.company.create(
        "Item", {"Name": "Gloves", "Type": "NonInventory", "ExpenseAccountRef": {"value": "20"}}
    )["Id"]
    desk.purchase(Line=[item_line(item, 12)])
    assert desk.balance("Supplies") == 12


def test_buying_stock_puts_it_on_the_shelf(desk):
    """Quantity comes in with a bill and goes back with a vendor credit."""
    item = desk.company.create(
        "Item",
        {
            "Name": "Bolt",
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "QtyOnHand": 0,
            "InvStartDate": "2015-01-01",
            "IncomeAccountRef": {"value": "79"},
            "ExpenseAccountRef": {"value": "80"},
            "AssetAccountRef": {"value": "81"},
        },
    )["Id"]
    vendor = desk.vendor()
    desk.bill(vendor, Line=[item_line(item, 12, Qty=6, UnitPrice=2)])
    desk.purchase_like("VendorCredit", vendor, "0", Line=[item_line(item, 4, Qty=2)])
    assert desk.company.read("Item", item)["QtyOnHand"] == 4
    assert desk.balance("Inventory Asset") == 8


def test_an_item_without_expense_account_cannot_be_bought(desk):
    """6000 for an item that is only sold."""
    assert desk.refused(desk.purchase, Line=[item_line("1", 5)]).code == "6000"


def test_a_line_needs_an_account_or_an_item(desk):
    """6440 for neither."""
    line = desk.expense_line("5")
    del line["AccountBasedExpenseLineDetail"]["AccountRef"]
    assert desk.refused(desk.purchase, Line=[line]).code == "6440"


def test_amount_need_not_be_quantity_times_price_on_a_bill(desk):
    """Purchase lines are not checked as sales lines are."""
    item = desk.company.create(
        "Item", {"Name": "Gloves", "Type": "NonInventory", "ExpenseAccountRef": {"value": "20"}}
    )["Id"]
    shown = desk.bill(desk.vendor(), Line=[item_line(item, 12, Qty=5, UnitPrice=3)])
    assert shown["TotalAmt"] == 12


def test_items_are_bought_only_where_that_is_switched_on(open_desk):
    """5030 for an item line without the preference ForPurchase."""
    desk = open_desk({"ProductAndServicesPrefs.ForPurchase": False})
    assert desk.refused(desk.purchase, Line=[item_line("1", 5)]).code == "5030"


def test_documents_of_nothing_pass_or_are_refused_by_switch(open_desk):
    """A purchase of 0 is stored; with the switch it is 6000."""
    desk = open_desk()
    assert desk.purchase("0")["TotalAmt"] == 0
    desk.company.configure(zero_amounts="refuse")
    assert "You must set a transaction amount." in desk.refused(desk.purchase, "0").detail


def test_a_billable_line_names_its_customer(desk):
    """6310 without one."""
    line = desk.expense_line("5", BillableStatus="Billable")
    assert desk.refused(desk.purchase, Line=[line]).code == "6310"
    customer = desk.customer()
    line = desk.expense_line("5", BillableStatus="Billable", CustomerRef={"value": customer})
    shown = desk.purchase(Line=[line])
    assert shown["Line"][0]["AccountBasedExpenseLineDetail"]["CustomerRef"]["name"] == "Acme"


def test_payables_need_a_vendor(desk):
    """An A/P line on a cheque needs a vendor as payee (6000), on a bill it is refused (6430)."""
    line = [desk.expense_line("5", "33")]
    fault = desk.refused(desk.purchase, Line=line, **CHECK)
    assert "you must choose a vendor in the Name field" in fault.detail
    vendor = desk.vendor()
    payee = {"value": vendor, "type": "Vendor"}
    assert desk.purchase(Line=line, EntityRef=payee, **CHECK)
    assert desk.refused(desk.bill, vendor, Line=line).code == "6430"


@pytest.mark.parametrize(
    ("entity", "more", "preference", "label"),
    [
        ("Purchase", {}, None, "Expense"),
        ("Purchase", CASH, None, "Expense"),
        ("Purchase", CHECK, "AccountingInfoPrefs.WarnDuplicateCheckNumber", "Expense"),
        ("Bill", {}, "VendorAndPurchasesPrefs.WarnDuplicateBillNumber", "Bill"),
        ("JournalEntry", {}, "AccountingInfoPrefs.WarnDuplicateJournalNumber", "Journal Entry"),
    ],
)
def test_purchase_numbers_are_used_once_where_the_company_warns(
    desk, entity, more, preference, label
):
    """6140 by preference; card and cash purchases are always checked."""
    bodies = {
        "Purchase": {"PaymentType": "CreditCard", "AccountRef": {"value": "42"}},
        "Bill": {"VendorRef": {"value": desk.vendor()}},
        "JournalEntry": {},
    }
    journal = [desk.journal_line("Debit", "13", "5"), desk.journal_line("Credit", "35", "5")]
    lines = journal if entity == "JournalEntry" else [desk.expense_line("5")]
    body = {**bodies[entity], **more, "DocNumber": "7", "Line": lines}
    if preference:
        desk.company.set_preferences({"OtherPrefs": {preference: "false"}})
        desk.company.create(entity, body)
        desk.company.set_preferences({"OtherPrefs": {preference: "true"}})
    first = desk.company.query(f"select Id from {entity}").get(entity)
    first = first[0] if first else desk.company.create(entity, body)
    fault = desk.refused(desk.company.create, entity, body)
    assert fault.code == "6140"
    assert f"TxnType={label} with TxnId={first['Id']}" in fault.detail


def test_two_vendors_may_use_the_same_bill_number(desk):
    """A bill's number is its vendor's."""
    desk.company.set_preferences(
        {"OtherPrefs": {"VendorAndPurchasesPrefs.WarnDuplicateBillNumber": "true"}}
    )
    assert desk.bill(desk.vendor("A"), DocNumber="7")
    assert desk.bill(desk.vendor("B"), DocNumber="7")


def test_a_bill_is_owed_to_the_vendor(desk):
    """Payables grow, and the defaults are filled in."""
    vendor = desk.vendor(TermRef={"value": "3"})
    shown = desk.bill(vendor, "200")
    assert (shown["Balance"], shown["DueDate"]) == (200, "2025-04-02")
    assert shown["APAccountRef"]["name"] == "Accounts Payable (A/P)"
    assert desk.company.read("Vendor", vendor)["Balance"] == 200


def test_a_bill_may_be_paid_in_parts(desk):
    """Each cheque lowers the balance, and the bill shows what paid it."""
    vendor = desk.vendor()
    bill = desk.bill(vendor, "200")
    first = desk.bill_payment(vendor, "50", (bill, "Bill", "50"))
    again = desk.again("Bill", bill)
    assert (again["Balance"], again["SyncToken"]) == (150, "1")
    assert again["LinkedTxn"] == [{"TxnId": first["Id"], "TxnType": "BillPaymentCheck"}]
    desk.bill_payment(vendor, "150", (bill, "Bill", "150"))
    assert desk.again("Bill", bill)["Balance"] == 0
    assert desk.balance("Checking") == -200


def test_a_bill_may_be_paid_by_card(desk):
    """The card owes instead of the bank; a bank account is refused there (6430)."""
    vendor = desk.vendor()
    bill = desk.bill(vendor, "200")
    body = {
        "VendorRef": {"value": vendor},
        "PayType": "CreditCard",
        "TotalAmt": 200,
        "CreditCardPayment": {"CCAccountRef": {"value": "35"}},
        "Line": [desk.link(bill, "Bill", "200")],
    }
    assert desk.refused(desk.company.create, "BillPayment", body).code == "6430"
    body["CreditCardPayment"] = {"CCAccountRef": {"value": "42"}}
    shown = desk.company.create("BillPayment", body)
    assert desk.balance("Visa") == -200
    link = desk.again("Bill", bill)["LinkedTxn"]
    assert link == [{"TxnId": shown["Id"], "TxnType": "BillPaymentCreditCard"}]


def test_a_vendor_credit_pays_part_of_a_bill(desk):
    """150 of money and 50 of credit pay 200; 0 of money applies a credit alone."""
    vendor = desk.vendor()
    bill = desk.bill(vendor, "200")
    credit = desk.purchase_like("VendorCredit", vendor, "80")
    desk.bill_payment(vendor, "150", (bill, "Bill", "200"), (credit, "VendorCredit", "50"))
    assert desk.again("Bill", bill)["Balance"] == 0
    assert desk.again("VendorCredit", credit)["Balance"] == 30
    other = desk.bill(vendor, "30")
    desk.bill_payment(vendor, "0", (other, "Bill", "30"), (credit, "VendorCredit", "30"))
    assert desk.again("VendorCredit", credit)["Balance"] == 0
    assert desk.company.read("Vendor", vendor)["Balance"] == 0


def test_paying_a_paid_bill_makes_an_empty_void_payment(open_desk):
    """QuickBooks answers with no lines and voids it; by switch it refuses."""
    desk = open_desk()
    vendor = desk.vendor()
    bill = desk.bill(vendor, "200")
    desk.bill_payment(vendor, "200", (bill, "Bill", "200"))
    shown = desk.bill_payment(vendor, "200", (bill, "Bill", "200"))
    assert (shown["Line"], shown["TotalAmt"], shown["PrivateNote"]) == ([], 0, "Voided")
    assert desk.company.postings(shown["Id"]) == []
    desk.company.configure(paid_bill_payment="refuse")
    link = (bill, "Bill", "200")
    assert desk.refused(desk.bill_payment, vendor, "200", link).code == "6000"


@pytest.mark.parametrize("verb", ["delete", "void"])
def test_taking_a_bill_payment_away_opens_the_bill(desk, verb):
    """Deleted or voided, the bill is owed again."""
    vendor = desk.vendor()
    bill = desk.bill(vendor, "200")
    payment = desk.bill_payment(vendor, "200", (bill, "Bill", "200"))
    getattr(desk.company, verb)("BillPayment", desk.token("BillPayment", payment))
    assert desk.again("Bill", bill)["Balance"] == 200
    assert desk.balance("Checking") == 0


def test_deleting_a_paid_bill_leaves_the_payment(desk):
    """The payment loses its line; the vendor has credit."""
    vendor = desk.vendor()
    bill = desk.bill(vendor, "200")
    payment = desk.bill_payment(vendor, "200", (bill, "Bill", "200"))
    desk.company.delete("Bill", desk.token("Bill", bill))
    assert desk.again("BillPayment", payment)["Line"] == []
    assert desk.company.read("Vendor", vendor)["Balance"] == -200


def test_another_vendors_bill_cannot_be_paid(desk):
    """620 for a bill of somebody else."""
    bill = desk.bill(desk.vendor("A"))
    other = desk.vendor("B")
    assert desk.refused(desk.bill_payment, other, "5", (bill, "Bill", "5")).code == "620"


def test_a_purchase_order_posts_nothing_until_it_is_billed(desk):
    """A bill that links to it line by line closes it when it is complete."""
    vendor = desk.vendor()
    order = desk.purchase_like("PurchaseOrder", vendor, "30")
    assert (order["POStatus"], desk.company.postings(order["Id"])) == ("Open", [])
    link = [{"TxnId": order["Id"], "TxnType": "PurchaseOrder", "TxnLineId": "1"}]
    bill = desk.bill(vendor, Line=[{**desk.expense_line("30"), "LinkedTxn": link}])
    assert bill["Line"][0]["LinkedTxn"] == link
    again = desk.again("PurchaseOrder", order)
    assert again["POStatus"] == "Closed"
    assert again["LinkedTxn"] == [{"TxnId": bill["Id"], "TxnType": "Bill"}]
    desk.company.delete("Bill", desk.token("Bill", bill))
    assert desk.again("PurchaseOrder", order)["POStatus"] == "Open"


def test_deleting_an_order_leaves_its_bill(desk):
    """The bill's line loses its link and keeps its amount."""
    vendor = desk.vendor()
    order = desk.purchase_like("PurchaseOrder", vendor, "30")
    link = [{"TxnId": order["Id"], "TxnType": "PurchaseOrder", "TxnLineId": "1"}]
    bill = desk.bill(vendor, Line=[{**desk.expense_line("30"), "LinkedTxn": link}])
    desk.company.delete("PurchaseOrder", desk.token("PurchaseOrder", order))
    again = desk.again("Bill", bill)
    assert ("LinkedTxn" in again["Line"][0], again["Balance"]) == (False, 30)


@pytest.mark.parametrize(
    ("more", "txn_type"), [(CHECK, "Check"), (CASH, "Expense"), ({}, "Expense")]
)
def test_an_order_shows_what_bought_it(desk, more, txn_type):
    """A purchase may go on from an order too, under the name of its kind."""
    vendor = desk.vendor()
    order = desk.purchase_like("PurchaseOrder", vendor, "30")
    link = [{"TxnId": order["Id"], "TxnType": "PurchaseOrder", "TxnLineId": "1"}]
    lines = [{**desk.expense_line("30"), "LinkedTxn": link}]
    payee = {"value": vendor, "type": "Vendor"}
    bought = desk.purchase(Line=lines, EntityRef=payee, **more)
    shown = desk.again("PurchaseOrder", order)["LinkedTxn"]
    assert shown == [{"TxnId": bought["Id"], "TxnType": txn_type}]


def test_an_order_can_be_closed_by_hand(desk):
    """Closed without a bill, it stays closed; a partial bill leaves another one open."""
    vendor = desk.vendor()
    order = desk.purchase_like("PurchaseOrder", vendor, "30")
    desk.change("PurchaseOrder", order, POStatus="Closed")
    assert desk.change("PurchaseOrder", order, PrivateNote="x")["POStatus"] == "Closed"
    other = desk.purchase_like("PurchaseOrder", vendor, "30")
    link = [{"TxnId": other["Id"], "TxnType": "PurchaseOrder", "TxnLineId": "1"}]
    desk.bill(vendor, Line=[{**desk.expense_line("10"), "LinkedTxn": link}])
    assert desk.again("PurchaseOrder", other)["POStatus"] == "Open"


def test_a_link_of_the_whole_bill_to_an_order_is_dropped(desk):
    """QuickBooks keeps only links of lines."""
    vendor = desk.vendor()
    order = desk.purchase_like("PurchaseOrder", vendor, "30")
    link = [{"TxnId": order["Id"], "TxnType": "PurchaseOrder"}]
    assert "LinkedTxn" not in desk.bill(vendor, "30", LinkedTxn=link)
    assert desk.again("PurchaseOrder", order)["POStatus"] == "Open"


def item_line(item, amount, **detail):
    inner = {"ItemRef": {"value": item}, **detail}
    return {
        "Amount": amount,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": inner,
    }


def test_a_time_activity_is_hours_and_posts_nothing(desk):
    """An employee's or a vendor's; 2020 names what is missing, 6310 wants a customer to bill."""
    worker = desk.company.create("Employee", {"GivenName": "Ann", "FamilyName": "Lee"})["Id"]
    body = {"NameOf": "Employee", "EmployeeRef": {"value": worker}, "Hours": 2}
    shown = desk.company.create("TimeActivity", body)
    assert (shown["BillableStatus"], shown["EmployeeRef"]["name"]) == ("NotBillable", "Ann Lee")
    assert desk.company.postings(shown["Id"]) == []
    for wrong, element in (
        ({**body, "NameOf": "Vendor"}, "VendorRef"),
        ({**body, "StartTime": "2026-03-02T09:00:00-08:00"}, "EndTime"),
        ({"NameOf": "Employee", "EmployeeRef": {"value": worker}}, "Hours"),
        ({"EmployeeRef": {"value": worker}, "Hours": 2}, "NameOf"),
    ):
        fault = desk.refused(desk.company.create, "TimeActivity", wrong)
        assert (fault.code, fault.element) == ("2020", element)
    billed = {**body, "BillableStatus": "Billable"}
    assert desk.refused(desk.company.create, "TimeActivity", billed).code == "6310"
    billed["CustomerRef"] = {"value": desk.customer()}
    assert desk.company.create("TimeActivity", billed)["BillableStatus"] == "Billable"
    assert desk.refused(desk.company.changed_since, ["TimeActivity"], desk.clock.now).code == "500"
