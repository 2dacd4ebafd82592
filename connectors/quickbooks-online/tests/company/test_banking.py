"""Deposits, transfers, card payments, journal entries."""

from decimal import Decimal

import pytest


def deposit(desk, *lines, **more):
    return desk.company.create(
        "Deposit", {"DepositToAccountRef": {"value": "35"}, "Line": list(lines), **more}
    )


def linked(document, txn_type, amount):
    link = {"TxnId": document["Id"], "TxnType": txn_type, "TxnLineId": "0"}
    return {"Amount": Decimal(amount), "LinkedTxn": [link]}


def direct(account, amount, **detail):
    return {
        "Amount": Decimal(amount),
        "DetailType": "DepositLineDetail",
        "DepositLineDetail": {"AccountRef": {"value": account}, **detail},
    }


def test_a_payout_deposits_payments_less_the_fee(desk):
    """Payments leave Undeposited Funds, the fee is booked, the bank gets the rest."""
    customer = desk.customer()
    payments = [desk.payment(customer, "262"), desk.payment(customer, "38")]
    shown = deposit(
        desk,
        linked(payments[0], "Payment", "262"),
        linked(payments[1], "Payment", "38"),
        direct("8", "-9.50"),
    )
    assert shown["TotalAmt"] == Decimal("290.50")
    assert desk.balance("Undeposited Funds") == 0
    assert desk.balance("Bank Charges") == Decimal("9.50")
    assert desk.balance("Checking") == Decimal("290.50")
    again = desk.again("Payment", payments[0])
    assert again["LinkedTxn"] == [{"TxnId": shown["Id"], "TxnType": "Deposit"}]
    assert again["SyncToken"] == "1"


def test_receipts_and_refunds_can_be_deposited_together(desk):
    """A refund out of Undeposited Funds counts negative."""
    customer = desk.customer()
    receipt = desk.sale("SalesReceipt", customer, "50")
    more = {"DepositToAccountRef": {"value": "4"}}
    refund = desk.sale("RefundReceipt", customer, "20", **more)
    shown = deposit(
        desk, linked(receipt, "SalesReceipt", "50"), linked(refund, "RefundReceipt", "-20")
    )
    assert shown["TotalAmt"] == 30
    assert desk.balance("Undeposited Funds") == 0


def test_cash_back_lowers_the_deposit(desk):
    """Cash kept back goes to its own account."""
    cash = {"AccountRef": {"value": "14"}, "Amount": 20}
    shown = deposit(desk, direct("1", "100"), CashBack=cash)
    assert shown["TotalAmt"] == 80
    assert desk.balance("Miscellaneous") == 20


def test_money_is_deposited_once(desk):
    """620 for a payment that another deposit has, or that never was in Undeposited Funds."""
    customer = desk.customer()
    payment = desk.payment(customer, "25")
    deposit(desk, linked(payment, "Payment", "25"))
    assert desk.refused(deposit, desk, linked(payment, "Payment", "25")).code == "620"
    straight = desk.company.create(
        "Payment",
        {"CustomerRef": {"value": customer}, "TotalAmt": 5, "DepositToAccountRef": {"value": "35"}},
    )
    assert desk.refused(deposit, desk, linked(straight, "Payment", "5")).code == "620"


def test_a_payment_is_deposited_whole(desk):
    """6000 for a part of it."""
    payment = desk.payment(desk.customer(), "25")
    assert desk.refused(deposit, desk, linked(payment, "Payment", "20")).code == "6000"


@pytest.mark.parametrize("entity", ["Payment", "SalesReceipt"])
def test_deposited_money_is_locked(desk, entity):
    """6540 for update, delete and void until the deposit lets go of it."""
    customer = desk.customer()
    shown = (
        desk.payment(customer, "25")
        if entity == "Payment"
        else desk.sale("SalesReceipt", customer, "25")
    )
    slip = deposit(desk, linked(shown, entity, "25"))
    token = desk.token(entity, shown)
    refusals = [
        desk.refused(desk.change, entity, shown, PrivateNote="x"),
        desk.refused(desk.company.delete, entity, token),
        desk.refused(desk.company.void, entity, token),
    ]
    assert [fault.code for fault in refusals] == ["6540"] * 3
    assert refusals[0].message == "Deposited Transaction cannot be changed"
    desk.company.delete("Deposit", desk.token("Deposit", slip))
    assert desk.change(entity, shown, PrivateNote="x")["PrivateNote"] == "x"


def test_deposited_money_may_be_applied_by_switch(open_desk):
    """With the switch only money, account, date and customer are locked."""
    desk = open_desk(deposited_lock="amount")
    customer = desk.customer()
    invoice = desk.invoice(customer, "25")
    payment = desk.payment(customer, "25")
    deposit(desk, linked(payment, "Payment", "25"))
    line = desk.link(invoice, "Invoice", "25")
    assert desk.change("Payment", payment, Line=[line])["UnappliedAmt"] == 0
    assert desk.refused(desk.change, "Payment", payment, TotalAmt=30).code == "6540"


