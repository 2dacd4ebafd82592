"""Several currencies: who keeps one, what a document may mix, what the books hold in their own."""

from decimal import Decimal

import pytest

EUR = {"value": "EUR"}
USD = {"value": "USD"}
GAIN = "Exchange Gain or Loss"
RECEIVABLE = "Accounts Receivable (A/R)"
PAYABLE = "Accounts Payable (A/P)"
WRONG_ACCOUNT = "same currency as the A/R and A/P accounts"
ONE_FOREIGN = "only use one foreign currency"


@pytest.fixture
def abroad(open_desk):
    """A desk in a company that works with dollars, euros and pounds."""
    found = open_desk({"CurrencyPrefs.MultiCurrencyEnabled": True})
    for code in ("EUR", "GBP"):
        found.company.create("CompanyCurrency", {"Code": code})
    return found


def rows(desk, shown):
    return {row.account: row.amount for row in desk.company.postings(shown["Id"])}


def set_rate(desk, rate, day="2025-01-01"):
    body = {"SourceCurrencyCode": "EUR", "Rate": Decimal(rate), "AsOfDate": day}
    desk.company.set_exchange_rate(body)


# Names and accounts ----------------------------------------------------------------------------


def test_a_name_may_have_another_currency(abroad):
    """A customer and a vendor carry the currency they were made with, with its name."""
    for entity, made in (
        ("Customer", abroad.customer(CurrencyRef=EUR)),
        ("Vendor", abroad.vendor(CurrencyRef=EUR)),
    ):
        shown = abroad.company.read(entity, made)
        assert shown["CurrencyRef"] == {"value": "EUR", "name": "Euro"}
    assert abroad.company.read("Customer", abroad.customer("Home"))["CurrencyRef"]["value"] == "USD"


def test_a_company_with_one_currency_refuses_another(desk):
    """Control: with the switch off no name is kept in euros, though euros are in the list."""
    desk.company.create("CompanyCurrency", {"Code": "EUR"})
    for make in (desk.customer, desk.vendor):
        fault = desk.refused(make, CurrencyRef=EUR)
        assert (fault.code, "not enabled" in fault.detail) == ("6000", True)
    bank = desk.account("Euros", "Bank", CurrencyRef=EUR)
    assert desk.company.read("Account", bank)["CurrencyRef"]["value"] == "USD"


def test_a_currency_must_be_in_use(abroad):
    """A currency that the company has not taken up, or has put away, is refused: 2220."""
    assert abroad.refused(abroad.customer, CurrencyRef={"value": "CAD"}).code == "2220"
    assert abroad.refused(abroad.purchase, CurrencyRef={"value": "CAD"}).code == "2220"
    [euro] = abroad.company.query("select * from CompanyCurrency where Code = 'EUR'")[
        "CompanyCurrency"
    ]
    abroad.change("CompanyCurrency", euro, Active=False)
    assert abroad.refused(abroad.customer, CurrencyRef=EUR).code == "2220"


def test_the_currency_of_a_name_stays(abroad):
    """It is set when the name is made; a job has that of its parent."""
    customer = {"Id": abroad.customer(CurrencyRef=EUR)}
    assert abroad.refused(abroad.change, "Customer", customer, CurrencyRef=USD).code == "6000"
    assert abroad.change("Customer", customer, Notes="x")["CurrencyRef"]["value"] == "EUR"
    full = {**abroad.token("Customer", customer), "DisplayName": "Acme"}
    assert abroad.company.update("Customer", full)["CurrencyRef"]["value"] == "EUR"
    job = abroad.customer("Job", Job=True, ParentRef={"value": customer["Id"]})
    assert abroad.company.read("Customer", job)["CurrencyRef"]["value"] == "EUR"


@pytest.mark.parametrize("kind", ["Bank", "Credit Card", "Accounts Receivable", "Accounts Payable"])
def test_accounts_of_money_and_of_parties_may_have_a_currency(abroad, kind):
    """Banks, cards, receivables and payables are kept in a currency; other accounts are not."""
    made = {"Id": abroad.account("Abroad", kind, CurrencyRef=EUR)}
    assert abroad.again("Account", made)["CurrencyRef"] == {"value": "EUR", "name": "Euro"}
    assert abroad.refused(abroad.change, "Account", made, CurrencyRef=USD).code == "6000"
    assert abroad.refused(abroad.account, "Fuel", "Expense", CurrencyRef=EUR).code == "6000"


