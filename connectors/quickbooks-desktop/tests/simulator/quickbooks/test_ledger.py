"""The ledger balances after every request, whatever is asked in whatever order."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from lxml import etree

from subledger_quickbooks_desktop.simulator.quickbooks import (
    CompanyFile,
    RefusedError,
    create_sample_company,
)
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import (
    OutOfBalanceError,
    Posting,
    post,
)

EXPENSES = st.sampled_from(["Fuel", "Travel:Meals", "Office Supplies", "Services Income"])
AMOUNTS = st.integers(-5_000, 500_000).map(lambda cents: f"{Decimal(cents) / 100:.2f}")
DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)).map(dt.date.isoformat)
KINDS = ["Check", "CreditCardCharge", "CreditCardCredit", "Bill", "VendorCredit"]
BANKS = {"Check": "PEX Card Account", "CreditCardCharge": "PEX Credit Card"}


def ref(name):
    return {"FullName": name}


class Books(RuleBasedStateMachine):
    """Random bookkeeping with a clock that stands still or moves."""

    def __init__(self):
        super().__init__()
        self.now = dt.datetime(2026, 8, 5, 10)  # noqa: DTZ001 - the wall clock of the PC
        self.company = CompanyFile(":memory:", lambda: self.now)
        create_sample_company(self.company, year_start=dt.date(2026, 1, 1), closing_date=None)
        self.human = self.company.human

    def teardown(self):
        """Close the file."""
        self.company.close()

    def attempt(self, call, *arguments):
        """Do it or be refused; nothing else may happen, and a refusal changes nothing."""
        before = self.company.trial_balance()
        try:
            call(*arguments)
        except RefusedError:
            assert self.company.trial_balance() == before

    @rule(seconds=st.integers(0, 3))
    def time_passes(self, seconds):
        """A few seconds go by."""
        self.now += dt.timedelta(seconds=seconds)

    @rule(
        kind=st.sampled_from(KINDS),
        lines=st.lists(st.tuples(EXPENSES, AMOUNTS), max_size=3),
        day=DAYS,
    )
    def buy(self, kind, lines, day):
        """Enter a purchase."""
        values = {
            "TxnDate": day,
            "ExpenseLineAdd": [{"AccountRef": ref(a), "Amount": m} for a, m in lines],
        }
        if kind in ("Bill", "VendorCredit"):
            values["VendorRef"] = ref("Shell")
        else:
            values["AccountRef"] = ref(BANKS.get(kind, "PEX Credit Card"))
        self.attempt(self.human.add_document, kind, values)

    @rule(amount=AMOUNTS, other=AMOUNTS, account=EXPENSES)
    def journal(self, amount, other, account):
        """Enter a journal entry."""
        values = {
            "JournalDebitLine": [{"AccountRef": ref(account), "Amount": amount}],
            "JournalCreditLine": [{"AccountRef": ref("Operating Checking"), "Amount": other}],
        }
        self.attempt(self.human.add_document, "JournalEntry", values)

    @rule(amount=AMOUNTS)
    def sell(self, amount):
        """Enter an invoice."""
        values = {
            "CustomerRef": ref("Lakeside Clinic"),
            "InvoiceLineAdd": [{"ItemRef": ref("Consulting"), "Amount": amount}],
        }
        self.attempt(self.human.add_document, "Invoice", values)

    @rule(amount=AMOUNTS)
    def receive(self, amount):
        """Receive money."""
        values = {
            "CustomerRef": ref("Lakeside Clinic"),
            "TotalAmount": amount,
            "IsAutoApply": "true",
        }
        self.attempt(self.human.add_document, "ReceivePayment", values)

    @rule(pick=st.integers(0), amount=AMOUNTS)
    def pay(self, pick, amount):
        """Pay a bill."""
        bills = [d for d in self.company.documents() if d["type"] == "Bill"]
        if bills:
            values = {
                "PayeeEntityRef": ref("Shell"),
                "BankAccountRef": ref("Operating Checking"),
                "RefNumber": "1",
                "AppliedToTxnAdd": [
                    {"TxnID": bills[pick % len(bills)]["txn_id"], "PaymentAmount": amount}
                ],
            }
            self.attempt(self.human.add_document, "BillPaymentCheck", values)

    @rule(amount=AMOUNTS)
    def credit(self, amount):
        """Enter a credit memo."""
        values = {
            "CustomerRef": ref("Lakeside Clinic"),
            "CreditMemoLineAdd": [{"ItemRef": ref("Consulting"), "Amount": amount}],
        }
        self.attempt(self.human.add_document, "CreditMemo", values)

    @rule(pick=st.integers(0), amount=AMOUNTS)
    def refund(self, pick, amount):
        """Pay a credit out by card."""
        memos = [d for d in self.company.documents() if d["type"] == "CreditMemo"]
        if memos:
            values = {
                "CustomerRef": ref("Lakeside Clinic"),
                "RefundFromAccountRef": ref("PEX Credit Card"),
                "RefundAppliedToTxnAdd": [
                    {"TxnID": memos[pick % len(memos)]["txn_id"], "RefundAmount": amount}
                ],
            }
            self.attempt(self.human.add_document, "ARRefundCreditCard", values)

    @rule(amount=AMOUNTS)
    def order(self, amount):
        """Enter a purchase order, which moves nothing."""
        before = self.company.trial_balance()
        values = {
            "VendorRef": ref("Shell"),
            "PurchaseOrderLineAdd": [{"ItemRef": ref("Consulting"), "Amount": amount}],
        }
        self.attempt(self.human.add_document, "PurchaseOrder", values)
        assert self.company.trial_balance() == before

    @rule(pick=st.integers(0), kind=st.sampled_from(["Bill", "ItemReceipt"]))
    def bill_order(self, pick, kind):
        """Receive all that is open of an order."""
        orders = [d for d in self.company.documents() if d["type"] == "PurchaseOrder"]
        if orders:
            order = orders[pick % len(orders)]["txn_id"]
            values = {"VendorRef": ref("Shell"), "LinkToTxnID": [order]}
            self.attempt(self.human.add_document, kind, values)

    @rule(amount=AMOUNTS)
    def deposit(self, amount):
        """Deposit what waits, and something else."""
        found = self.human.request("ReceivePaymentToDepositQuery", {})
        lines = [{"PaymentTxnID": one.findtext("TxnID")} for one in found][:2]
        lines.append({"AccountRef": ref("Card Rebates"), "Amount": amount})
        values = {"DepositToAccountRef": ref("Operating Checking"), "DepositLineAdd": lines}
        self.attempt(self.human.add_document, "Deposit", values)

    @rule(pick=st.integers(0), amount=AMOUNTS)
    def change(self, pick, amount):
        """Change a line's amount."""
        documents = [d for d in self.company.documents() if d["type"] in KINDS and d["lines"]]
        if documents:
            one = documents[pick % len(documents)]
            line = {"TxnLineID": one["lines"][-1]["line_id"], "Amount": amount}
            self.attempt(self.human.edit_document, one["txn_id"], {"ExpenseLineMod": [line]})

    @rule(pick=st.integers(0), verb=st.sampled_from(["delete_document", "void_document"]))
    def remove(self, pick, verb):
        """Delete or void something."""
        documents = self.company.documents()
        if documents:
            txn = documents[pick % len(documents)]["txn_id"]
            self.attempt(getattr(self.human, verb), txn)

    @invariant()
    def the_books_balance(self):
        """Debits are credits."""
        assert sum(self.company.trial_balance().values()) == 0

    @invariant()
    def nothing_is_overpaid(self):
        """No invoice and no bill owes less than nothing."""
        for one in self.human.request("InvoiceQuery", {}):
            assert Decimal(one.findtext("BalanceRemaining")) >= 0
        for one in self.human.request("BillQuery", {}):
            assert Decimal(one.findtext("OpenAmount")) >= 0


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)


def test_postings_that_do_not_balance_are_a_defect(office):
    """The simulator's own accountant stops before anything is written."""
    with pytest.raises(OutOfBalanceError):
        post(office.company.machine, "1-1", [Posting(account="A", cents=1)])
    assert office.company.machine.store.one("SELECT count(*) FROM posting")[0] == 2


def test_what_the_answers_say_adds_up_to_the_trial_balance(office, make_check):
    """The balances of AccountQuery are those of the ledger."""
    office.done(make_check("12.34"))
    root = etree.fromstring(office.raw("<AccountQueryRq/>").encode())
    balances = {
        one.findtext("FullName"): Decimal(one.findtext("Balance"))
        for one in root.iter("AccountRet")
    }
    assert balances["PEX Card Account"] == Decimal("-12.34")
    assert balances["Operating Checking"] == office.company.balance("Operating Checking")
