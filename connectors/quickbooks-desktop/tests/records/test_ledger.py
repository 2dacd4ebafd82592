"""What documents become moves as much as the ledger of the books shows."""

import datetime as dt

import pytest
from lxml import etree

from subledger.errors import RecordRejected
from subledger.model import amount_of
from subledger.money import Money, total
from subledger_quickbooks_desktop.normalise import balance_of, normalise
from subledger_quickbooks_desktop.reading_records import DOCUMENTS, raw_records
from subledger_quickbooks_desktop.testing import BANK, QuickBooksDesktopOutside
from subledger_quickbooks_desktop.wire import qbxml

CARD = {"CreditCardAccountRef": {"FullName": "Company Card"}}
CHECK = {"BankAccountRef": {"FullName": BANK}}
CUSTOMER = {"CustomerRef": {"FullName": "Riverside Bakery"}}
HOUR = {"ItemRef": {"FullName": "Consulting"}}
SUPPLIES = {"AccountRef": {"FullName": "Office Supplies"}}
DISCOUNT = {"DiscountAccountRef": {"FullName": "Services Income"}}


@pytest.fixture
def outside():
    """The sample company in March."""
    return QuickBooksDesktopOutside(lambda: dt.datetime(2026, 3, 25, 12, tzinfo=dt.UTC))


def sell(human):
    """Sales that are owed, paid at once, credited, pending and voided; and payments of them."""

    def sale(kind, amount, **more):
        line = {**HOUR, "Amount": amount}
        return human.add_document(kind, {**CUSTOMER, f"{kind}LineAdd": [line], **more})

    def pay(amount, **row):
        applied = {"AppliedToTxnAdd": [row]} if row else {}
        money = {"TotalAmount": amount, "DepositToAccountRef": {"FullName": BANK}}
        return human.add_document("ReceivePayment", {**CUSTOMER, **money, **applied})

    first, second = sale("Invoice", "100.00"), sale("Invoice", "80.00")
    sale("Invoice", "60.00", IsPending="true")
    human.void_document(sale("Invoice", "70.00"))
    sale("SalesReceipt", "40.00")
    sale("SalesReceipt", "30.00", DepositToAccountRef={"FullName": BANK})
    credit = {"CreditTxnID": sale("CreditMemo", "25.00"), "AppliedAmount": "15.00"}
    pay("20.00", TxnID=first, PaymentAmount="20.00", SetCredit=[credit])
    pay("78.40", TxnID=second, PaymentAmount="78.40", DiscountAmount="1.60", **DISCOUNT)
    human.void_document(pay("5.00", TxnID=first, PaymentAmount="5.00"))


def buy(human):
    """Bills and a vendor's credit; payments by check and by card, one with a discount."""

    def purchase(kind, amount):
        vendor = {"VendorRef": {"FullName": "Office Depot"}}
        lines = [{**SUPPLIES, "Amount": amount}]
        return human.add_document(kind, {**vendor, "ExpenseLineAdd": lines})

    def pay(kind, source, **row):
        payee = {"PayeeEntityRef": {"FullName": "Office Depot"}}
        more = {"IsToBePrinted": "false"} if source is CHECK else {}
        return human.add_document(kind, {**payee, **source, **more, "AppliedToTxnAdd": [row]})

    first, second = purchase("Bill", "90.00"), purchase("Bill", "50.00")
    credit = {"CreditTxnID": purchase("VendorCredit", "10.00"), "AppliedAmount": "10.00"}
    pay("BillPaymentCheck", CHECK, TxnID=first, PaymentAmount="30.00", SetCredit=[credit])
    pay("BillPaymentCreditCard", CARD, TxnID=first, PaymentAmount="7.00")
    taken = {"PaymentAmount": "49.00", "DiscountAmount": "1.00", **DISCOUNT}
    pay("BillPaymentCheck", CHECK, TxnID=second, **taken)


def read(company):
    """Every record that the books hand over as a source."""
    for word in (word for words in DOCUMENTS.values() for word in words):
        answer = company.human.request(f"{word}Query", {"IncludeLineItems": "true"})
        envelope = b"<QBXML><QBXMLMsgsRs>%b</QBXMLMsgsRs></QBXML>" % etree.tostring(answer)
        (result,) = qbxml.parse_answer(envelope).results
        yield from raw_records(result.request, result.records)


@pytest.mark.parametrize("trade", [sell, buy])
def test_a_document_moves_what_the_ledger_shows(outside, trade):
    """Of each kind, void and pending ones too; nor is another amount told of what is rejected."""
    trade(outside.company.human)
    records = {raw.id: raw for raw in read(outside.company)}
    held = {one.id: one for one in outside.holds()}
    assert records.keys() == held.keys()
    for id_, one in held.items():
        raw = records[id_]
        assert balance_of(raw) == one.moves, one.version
        try:
            moved = [amount_of(entity) or Money(0) for entity in normalise(raw)]
        except RecordRejected:
            continue
        assert total([Money(0), *moved]) == one.moves, one.version
    moves = [one.moves for one in held.values()]
    assert min(moves) < Money(0) < max(moves)


def test_a_payment_with_a_discount_is_told_apart(outside):
    """A discount settles as money does, and no entity says so; both kinds are rejected for it."""
    sell(outside.company.human)
    buy(outside.company.human)
    rejected = []
    for raw in read(outside.company):
        try:
            [*normalise(raw)]
        except RecordRejected as error:
            rejected.append((*raw.makes, error.field, balance_of(raw)))
    assert rejected == [
        ("payment", "payments with a discount", Money(-8000)),
        ("bill_payment", "payments with a discount", Money(5000)),
    ]