def test_it_cannot_be_switched_off(abroad, desk):
    """Once on, multicurrency stays on; a company without it can be told so again."""

    def told(where):
        body = {**where.token("Preferences", {"Id": "1"}), "sparse": True}
        body["CurrencyPrefs"] = {"MultiCurrencyEnabled": False}
        return where.company.update("Preferences", body)

    assert abroad.refused(told, abroad).code == "6000"
    assert told(desk)["CurrencyPrefs"]["MultiCurrencyEnabled"] is False


def test_names_of_different_currencies_cannot_be_merged(abroad):
    """A customer in euros does not become one in dollars."""
    home, other = abroad.customer("Home"), abroad.customer("Other", CurrencyRef=EUR)
    assert abroad.refused(abroad.company.merge, "Customer", home, other).code == "6000"
    assert abroad.company.merge("Customer", home, abroad.customer("Third"))["Id"] == home


# Documents -------------------------------------------------------------------------------------


def test_an_invoice_has_the_customers_currency(abroad):
    """Its rate is that of its day, its receivable one of that currency, its books in dollars."""
    customer = abroad.customer(CurrencyRef=EUR)
    shown = abroad.invoice(customer, "100")
    assert shown["CurrencyRef"] == {"value": "EUR", "name": "Euro"}
    assert (shown["TotalAmt"], shown["ExchangeRate"]) == (100, Decimal("1.09"))
    assert (shown["HomeTotalAmt"], shown["HomeBalance"]) == (109, 109)
    assert shown["ARAccountRef"]["name"] == f"{RECEIVABLE} - EUR"
    assert rows(abroad, shown) == {f"{RECEIVABLE} - EUR": 109, "Services": -109}
    again = abroad.invoice(customer, "50")
    assert again["ARAccountRef"] == shown["ARAccountRef"], "one account for each currency"


def test_dollars_are_left_alone(abroad):
    """Control: a customer at home has the home receivable and the rate 1."""
    shown = abroad.invoice(abroad.customer(), "100")
    assert (shown["ExchangeRate"], shown["HomeTotalAmt"]) == (1, 100)
    assert rows(abroad, shown) == {RECEIVABLE: 100, "Services": -100}


def test_without_the_switch_no_rate_is_shown(desk):
    """Control: one currency, no rate and no home amounts, whatever was sent."""
    shown = desk.invoice(desk.customer(), ExchangeRate=Decimal("1.5"))
    assert not {"ExchangeRate", "HomeTotalAmt", "HomeBalance"} & set(shown)
    assert desk.refused(desk.purchase, CurrencyRef=EUR).code == "6000"


def test_the_rate_is_the_one_given_or_that_of_the_day(abroad):
    """A given rate wins over the table; the table is asked for the day of the document."""
    set_rate(abroad, "1.25", "2025-02-01")
    customer = abroad.customer(CurrencyRef=EUR)
    rates = [
        abroad.invoice(customer, **more)["ExchangeRate"]
        for more in ({}, {"TxnDate": "2025-01-31"}, {"ExchangeRate": Decimal("1.3")})
    ]
    assert rates == [Decimal("1.25"), Decimal("1.09"), Decimal("1.3")]
    assert abroad.refused(abroad.invoice, customer, ExchangeRate=0).code == "2080"


@pytest.mark.parametrize("currency", [USD, {"value": "GBP"}])
def test_a_document_in_another_currency_than_its_party_is_refused(abroad, currency):
    """Invoice and bill take the party's currency: 6000 for any other."""
    customer, vendor = abroad.customer(CurrencyRef=EUR), abroad.vendor(CurrencyRef=EUR)
    for make, party in ((abroad.invoice, customer), (abroad.bill, vendor)):
        fault = abroad.refused(make, party, CurrencyRef=currency)
        assert (fault.code, fault.element) == ("6000", "CurrencyRef")
        assert WRONG_ACCOUNT in fault.detail
        assert make(party, CurrencyRef=EUR)["CurrencyRef"]["value"] == "EUR"


def test_a_bill_is_owed_in_its_currency(abroad):
    """The payable of the currency is made and used; the one at home is refused."""
    vendor = abroad.vendor(CurrencyRef=EUR)
    shown = abroad.bill(vendor, "200")
    expense = "Meals and Entertainment"
    assert rows(abroad, shown) == {f"{PAYABLE} - EUR": -218, expense: 218}
    fault = abroad.refused(abroad.bill, vendor, APAccountRef={"value": "33"})
    assert WRONG_ACCOUNT in fault.detail


