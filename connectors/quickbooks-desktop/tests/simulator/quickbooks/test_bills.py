"""Bills and their payments: amounts due, credits, discounts."""

from .trade import APPLIED, BILL, ask_one, bill, identity

PAY = (
    "<BillPaymentCheckAddRq><BillPaymentCheckAdd><PayeeEntityRef><FullName>{vendor}</FullName>"
    "</PayeeEntityRef><BankAccountRef><FullName>Operating Checking</FullName></BankAccountRef>"
    "<RefNumber>P1</RefNumber>{applied}</BillPaymentCheckAdd></BillPaymentCheckAddRq>"
)


def test_a_bill_is_due_and_then_paid(office):
    """Payables grow with the bill and shrink with its payment; the bill tells both."""
    made = bill(office)
    assert made.findtext("BillRet/OpenAmount") == "100.00"
    assert made.findtext("BillRet/DueDate") == "2026-08-15"
    assert office.company.balance("Accounts Payable") == -100
    part = APPLIED.format(identity(made), "60.00", "")
    paid = office.done(PAY.format(vendor="Shell", applied=part))
    assert paid.findtext("BillPaymentCheckRet/AppliedToTxnRet/BalanceRemaining") == "40.00"
    assert office.refused(PAY.format(vendor="Shell", applied=part)) == "3210"
    found = ask_one(office, "Bill", identity(made), "<IncludeLinkedTxns>true</IncludeLinkedTxns>")
    assert found.findtext("BillRet/IsPaid") == "false"
    assert found.findtext("BillRet/LinkedTxn/Amount") == "-60.00"
    assert office.company.balance("Accounts Payable") == -40


def test_one_payment_cannot_use_a_bill_twice(office):
    """The second row of the same payment sees what the first has taken."""
    made = bill(office)
    row = APPLIED.format(identity(made), "60.00", "")
    assert office.refused(PAY.format(vendor="Shell", applied=row + row)) == "3210"


def test_another_vendors_bill_cannot_be_paid(office):
    """3180, and an unknown bill is 3120."""
    made = bill(office)
    row = APPLIED.format(identity(made), "60.00", "")
    assert office.refused(PAY.format(vendor="PEX", applied=row)) == "3180"
    assert office.refused(PAY.format(vendor="PEX", applied=row.replace("<TxnID>", "<TxnID>F"))) == (
        "3120"
    )


def test_a_discount_and_a_credit_settle_a_bill_with_the_payment(office):
    """Payment, discount and vendor credit add up; the discount goes to its account."""
    made = bill(office)
    credit = office.done(
        BILL.format(vendor="Shell", amount="20.00", number="C1").replace(
            "BillAdd", "VendorCreditAdd"
        )
    )
    extra = (
        f"<SetCredit><CreditTxnID>{identity(credit)}</CreditTxnID><AppliedAmount>20.00"
        "</AppliedAmount></SetCredit><DiscountAmount>5.00</DiscountAmount><DiscountAccountRef>"
        "<FullName>Card Rebates</FullName></DiscountAccountRef>"
    )
    row = APPLIED.format(identity(made), "75.00", extra)
    found = office.done(PAY.format(vendor="Shell", applied=row))
    assert found.findtext("BillPaymentCheckRet/Amount") == "75.00"
    assert ask_one(office, "Bill", identity(made)).findtext("BillRet/IsPaid") == "true"
    assert office.company.balance("Accounts Payable") == 0
    assert office.company.balance("Card Rebates") == -5
    assert (
        ask_one(office, "VendorCredit", identity(credit)).findtext("VendorCreditRet/OpenAmount")
        == "0.00"
    )


def test_bills_to_pay_lists_open_bills_and_credits_of_a_vendor(office):
    """What is settled does not appear."""
    first, _ = bill(office), bill(office, "30.00", number="B2")
    office.done(PAY.format(vendor="Shell", applied=APPLIED.format(identity(first), "100.00", "")))
    office.done(
        BILL.format(vendor="Shell", amount="7.00", number="C1").replace(
            "BillAdd", "VendorCreditAdd"
        )
    )
    found = office.done(
        "<BillToPayQueryRq><PayeeEntityRef><FullName>Shell</FullName></PayeeEntityRef>"
        "</BillToPayQueryRq>"
    )
    assert [one[0].tag for one in found] == ["BillToPay", "CreditToApply"]
    assert found.findtext("BillToPayRet/BillToPay/AmountDue") == "30.00"
    assert found.findtext("BillToPayRet/CreditToApply/CreditRemaining") == "7.00"


def test_paid_bills_can_be_told_from_unpaid_ones(office):
    """PaidStatus on the query of bills."""
    made = bill(office)
    bill(office, "30.00", number="B2")
    office.done(PAY.format(vendor="Shell", applied=APPLIED.format(identity(made), "100.00", "")))
    for status, number in (("PaidOnly", "B1"), ("NotPaidOnly", "B2")):
        found = office.done(f"<BillQueryRq><PaidStatus>{status}</PaidStatus></BillQueryRq>")
        assert [one.findtext("RefNumber") for one in found] == [number]