def test_a_deposit_on_receivables_names_the_customer(desk):
    """6000 for an A/R line without a customer."""
    assert desk.refused(deposit, desk, direct("84", "5")).code == "6000"
    party = {"value": desk.customer(), "type": "CUSTOMER"}
    assert deposit(desk, direct("84", "5", Entity=party))["TotalAmt"] == 5


def test_a_transfer_moves_money_between_accounts(desk):
    """Bank to bank, and bank to card."""
    body = {
        "FromAccountRef": {"value": "35"},
        "ToAccountRef": {"value": "36"},
        "Amount": Decimal(120),
    }
    desk.company.create("Transfer", body)
    desk.company.create("Transfer", {**body, "ToAccountRef": {"value": "42"}})
    assert desk.balance("Checking") == -240
    assert (desk.balance("Savings"), desk.balance("Visa")) == (120, 120)


def test_a_transfer_stays_within_the_balance_sheet(open_desk):
    """Expense and A/R accounts are refused (6430) unless the switch allows them."""
    desk = open_desk()
    body = {"FromAccountRef": {"value": "35"}, "ToAccountRef": {"value": "13"}, "Amount": 5}
    assert desk.refused(desk.company.create, "Transfer", body).code == "6430"
    to_receivables = {**body, "ToAccountRef": {"value": "84"}}
    assert desk.refused(desk.company.create, "Transfer", to_receivables).code == "6430"
    assert (
        desk.refused(
            desk.company.create, "Transfer", {**body, "ToAccountRef": {"value": "35"}}
        ).code
        == "6000"
    )
    desk.company.configure(transfer_accounts="any")
    assert desk.company.create("Transfer", body)


def test_a_card_is_paid_from_the_bank(desk):
    """A card payment lowers what the card owes."""
    desk.purchase("100")
    body = {
        "Amount": 100,
        "BankAccountRef": {"value": "35"},
        "CreditCardAccountRef": {"value": "42"},
    }
    desk.company.create("CreditCardPayment", body)
    assert (desk.balance("Visa"), desk.balance("Checking")) == (0, -100)
    wrong = {**body, "CreditCardAccountRef": {"value": "36"}}
    assert desk.refused(desk.company.create, "CreditCardPayment", wrong).code == "6430"


def test_a_journal_entry_must_balance(desk):
    """2300 where debits are not credits; line Ids begin at 0."""
    shown = desk.journal("10")
    assert [line["Id"] for line in shown["Line"]] == ["0", "1"]
    lines = [desk.journal_line("Debit", "13", "10"), desk.journal_line("Credit", "35", "9.99")]
    assert desk.refused(desk.company.create, "JournalEntry", {"Line": lines}).code == "2300"


@pytest.mark.parametrize(("account", "party"), [("84", "Customer"), ("33", "Vendor")])
def test_a_journal_line_on_receivables_or_payables_names_its_party(desk, account, party):
    """6000 without a customer for A/R or a vendor for A/P."""
    lines = [desk.journal_line("Debit", account, "5"), desk.journal_line("Credit", "35", "5")]
    fault = desk.refused(desk.company.create, "JournalEntry", {"Line": lines})
    assert (fault.code, fault.element) == ("6000", "Entity")
    whom = desk.customer() if party == "Customer" else desk.vendor()
    entity = {"Type": party, "EntityRef": {"value": whom}}
    lines[0] = desk.journal_line("Debit", account, "5", Entity=entity)
    shown = desk.company.create("JournalEntry", {"Line": lines})
    named = shown["Line"][0]["JournalEntryLineDetail"]["Entity"]["EntityRef"]["name"]
    assert named in {"Acme", "Depot"}


def test_one_party_line_an_entry_by_switch(open_desk):
    """With the switch a second A/R or A/P line is refused: 6000."""
    desk = open_desk()
    party = {"Type": "Customer", "EntityRef": {"value": desk.customer()}}
    lines = [
        desk.journal_line("Debit", "84", "5", Entity=party),
        desk.journal_line("Credit", "84", "5", Entity=party),
    ]
    assert desk.company.create("JournalEntry", {"Line": lines})
    desk.company.configure(journal_party_lines="one")
    assert desk.refused(desk.company.create, "JournalEntry", {"Line": lines}).code == "6000"


def test_a_journal_entry_is_numbered_only_on_wish(desk):
    """Without include=allowautodocnum there is no DocNumber."""
    assert "DocNumber" not in desk.journal()
    lines = [desk.journal_line("Debit", "13", "5"), desk.journal_line("Credit", "35", "5")]
    options = {"include": "allowautodocnum"}
    shown = desk.company.create("JournalEntry", {"Line": lines}, options)
    assert shown["DocNumber"] == "1"