def test_an_account_has_the_currency_of_the_document_or_the_books(abroad):
    """A card in euros pays in euros, one in dollars pays anything, one in pounds does not."""
    euros = {"value": abroad.account("Euro card", "Credit Card", CurrencyRef=EUR)}
    pounds = {"value": abroad.account("Pounds", "Credit Card", CurrencyRef={"value": "GBP"})}
    assert abroad.purchase(AccountRef=euros)["CurrencyRef"]["value"] == "EUR"
    assert abroad.purchase(CurrencyRef=EUR)["ExchangeRate"] == Decimal("1.09")
    for wrong in (
        {"AccountRef": pounds, "CurrencyRef": EUR},
        {"AccountRef": euros, "CurrencyRef": USD},
    ):
        fault = abroad.refused(abroad.purchase, **wrong)
        assert (fault.code, ONE_FOREIGN in fault.detail) == ("6000", True)


def test_the_books_balance_to_the_cent(abroad):
    """Every row is rounded to the cent, and the last one takes what is left over."""
    customer = abroad.customer(CurrencyRef=EUR)
    lines = [abroad.item_line("0.33") for _ in "123"]
    shown = abroad.invoice(customer, Line=lines, ExchangeRate=Decimal("1.05"))
    found = [row.amount for row in abroad.company.postings(shown["Id"])]
    assert sorted(found) == [Decimal(each) for each in ("-0.35", "-0.35", "-0.34", "1.04")]
    assert sum(abroad.company.trial_balance().values()) == 0


