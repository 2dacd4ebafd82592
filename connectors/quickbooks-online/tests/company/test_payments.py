"""Payments of customers, and credits."""

from decimal import Decimal

import pytest


def test_a_partial_payment_lowers_the_balance(desk):
    """The invoice keeps the rest, shows the payment, and its SyncToken moves."""
    customer = desk.customer()
    invoice = desk.invoice(customer, "100")
    desk.clock.move(seconds=5)
    payment = desk.payment(customer, "40", (invoice, "Invoice", "40"))
    again = desk.again("Invoice", invoice)
    assert (again["Balance"], again["SyncToken"]) == (60, "1")
    assert again["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert again["MetaData"]["LastUpdatedTime"] > invoice["MetaData"]["LastUpdatedTime"]
    assert payment["UnappliedAmt"] == 0


def test_a_payment_may_be_split_over_invoices(desk):
    """One payment settles several invoices."""
    customer = desk.customer()
    first, second = desk.invoice(customer, "100"), desk.invoice(customer, "70")
    desk.payment(customer, "150", (first, "Invoice", "100"), (second, "Invoice", "50"))
    assert desk.again("Invoice", first)["Balance"] == 0
    assert desk.again("Invoice", second)["Balance"] == 20
    assert desk.company.read("Customer", customer)["Balance"] == 20


def test_an_invoice_may_be_paid_in_parts(desk):
    """Several payments add up."""
    customer = desk.customer()
    invoice = desk.invoice(customer, "100")
    for amount in ("30", "30", "40"):
        desk.payment(customer, amount, (invoice, "Invoice", amount))
    again = desk.again("Invoice", invoice)
    assert (again["Balance"], len(again["LinkedTxn"])) == (0, 3)


def test_what_is_not_applied_stays_as_credit(desk):
    """An overpayment leaves the rest unapplied."""
    customer = desk.customer()
    invoice = desk.invoice(customer, "100")
    payment = desk.payment(customer, "130", (invoice, "Invoice", "100"))
    assert payment["UnappliedAmt"] == 30
    assert desk.company.read("Customer", customer)["Balance"] == -30


def test_a_payment_alone_is_all_credit(desk):
    """No lines: nothing is applied; the money waits in Undeposited Funds."""
    payment = desk.payment(desk.customer(), "25")
    assert (payment["UnappliedAmt"], payment["Line"]) == (25, [])
    assert desk.balance("Undeposited Funds") == 25


def test_payments_apply_themselves_where_that_is_preferred(open_desk):
    """The oldest invoices first."""
    desk = open_desk({"SalesFormsPrefs.AutoApplyPayments": True})
    customer = desk.customer()
    newer = desk.invoice(customer, "100", TxnDate="2025-02-01")
    older = desk.invoice(customer, "50", TxnDate="2025-01-01")
    payment = desk.payment(customer, "60")
    assert payment["UnappliedAmt"] == 0
    assert desk.again("Invoice", older)["Balance"] == 0
    assert desk.again("Invoice", newer)["Balance"] == 90


def test_a_credit_memo_is_applied_by_a_payment_of_nothing(desk):
    """Two positive lines and no money settle credit against invoice."""
    customer = desk.customer()
    invoice, memo = desk.invoice(customer, "100"), desk.sale("CreditMemo", customer, "40")
    links = ((invoice, "Invoice", "40"), (memo, "CreditMemo", "40"))
    payment = desk.payment(customer, "0", *links)
    assert desk.again("Invoice", invoice)["Balance"] == 60
    assert desk.again("CreditMemo", memo)["RemainingCredit"] == 0
    assert (payment["UnappliedAmt"], desk.company.postings(payment["Id"])) == (0, [])


def test_money_and_credit_pay_together(desk):
    """60 of money and 40 of credit pay an invoice of 100."""
    customer = desk.customer()
    invoice, memo = desk.invoice(customer, "100"), desk.sale("CreditMemo", customer, "40")
    desk.payment(customer, "60", (invoice, "Invoice", "100"), (memo, "CreditMemo", "40"))
    assert desk.again("Invoice", invoice)["Balance"] == 0


def test_credit_applies_itself_where_that_is_preferred(open_desk):
    """A new credit memo settles the open invoice through a payment of QuickBooks' own."""
    desk = open_desk({"SalesFormsPrefs.AutoApplyCredit": True})
    customer = desk.customer()
    invoice = desk.invoice(customer, "100")
    memo = desk.sale("CreditMemo", customer, "40")
    assert desk.again("Invoice", invoice)["Balance"] == 60
    assert desk.again("CreditMemo", memo)["RemainingCredit"] == 0
    assert len(desk.ids("select * from Payment")) == 1


def test_more_than_the_open_balance_cannot_be_applied(desk):
    """6000 for too much, 620 for an invoice that is paid."""
    customer = desk.customer()
    invoice = desk.invoice(customer, "100")
    link = (invoice, "Invoice", "101")
    assert desk.refused(desk.payment, customer, "200", link).code == "6000"
    desk.payment(customer, "100", (invoice, "Invoice", "100"))
    assert desk.refused(desk.payment, customer, "1", (invoice, "Invoice", "1")).code == "620"


def test_twice_the_same_invoice_counts_together(desk):
    """Two lines for one invoice may not take more than it has."""
    customer = desk.customer()
    invoice = desk.invoice(customer, "100")
    links = [(invoice, "Invoice", "60")] * 2
    assert desk.refused(desk.payment, customer, "120", *links).code == "6000"


def test_more_than_the_payment_cannot_be_applied(desk):
    """The lines may not come to more than the money."""
    customer = desk.customer()
    invoice = desk.invoice(customer, "100")
    assert desk.refused(desk.payment, customer, "40", (invoice, "Invoice", "50")).code == "6000"


def test_a_strangers_invoice_cannot_be_paid(desk):
    """620 for another customer's invoice; a job's invoice may be paid by its parent."""
    customer = desk.customer("Acme")
    job = desk.customer("Roof", ParentRef={"value": customer}, Job=True)
    foreign, ours = desk.invoice(desk.customer("Other")), desk.invoice(job)
    assert desk.refused(desk.payment, customer, "5", (foreign, "Invoice", "5")).code == "620"
    desk.payment(customer, "100", (ours, "Invoice", "100"))
    assert desk.again("Invoice", ours)["Balance"] == 0


def test_a_void_or_missing_invoice_cannot_be_paid(desk):
    """620 for a void one, 610 for one that is gone."""
    customer = desk.customer()
    invoice = desk.invoice(customer)
    desk.company.void("Invoice", desk.token("Invoice", invoice))
    assert desk.refused(desk.payment, customer, "5", (invoice, "Invoice", "5")).code == "620"
    nothing = {"Id": "999"}
    assert desk.refused(desk.payment, customer, "5", (nothing, "Invoice", "5")).code == "610"


def test_one_link_a_line(desk):
    """A payment line with two links is refused."""
    customer = desk.customer()
    invoice = desk.invoice(customer)
    line = desk.link(invoice, "Invoice", "5")
    line["LinkedTxn"] *= 2
    body = {"CustomerRef": {"value": customer}, "TotalAmt": 5, "Line": [line]}
    assert desk.refused(desk.company.create, "Payment", body).code == "6000"


def test_negative_money_is_refused(desk):
    """2290 for a negative payment or line."""
    customer = desk.customer()
    assert desk.refused(desk.payment, customer, "-5").code == "2290"
    link = (desk.invoice(customer), "Invoice", "-5")
    assert desk.refused(desk.payment, customer, "5", link).code == "2290"


def test_an_empty_line_list_unapplies(desk):
    """A sparse update with no lines gives the money back to the customer's credit."""
    customer = desk.customer()
    invoice = desk.invoice(customer, "100")
    payment = desk.payment(customer, "40", (invoice, "Invoice", "40"))
    again = desk.change("Payment", payment, Line=[])
    assert again["UnappliedAmt"] == 40
    restored = desk.again("Invoice", invoice)
    assert (restored["Balance"], "LinkedTxn" in restored) == (100, False)


def test_an_update_may_apply_more_of_the_same_payment(desk):
    """Its own earlier share does not count against it."""
    customer = desk.customer()
    invoice = desk.invoice(customer, "100")
    payment = desk.payment(customer, "100", (invoice, "Invoice", "40"))
    line = desk.link(invoice, "Invoice", "100")
    assert desk.change("Payment", payment, Line=[line])["UnappliedAmt"] == 0
    assert desk.again("Invoice", invoice)["Balance"] == 0


@pytest.mark.parametrize("verb", ["delete", "void"])
def test_taking_a_payment_away_restores_the_balance(desk, verb):
    """Deleted or voided, the invoice is open again and its SyncToken moves once more."""
    customer = desk.customer()
    invoice = desk.invoice(customer, "100")
    payment = desk.payment(customer, "100", (invoice, "Invoice", "100"))
    getattr(desk.company, verb)("Payment", desk.token("Payment", payment))
    again = desk.again("Invoice", invoice)
    assert (again["Balance"], again["SyncToken"], "LinkedTxn" in again) == (100, "2", False)
    assert desk.balance("Undeposited Funds") == 0


def test_a_void_payment_is_empty(desk):
    """include=void zeroes a payment; the reply is marked sparse."""
    payment = desk.payment(desk.customer(), "40")
    body = {**desk.token("Payment", payment), "sparse": True}
    shown = desk.company.update("Payment", body, {"include": "void"})
    assert (shown["TotalAmt"], shown["UnappliedAmt"], shown["Line"]) == (0, 0, [])
    assert (shown["sparse"], shown["PrivateNote"]) == (True, "Voided")


@pytest.mark.parametrize("verb", ["delete", "void"])
def test_taking_an_invoice_away_leaves_the_money_unapplied(desk, verb):
    """The payment keeps its amount, loses the line, and its SyncToken moves."""
    customer = desk.customer()
    invoice = desk.invoice(customer, "100")
    payment = desk.payment(customer, "40", (invoice, "Invoice", "40"))
    getattr(desk.company, verb)("Invoice", desk.token("Invoice", invoice))
    again = desk.again("Payment", payment)
    assert (again["TotalAmt"], again["UnappliedAmt"], again["Line"]) == (40, 40, [])
    assert again["SyncToken"] == "1"


def test_taking_a_credit_away_opens_the_invoice_again(desk):
    """A payment never applies more than it has once its credit is gone."""
    customer = desk.customer()
    invoice, memo = desk.invoice(customer, "100"), desk.sale("CreditMemo", customer, "40")
    links = ((invoice, "Invoice", "70"), (memo, "CreditMemo", "40"))
    payment = desk.payment(customer, "30", *links)
    desk.company.delete("CreditMemo", desk.token("CreditMemo", memo))
    again = desk.again("Payment", payment)
    assert (again["UnappliedAmt"], [line["Amount"] for line in again["Line"]]) == (0, [30])
    assert desk.again("Invoice", invoice)["Balance"] == 70


def test_a_smaller_invoice_gives_money_back(desk):
    """Lowered below what was paid, the invoice is paid and the payment has some left."""
    customer = desk.customer()
    invoice = desk.invoice(customer, "100")
    payment = desk.payment(customer, "100", (invoice, "Invoice", "100"))
    again = desk.change("Invoice", invoice, Line=[desk.item_line("60")])
    assert (again["TotalAmt"], again["Balance"]) == (60, 0)
    assert desk.again("Payment", payment)["UnappliedAmt"] == 40


def test_a_larger_invoice_is_open_for_the_rest(desk):
    """Raised after it was paid, the invoice owes the difference."""
    customer = desk.customer()
    invoice = desk.invoice(customer, "100")
    desk.payment(customer, "100", (invoice, "Invoice", "100"))
    assert desk.change("Invoice", invoice, Line=[desk.item_line("130")])["Balance"] == 30


def test_an_invoice_that_changes_hands_loses_its_payments(desk):
    """Moved to another customer, the invoice is open and the payment unapplied."""
    customer, other = desk.customer("Acme"), desk.customer("Other")
    invoice = desk.invoice(customer, "100")
    payment = desk.payment(customer, "100", (invoice, "Invoice", "100"))
    assert desk.change("Invoice", invoice, CustomerRef={"value": other})["Balance"] == 100
    assert desk.again("Payment", payment)["UnappliedAmt"] == 100


def test_a_journal_entry_can_be_paid(desk):
    """An A/R debit for the customer is a charge like an invoice."""
    customer = desk.customer()
    party = {"Type": "Customer", "EntityRef": {"value": customer}}
    lines = [
        desk.journal_line("Debit", "84", "30", Entity=party),
        desk.journal_line("Credit", "1", "30"),
    ]
    entry = desk.company.create("JournalEntry", {"Line": lines})
    payment = desk.payment(customer, "30", (entry, "JournalEntry", "30"))
    assert payment["UnappliedAmt"] == 0
    assert desk.company.read("Customer", customer)["Balance"] == 0
    link = (entry, "JournalEntry", "1")
    assert desk.refused(desk.payment, customer, "1", link).code == "620"


def test_a_cheque_to_a_customer_can_be_paid_back(desk):
    """A cheque booked to A/R is a charge that a payment settles."""
    customer = desk.customer()
    cheque = desk.purchase(
        PaymentType="Check",
        AccountRef={"value": "35"},
        EntityRef={"value": customer, "type": "Customer"},
        Line=[desk.expense_line("30", "84")],
    )
    assert desk.company.read("Customer", customer)["Balance"] == 30
    payment = desk.payment(customer, "30", (cheque, "Check", "30"))
    assert payment["UnappliedAmt"] == 0
    assert desk.again("Purchase", cheque)["LinkedTxn"] == [
        {"TxnId": payment["Id"], "TxnType": "Payment"}
    ]


def test_money_goes_to_the_account_that_is_named(desk):
    """A bank account directly, but not an expense account (6430)."""
    customer = desk.customer()
    body = {"CustomerRef": {"value": customer}, "TotalAmt": Decimal("9.99")}
    desk.company.create("Payment", {**body, "DepositToAccountRef": {"value": "35"}})
    assert desk.balance("Checking") == Decimal("9.99")
    wrong = {**body, "DepositToAccountRef": {"value": "13"}}
    assert desk.refused(desk.company.create, "Payment", wrong).code == "6430"
