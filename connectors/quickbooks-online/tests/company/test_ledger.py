"""Whatever is done with a company, its books balance."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from subledger_quickbooks_online.simulator.company import Company, CompanyFault
from subledger_quickbooks_online.simulator.company.ledger import Entry, OutOfBalanceError, post

START = dt.datetime(2025, 3, 3, 18, 0, tzinfo=dt.UTC)
AMOUNTS = st.integers(min_value=0, max_value=50_000).map(lambda cents: Decimal(cents) / 100)
DATES = st.sampled_from(["2025-01-15", "2025-02-15", "2025-03-03"])
PLACES = st.integers(min_value=0, max_value=40)
SALES = st.sampled_from(["Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt", "Estimate"])
BOUGHT = st.sampled_from(["Bill", "VendorCredit", "PurchaseOrder"])
OPEN = ("Invoice", "CreditMemo", "Bill", "VendorCredit")


class Bookkeeping(RuleBasedStateMachine):
    """Documents made, linked, changed, voided and deleted in any order, refusals in between."""

    @initialize(
        country=st.sampled_from(["US", "CA"]),
        automated=st.sampled_from([True, None]),
        rounding=st.sampled_from(["subtotal", "line"]),
        auto=st.booleans(),
    )
    def begin(self, country, automated, rounding, auto):
        """A company of any tax mode, with a customer, a job, a vendor and a stock item."""
        self.company = Company.open(
            ":memory:",
            "1",
            lambda: START,
            preferences={
                "CompanyInfo.Country": country,
                "TaxPrefs.PartnerTaxEnabled": automated,
                "SalesFormsPrefs.AutoApplyCredit": auto,
                "SalesFormsPrefs.AutoApplyPayments": auto,
            },
        )
        self.company.configure(tax_rounding=rounding, deposited_lock="amount")
        codes = {"US": ["TAX", "NON"], "CA": ["4", "5", "6"]}
        self.codes = codes[country]
        self.customer = self.company.create("Customer", {"DisplayName": "C"})["Id"]
        job = {"DisplayName": "J", "Job": True, "ParentRef": {"value": self.customer}}
        self.job = self.company.create("Customer", job)["Id"]
        self.vendor = self.company.create("Vendor", {"DisplayName": "V"})["Id"]
        stock = {
            "Name": "Bolt",
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "QtyOnHand": 10,
            "InvStartDate": "2015-01-01",
            "PurchaseCost": Decimal("1.37"),
            "IncomeAccountRef": {"value": "79"},
            "ExpenseAccountRef": {"value": "80"},
            "AssetAccountRef": {"value": "81"},
        }
        self.items = ["1", self.company.create("Item", stock)["Id"]]

    @rule(
        entity=SALES, amounts=st.lists(AMOUNTS, min_size=1, max_size=3), date=DATES, data=st.data()
    )
    def sell(self, entity, amounts, date, data):
        """A sales form with taxes, discounts, stock."""
        lines = [self.sold(amount, data) for amount in amounts]
        if data.draw(st.booleans()):
            discount = {"PercentBased": True, "DiscountPercent": data.draw(st.integers(0, 90))}
            lines.append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": discount})
        body = {
            "CustomerRef": {"value": data.draw(st.sampled_from([self.customer, self.job]))},
            "TxnDate": date,
            "ApplyTaxAfterDiscount": data.draw(st.booleans()),
            "GlobalTaxCalculation": data.draw(
                st.sampled_from(["TaxExcluded", "TaxInclusive", "NotApplicable"])
            ),
            "Line": lines,
        }
        if data.draw(st.booleans()):
            body["TxnTaxDetail"] = {"TotalTax": data.draw(AMOUNTS)}
        if entity == "RefundReceipt":
            body["DepositToAccountRef"] = {"value": data.draw(st.sampled_from(["35", "4"]))}
        self.attempt(self.company.create, entity, body)

    @rule(entity=BOUGHT, amount=AMOUNTS, date=DATES, data=st.data())
    def buy_on_account(self, entity, amount, date, data):
        """A bill, a vendor credit or an order."""
        body = {"VendorRef": {"value": self.vendor}, "TxnDate": date}
        self.attempt(self.company.create, entity, {**body, "Line": [self.bought(amount, data)]})

    @rule(amount=AMOUNTS, credit=st.booleans(), data=st.data())
    def buy_by_card(self, amount, credit, data):
        """A card purchase or a card refund."""
        body = {
            "PaymentType": "CreditCard",
            "AccountRef": {"value": "42"},
            "Credit": credit,
            "Line": [self.bought(amount, data)],
        }
        self.attempt(self.company.create, "Purchase", body)

    @rule(amount=AMOUNTS, data=st.data())
    def write_a_journal_entry(self, amount, data):
        """Two lines, sometimes on receivables."""
        party = {"Type": "Customer", "EntityRef": {"value": self.customer}}
        account = data.draw(st.sampled_from(["13", "84", "4"]))
        sides = [("Debit", account), ("Credit", "35")]
        lines = [
            {
                "Amount": amount,
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": {
                    "PostingType": side,
                    "AccountRef": {"value": number},
                    **({"Entity": party} if number == "84" else {}),
                },
            }
            for side, number in sides
        ]
        self.attempt(self.company.create, "JournalEntry", {"Line": lines})

    @rule(extra=AMOUNTS, places=st.lists(PLACES, max_size=4), payable=st.booleans())
    def pay(self, extra, places, payable):
        """A payment over open documents, with credits, sometimes too much."""
        name = "VendorRef" if payable else "CustomerRef"
        wanted = OPEN[2:] if payable else OPEN[:2]
        found = [each for each in self.documents() if each["entity"] in wanted]
        chosen = [found[place % len(found)] for place in places if found]
        lines = [
            {
                "Amount": each["Balance"],
                "LinkedTxn": [{"TxnId": each["Id"], "TxnType": each["entity"]}],
            }
            for each in chosen
        ]
        credits_ = sum((each["Balance"] for each in chosen if "Credit" in each["entity"]), 0)
        charges = sum((each["Balance"] for each in chosen if "Credit" not in each["entity"]), 0)
        body = {
            name: {"value": self.vendor if payable else self.customer},
            "TotalAmt": max(Decimal(0), charges - credits_) + extra,
            "Line": lines,
        }
        if payable:
            body |= {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": "35"}}}
        self.attempt(self.company.create, "BillPayment" if payable else "Payment", body)

    @rule(places=st.lists(PLACES, min_size=1, max_size=3, unique=True), fee=st.integers(0, 100))
    def deposit(self, places, fee):
        """Money out of Undeposited Funds, less a fee."""
        wanted = ("Payment", "SalesReceipt", "RefundReceipt")
        found = [each for each in self.documents() if each["entity"] in wanted]
        if not found:
            return
        chosen = {place % len(found) for place in places}
        lines = [
            {
                "LinkedTxn": [
                    {"TxnId": found[n]["Id"], "TxnType": found[n]["entity"], "TxnLineId": "0"}
                ]
            }
            for n in sorted(chosen)
        ]
        charge = {"AccountRef": {"value": "8"}}
        lines.append(
            {
                "Amount": Decimal(-fee) / 100,
                "DetailType": "DepositLineDetail",
                "DepositLineDetail": charge,
            }
        )
        body = {"DepositToAccountRef": {"value": "35"}, "Line": lines}
        self.attempt(self.company.create, "Deposit", body)

    @rule(place=PLACES, amount=AMOUNTS, data=st.data())
    def change(self, place, amount, data):
        """Other lines, another customer, another date, or the same again."""
        shown = self.one(place)
        if shown is None:
            return
        more = {"TxnDate": data.draw(DATES)}
        if shown["entity"] in {"Invoice", "CreditMemo", "SalesReceipt"}:
            more["Line"] = [self.sold(amount, data)]
            more["CustomerRef"] = {"value": data.draw(st.sampled_from([self.customer, self.job]))}
        elif shown["entity"] in {"Bill", "VendorCredit", "Purchase"}:
            more["Line"] = [self.bought(amount, data)]
        elif shown["entity"] == "Payment":
            more["Line"] = shown["Line"][1:]
        body = {"Id": shown["Id"], "SyncToken": shown["SyncToken"], "sparse": True, **more}
        self.attempt(self.company.update, shown["entity"], body)

    @rule(place=PLACES)
    def write_back(self, place):
        """The whole object as it was read."""
        shown = self.one(place)
        if shown is not None:
            body = {name: value for name, value in shown.items() if name != "entity"}
            self.attempt(self.company.update, shown["entity"], body)

    @rule(place=PLACES, verb=st.sampled_from(["delete", "void"]))
    def take_away(self, place, verb):
        """Void or delete."""
        shown = self.one(place)
        if shown is not None:
            self.attempt(getattr(self.company, verb), shown["entity"], shown)

    @invariant()
    def the_books_balance(self):
        """The trial balance sums to zero, and so does every document by itself."""
        if hasattr(self, "company"):
            assert sum(self.company.trial_balance().values()) == 0
            for shown in self.documents():
                assert sum(row.amount for row in self.company.postings(shown["Id"])) == 0

    @invariant()
    def nothing_is_paid_twice(self):
        """Open balances lie between nothing and the total, and add up to the control accounts."""
        if not hasattr(self, "company"):
            return
        owed = {"Accounts Receivable (A/R)": Decimal(0), "Accounts Payable (A/P)": Decimal(0)}
        signs = {"Invoice": (0, 1), "CreditMemo": (0, -1), "Bill": (1, -1), "VendorCredit": (1, 1)}
        names = list(owed)
        for shown in self.documents():
            entity = shown["entity"]
            if entity in signs:
                assert 0 <= shown["Balance"] <= shown["TotalAmt"]
                place, sign = signs[entity]
                owed[names[place]] += sign * shown["Balance"]
            elif entity == "Payment":
                assert shown["UnappliedAmt"] >= 0
                owed[names[0]] -= shown["UnappliedAmt"]
            elif entity == "BillPayment":
                owed[names[1]] += self.left_of_bill_payment(shown)
            elif entity == "JournalEntry":
                for row in self.company.postings(shown["Id"]):
                    if row.account in owed:
                        owed[row.account] += row.amount
        balance = self.company.trial_balance()
        assert {name: balance[name] for name in names} == owed

    def left_of_bill_payment(self, shown):
        """What a bill payment has not applied."""
        left = shown["TotalAmt"]
        for line in shown["Line"]:
            is_bill = line["LinkedTxn"][0]["TxnType"] == "Bill"
            left += -line["Amount"] if is_bill else line["Amount"]
        return left

    def sold(self, amount, data):
        """A line of a sales form."""
        inner = {
            "ItemRef": {"value": data.draw(st.sampled_from(self.items))},
            "TaxCodeRef": {"value": data.draw(st.sampled_from(self.codes))},
        }
        return {
            "Amount": amount,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": inner,
        }

    def bought(self, amount, data):
        """A line of a purchase."""
        code = {"value": self.codes[-1]}
        if data.draw(st.booleans()):
            inner = {"ItemRef": {"value": self.items[1]}, "Qty": 3, "TaxCodeRef": code}
            kind = "ItemBasedExpenseLineDetail"
        else:
            inner = {"AccountRef": {"value": "13"}, "TaxCodeRef": code}
            kind = "AccountBasedExpenseLineDetail"
        return {"Amount": amount, "DetailType": kind, kind: inner}

    def documents(self):
        """Every document."""
        return self.company.documents()

    def one(self, place):
        """One of the documents, or None."""
        found = self.documents()
        return found[place % len(found)] if found else None

    def attempt(self, call, *args):
        """Do it; a refusal must leave everything as it was."""
        before = self.company.documents(), self.company.trial_balance()
        try:
            call(*args)
        except CompanyFault:
            assert (self.company.documents(), self.company.trial_balance()) == before


TestBookkeeping = Bookkeeping.TestCase
TestBookkeeping.__doc__ = "The books balance after any sequence of operations."
TestBookkeeping.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def test_unbalanced_postings_are_never_stored(desk):
    """The ledger itself refuses a document that is off by a cent."""
    books = desk.company._books()
    off = [Entry(account="35", cents=100), Entry(account="13", cents=-99)]
    with pytest.raises(OutOfBalanceError, match="off by 1 cents"):
        post(books, "1", off)
    assert desk.company.postings("1") == []