def test_the_cost_of_goods_is_counted_at_home(abroad):
    """What a sold bolt had cost stands in dollars, whatever it was sold for."""
    bolt = {
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
    item = abroad.company.create("Item", bolt)["Id"]
    line = abroad.item_line("10", item=item, Qty=2)
    shown = abroad.invoice(abroad.customer(CurrencyRef=EUR), Line=[line])
    found = rows(abroad, shown)
    assert (found["Cost of Goods Sold"], found["Inventory Asset"]) == (5, -5)
    assert found["Sales of Product Income"] == Decimal("-10.90")


# Payments --------------------------------------------------------------------------------------


def paid(desk, rate, amount="100", applied="100"):
    customer = desk.customer(CurrencyRef=EUR)
    invoice = desk.invoice(customer, "100", ExchangeRate=Decimal("1.10"))
    body = {
        "CustomerRef": {"value": customer},
        "TotalAmt": Decimal(amount),
        "ExchangeRate": Decimal(rate),
        "Line": [desk.link(invoice, "Invoice", applied)],
    }
    return invoice, desk.company.create("Payment", body)


@pytest.mark.parametrize(("rate", "gain"), [("1.20", -10), ("1.05", 5)])
def test_a_payment_at_another_rate_is_a_gain_or_a_loss(abroad, rate, gain):
    """The receivable goes at the invoice's rate, the money comes at the payment's."""
    invoice, payment = paid(abroad, rate)
    assert abroad.again("Invoice", invoice)["Balance"] == 0
    assert payment["CurrencyRef"]["value"] == "EUR"
    money = Decimal(rate) * 100
    assert rows(abroad, payment) == {
        "Undeposited Funds": money,
        f"{RECEIVABLE} - EUR": -110,
        GAIN: gain,
    }
    assert abroad.balance(f"{RECEIVABLE} - EUR") == 0


def test_a_payment_at_the_same_rate_gains_nothing(abroad):
    """Control: no account for gains is made where there is none."""
    paid(abroad, "1.10")
    assert GAIN not in abroad.company.trial_balance()


def test_a_payment_follows_its_invoice(abroad):
    """When the invoice gets another rate or goes away, the gain is counted anew."""
    invoice, payment = paid(abroad, "1.20")
    abroad.change("Invoice", invoice, ExchangeRate=Decimal("1.15"))
    assert rows(abroad, payment)[GAIN] == -5
    assert abroad.balance(f"{RECEIVABLE} - EUR") == 0
    abroad.company.delete("Invoice", abroad.token("Invoice", invoice))
    assert GAIN not in rows(abroad, payment)
    assert abroad.balance(f"{RECEIVABLE} - EUR") == -120


def test_what_is_not_applied_stays_at_the_payments_rate(abroad):
    """Half of the money settles at the invoice's rate, the other half is credit at its own."""
    _, payment = paid(abroad, "1.20", "100", "50")
    assert payment["UnappliedAmt"] == 50
    found = rows(abroad, payment)
    assert (found[f"{RECEIVABLE} - EUR"], found[GAIN]) == (-115, -5)


def test_parts_settle_the_whole_to_the_cent(abroad):
    """Two halves that are rounded down each leave nothing on the receivable."""
    customer = abroad.customer(CurrencyRef=EUR)
    set_rate(abroad, "1.05")
    invoice = abroad.invoice(customer, "0.10")
    halves = [
        rows(abroad, abroad.payment(customer, "0.05", (invoice, "Invoice", "0.05"))) for _ in "12"
    ]
    owed = [-half[f"{RECEIVABLE} - EUR"] for half in halves]
    assert owed == [Decimal("0.05"), Decimal("0.06")]
    assert abroad.balance(f"{RECEIVABLE} - EUR") == 0


def test_a_bill_is_paid_at_another_rate(abroad):
    """The payable goes at the bill's rate; more dollars for the same euros are a loss."""
    vendor = abroad.vendor(CurrencyRef=EUR)
    bill = abroad.bill(vendor, "200", ExchangeRate=Decimal("1.10"))
    set_rate(abroad, "1.15")
    payment = abroad.bill_payment(vendor, "200", (bill, "Bill", "200"))
    assert rows(abroad, payment) == {"Checking": -230, f"{PAYABLE} - EUR": 220, GAIN: 10}
    assert abroad.again("Bill", bill)["Balance"] == 0


def test_a_payment_settles_documents_of_its_own_currency(abroad):
    """A job may have another currency than its parent; a payment does not mix them."""
    parent = abroad.customer(CurrencyRef=EUR)
    job = abroad.customer("Job", Job=True, ParentRef={"value": parent}, CurrencyRef=USD)
    invoice = abroad.invoice(job, "100")
    fault = abroad.refused(abroad.payment, parent, "100", (invoice, "Invoice", "100"))
    assert (fault.code, WRONG_ACCOUNT in fault.detail) == ("6000", True)


def test_euros_lie_in_undeposited_funds_as_dollars(abroad):
    """A deposit at home takes the money in dollars; one in euros cannot take it from there."""
    _, payment = paid(abroad, "1.20")
    link = {"LinkedTxn": [{"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
    euros = {"value": abroad.account("Euros", "Bank", CurrencyRef=EUR)}
    body = {"DepositToAccountRef": euros, "Line": [link]}
    assert abroad.refused(abroad.company.create, "Deposit", body).code == "620"
    body["DepositToAccountRef"] = {"value": "35"}
    assert abroad.company.create("Deposit", body)["TotalAmt"] == 120


def test_a_customer_who_owes_euros_cannot_be_put_away(abroad):
    """There is no credit memo by itself in another currency; one who owes nothing may go."""
    customer = {"Id": abroad.customer(CurrencyRef=EUR)}
    invoice = abroad.invoice(customer["Id"], "100")
    assert abroad.refused(abroad.change, "Customer", customer, Active=False).code == "6220"
    abroad.company.delete("Invoice", abroad.token("Invoice", invoice))
    assert abroad.change("Customer", customer, Active=False)["Active"] is False


# Banking ---------------------------------------------------------------------------------------


def test_a_transfer_between_currencies_has_the_foreign_one(abroad):
    """Dollars go to a bank in euros: the document is in euros, the books in dollars."""
    euros = {"value": abroad.account("Euros", "Bank", CurrencyRef=EUR)}
    body = {"FromAccountRef": {"value": "35"}, "ToAccountRef": euros, "Amount": 100}
    shown = abroad.company.create("Transfer", body)
    assert shown["CurrencyRef"]["value"] == "EUR"
    assert rows(abroad, shown) == {"Euros": 109, "Checking": -109}


def test_a_journal_entry_uses_one_currency(abroad):
    """An entry in euros may name a bank in euros; one in dollars may not."""
    bank = abroad.account("Euros", "Bank", CurrencyRef=EUR)
    lines = [
        abroad.journal_line("Debit", "13", "10"),
        abroad.journal_line("Credit", bank, "10"),
    ]
    fault = abroad.refused(abroad.company.create, "JournalEntry", {"Line": lines})
    assert ONE_FOREIGN in fault.detail
    shown = abroad.company.create("JournalEntry", {"Line": lines, "CurrencyRef": EUR})
    assert rows(abroad, shown)["Euros"] == Decimal("-10.90")


def test_a_receivable_in_a_journal_is_in_the_currency_of_its_customer(abroad):
    """An entry in dollars cannot owe for a customer in euros."""
    customer = abroad.customer(CurrencyRef=EUR)
    party = {"Type": "Customer", "EntityRef": {"value": customer}}
    lines = [
        abroad.journal_line("Debit", "84", "10", Entity=party),
        abroad.journal_line("Credit", "1", "10"),
    ]
    fault = abroad.refused(abroad.company.create, "JournalEntry", {"Line": lines})
    assert WRONG_ACCOUNT in fault.detail
    party["EntityRef"]["value"] = abroad.customer("Home")
    assert abroad.company.create("JournalEntry", {"Line": lines})
