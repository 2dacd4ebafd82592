"""Sales and customers' payments: amounts due, credits, deposits, sales tax."""

from decimal import Decimal

import pytest

from .trade import APPLIED, BILL, ask_one, bill, identity

INVOICE = (
    "<InvoiceAddRq><InvoiceAdd><CustomerRef><FullName>{customer}</FullName></CustomerRef>"
    "<TxnDate>2026-08-05</TxnDate>{header}<InvoiceLineAdd><ItemRef><FullName>Consulting</FullName>"
    "</ItemRef>{line}</InvoiceLineAdd></InvoiceAdd></InvoiceAddRq>"
)
RECEIVE = (
    "<ReceivePaymentAddRq><ReceivePaymentAdd><CustomerRef><FullName>{customer}</FullName>"
    "</CustomerRef><TxnDate>2026-08-06</TxnDate><TotalAmount>{total}</TotalAmount>{applied}"
    "</ReceivePaymentAdd></ReceivePaymentAddRq>"
)


def invoice(office, *, customer="Lakeside Clinic", header="", line=""):
    return office.done(INVOICE.format(customer=customer, header=header, line=line))


def receive(total, applied, customer="Lakeside Clinic"):
    return RECEIVE.format(total=total, applied=applied, customer=customer)


def remove(verb, kind, txn):
    return f"<Txn{verb}Rq><Txn{verb}Type>{kind}</Txn{verb}Type><TxnID>{txn}</TxnID></Txn{verb}Rq>"


def test_an_invoice_line_takes_its_price_from_the_item(office):
    """Rate from the item, amount from quantity and rate, an amount that is given wins."""
    plain = invoice(office)
    assert plain.findtext("InvoiceRet/BalanceRemaining") == "150.00"
    assert plain.findtext("InvoiceRet/InvoiceLineRet/Desc") == "Consulting hour"
    some = invoice(office, line="<Quantity>1.33333</Quantity><Rate>10.00</Rate>")
    assert some.findtext("InvoiceRet/Subtotal") == "13.33"
    given = invoice(office, line="<Quantity>3</Quantity><Amount>10.00</Amount>")
    assert given.findtext("InvoiceRet/Subtotal") == "10.00"
    assert given.findtext("InvoiceRet/InvoiceLineRet/Rate") == "3.33333"


def test_an_invoice_fills_its_header(office):
    """Number, receivables, due date from terms, and to be printed by default."""
    made = invoice(office, header="<TermsRef><FullName>Net 30</FullName></TermsRef>")
    found = made.find("InvoiceRet")
    assert found.findtext("RefNumber") == "1"
    assert found.findtext("ARAccountRef/FullName") == "Accounts Receivable"
    assert found.findtext("DueDate") == "2026-09-04"
    assert found.findtext("IsToBePrinted") == "true"
    assert found.findtext("IsPaid") == "false"


@pytest.mark.parametrize(("customer_code", "tax"), [("", "10.88"), ("Non", "0.00")])
def test_sales_tax_is_computed_from_taxable_lines(office, customer_code, tax):
    """Rate times taxable amount, half up, unless the customer is exempt."""
    human = office.company.human
    human.add_list_object("ItemSalesTax", {"Name": "County", "TaxRate": "7.25"})
    header = "<ItemSalesTaxRef><FullName>County</FullName></ItemSalesTaxRef>"
    if customer_code:
        header += (
            f"<CustomerSalesTaxCodeRef><FullName>{customer_code}</FullName>"
            "</CustomerSalesTaxCodeRef>"
        )
    code = "<SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef>"
    made = invoice(office, header=header, line=f"<Amount>150.00</Amount>{code}")
    assert made.findtext("InvoiceRet/SalesTaxTotal") == tax
    if not customer_code:
        assert office.company.balance("Sales Tax Payable") == Decimal("-10.88")


def test_a_tax_group_adds_its_rates(office):
    """Every tax of the group is computed and rounded by itself."""
    human = office.company.human
    for name, rate in (("State", "6.25"), ("City", "1.00")):
        human.add_list_object("ItemSalesTax", {"Name": name, "TaxRate": rate})
    human.add_list_object(
        "ItemSalesTaxGroup",
        {"Name": "Both", "ItemSalesTaxRef": [{"FullName": "State"}, {"FullName": "City"}]},
    )
    made = invoice(
        office,
        header="<ItemSalesTaxRef><FullName>Both</FullName></ItemSalesTaxRef>",
        line="<Amount>100.00</Amount><SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef>",
    )
    assert made.findtext("InvoiceRet/SalesTaxTotal") == "7.25"
    assert made.findtext("InvoiceRet/SalesTaxPercentage") == "7.25"


def test_sales_tax_can_be_off(office):
    """A tax item on an invoice answers 3250 then, and the preferences have no sales tax part."""
    office.company.configure(sales_tax=False)
    header = "<ItemSalesTaxRef><FullName>Out of State</FullName></ItemSalesTaxRef>"
    body = INVOICE.format(customer="Lakeside Clinic", header=header, line="")
    assert office.refused(body) == "3250"
    assert office.done("<PreferencesQueryRq/>").find("PreferencesRet/SalesTaxPreferences") is None


def test_a_payment_settles_invoices_and_keeps_the_rest_as_credit(office):
    """Applied amounts lower the balances; what is over stays unused."""
    first, second = invoice(office), invoice(office)
    rows = APPLIED.format(identity(first), "150.00", "") + APPLIED.format(
        identity(second), "30.00", ""
    )
    made = office.done(receive("200.00", rows))
    assert made.findtext("ReceivePaymentRet/UnusedPayment") == "20.00"
    assert made.findtext("ReceivePaymentRet/DepositToAccountRef/FullName") == "Undeposited Funds"
    paid = ask_one(office, "Invoice", identity(first)).find("InvoiceRet")
    assert (paid.findtext("IsPaid"), paid.findtext("AppliedAmount")) == ("true", "-150.00")
    assert office.company.balance("Accounts Receivable") == 100
    assert office.refused(receive("10.00", APPLIED.format(identity(first), "0.01", ""))) == "3210"
    assert office.refused(receive("10.00", APPLIED.format(identity(second), "11.00", ""))) == "3210"


def test_a_payment_of_the_parent_settles_a_jobs_invoice_but_no_strangers(office):
    """Jobs belong to their customer, other customers do not."""
    job = invoice(office, customer="Lakeside Clinic:Roof Repair")
    row = APPLIED.format(identity(job), "150.00", "")
    assert office.refused(receive("150.00", row, customer="Harbor School District")) == "3180"
    office.done(receive("150.00", row))


def test_auto_apply_pays_the_oldest_invoice_first(office):
    """IsAutoApply spreads the money by date."""
    first, second = invoice(office), invoice(office)
    office.done(receive("200.00", "<IsAutoApply>true</IsAutoApply>"))
    left = [
        ask_one(office, "Invoice", identity(one)).findtext("InvoiceRet/BalanceRemaining")
        for one in (first, second)
    ]
    assert left == ["0.00", "100.00"]


def test_a_credit_memo_is_applied_by_a_payment_of_nothing(office):
    """Invoice and credit memo shrink together, receivables do not move."""
    made = invoice(office)
    memo = office.done(
        INVOICE.format(
            customer="Lakeside Clinic", header="", line="<Amount>40.00</Amount>"
        ).replace("Invoice", "CreditMemo")
    )
    assert memo.findtext("CreditMemoRet/CreditRemaining") == "40.00"
    before = office.company.balance("Accounts Receivable")
    credit = (
        f"<AppliedToTxnAdd><TxnID>{identity(made)}</TxnID><SetCredit><CreditTxnID>{identity(memo)}"
        "</CreditTxnID><AppliedAmount>{}</AppliedAmount></SetCredit></AppliedToTxnAdd>"
    )
    assert office.refused(receive("0.00", credit.format("40.01"))) == "3210"
    office.done(receive("0.00", credit.format("40.00")))
    assert office.company.balance("Accounts Receivable") == before
    found = ask_one(office, "Invoice", identity(made), "<IncludeLinkedTxns>1</IncludeLinkedTxns>")
    assert found.findtext("InvoiceRet/BalanceRemaining") == "110.00"
    assert found.findtext("InvoiceRet/LinkedTxn/TxnType") == "CreditMemo"
    assert (
        ask_one(office, "CreditMemo", identity(memo)).findtext("CreditMemoRet/CreditRemaining")
        == "0.00"
    )


def test_undeposited_money_is_deposited_once(office):
    """ReceivePaymentToDeposit lists it until a deposit takes it; a second deposit is refused."""
    made = office.done(receive("50.00", "<IsAutoApply>false</IsAutoApply>"))
    waiting = office.done("<ReceivePaymentToDepositQueryRq/>")
    assert waiting.findtext("ReceivePaymentToDepositRet/Amount") == "50.00"
    deposit = (
        "<DepositAddRq><DepositAdd><DepositToAccountRef><FullName>Operating Checking</FullName>"
        f"</DepositToAccountRef><DepositLineAdd><PaymentTxnID>{identity(made)}</PaymentTxnID>"
        "</DepositLineAdd></DepositAdd></DepositAddRq>"
    )
    taken = office.done(deposit)
    assert taken.findtext("DepositRet/DepositLineRet/TxnType") == "ReceivePayment"
    assert office.company.balance("Undeposited Funds") == 0
    assert office.ask("<ReceivePaymentToDepositQueryRq/>").get("statusCode") == "1"
    assert office.refused(deposit) == "3180"
    assert office.refused(remove("Del", "ReceivePayment", identity(made))) == "3160"
    office.done(remove("Del", "Deposit", identity(taken)))
    office.done(remove("Del", "ReceivePayment", identity(made)))
    assert office.company.balance("Accounts Receivable") == 0


def test_a_sales_receipt_waits_in_undeposited_funds(office):
    """It needs no receivables."""
    made = office.done(
        INVOICE.format(customer="Lakeside Clinic", header="", line="").replace(
            "Invoice", "SalesReceipt"
        )
    )
    assert made.findtext("SalesReceiptRet/TotalAmount") == "150.00"
    assert office.company.balance("Undeposited Funds") == 150
    assert office.company.balance("Accounts Receivable") == 0


def test_a_settled_invoice_cannot_be_deleted_nor_made_smaller_than_its_payments(office):
    """3160 and 3180; deleting the payment first sets it free."""
    made = invoice(office)
    payment = office.done(receive("100.00", APPLIED.format(identity(made), "100.00", "")))
    assert office.refused(remove("Del", "Invoice", identity(made))) == "3160"
    found = ask_one(office, "Invoice", identity(made), "<IncludeLineItems>true</IncludeLineItems>")
    change = (
        f"<InvoiceModRq><InvoiceMod><TxnID>{identity(made)}</TxnID><EditSequence>"
        f"{found.findtext('InvoiceRet/EditSequence')}</EditSequence><InvoiceLineMod><TxnLineID>"
        f"{found.findtext('InvoiceRet/InvoiceLineRet/TxnLineID')}</TxnLineID><Rate>{{}}</Rate>"
        "</InvoiceLineMod></InvoiceMod></InvoiceModRq>"
    )
    assert office.refused(change.format("99.00")) == "3180"
    office.done(change.format("101.00"))
    office.done(remove("Del", "ReceivePayment", identity(payment)))
    office.done(remove("Del", "Invoice", identity(made)))
    assert office.company.balance("Accounts Receivable") == 0


def test_voiding_an_invoice_sets_its_payment_free(office):
    """The money is an unused credit again."""
    made = invoice(office)
    payment = office.done(receive("100.00", APPLIED.format(identity(made), "100.00", "")))
    office.done(remove("Void", "Invoice", identity(made)))
    found = ask_one(office, "ReceivePayment", identity(payment))
    assert found.findtext("ReceivePaymentRet/UnusedPayment") == "100.00"
    voided = ask_one(office, "Invoice", identity(made)).find("InvoiceRet")
    assert voided.findtext("Subtotal") == "0.00"
    assert voided.findtext("BalanceRemaining") == "0.00"


@pytest.mark.parametrize("unnamed", ["keep", "drop"])
def test_a_payment_can_be_applied_elsewhere(office, unnamed):
    """ReceivePaymentMod takes back what it names with 0.00; what it leaves out is a doubt."""
    office.company.configure(unnamed_applications=unnamed)
    first, second = invoice(office), invoice(office)
    made = office.done(receive("100.00", APPLIED.format(identity(first), "100.00", "")))
    rows = {first: "0.00", second: "70.00"}
    row = "".join(APPLIED.format(identity(one), cents, "") for one, cents in rows.items())
    row = row.replace("Add", "Mod")
    changed = office.done(
        f"<ReceivePaymentModRq><ReceivePaymentMod><TxnID>{identity(made)}</TxnID><EditSequence>"
        f"{made.findtext('*/EditSequence')}</EditSequence>{row}</ReceivePaymentMod>"
        "</ReceivePaymentModRq>"
    )
    assert changed.findtext("ReceivePaymentRet/UnusedPayment") == "30.00"
    left = [
        ask_one(office, "Invoice", identity(one)).findtext("InvoiceRet/BalanceRemaining")
        for one in (first, second)
    ]
    assert left == ["150.00", "80.00"]


@pytest.mark.parametrize(("unnamed", "left"), [("keep", "0.00"), ("drop", "100.00")])
def test_what_a_change_of_a_payment_leaves_out(office, unnamed, left):
    """An application that ReceivePaymentMod does not name stays or goes; both are simulated."""
    office.company.configure(unnamed_applications=unnamed)
    made = office.done(receive("100.00", APPLIED.format(identity(invoice(office)), "100.00", "")))
    other = APPLIED.format(identity(invoice(office)), "0.00", "").replace("Add", "Mod")
    changed = office.done(
        f"<ReceivePaymentModRq><ReceivePaymentMod><TxnID>{identity(made)}</TxnID><EditSequence>"
        f"{made.findtext('*/EditSequence')}</EditSequence>{other}</ReceivePaymentMod>"
        "</ReceivePaymentModRq>"
    )
    assert changed.findtext("ReceivePaymentRet/UnusedPayment") == left


@pytest.mark.parametrize(("touches", "moved"), [(True, True), (False, False)])
def test_a_payment_touches_its_invoice_or_not(office, touches, moved):
    """Whether a linked change moves TimeModified is a doubt, so both are simulated."""
    office.company.configure(linked_changes_touch=touches)
    made = invoice(office)
    office.clock.tick()
    office.done(receive("10.00", APPLIED.format(identity(made), "10.00", "")))
    found = ask_one(office, "Invoice", identity(made))
    assert (found.findtext("*/EditSequence") != made.findtext("*/EditSequence")) is moved


def test_customers_and_vendors_have_balances(office):
    """Customer, with jobs in the total, and vendor."""
    invoice(office)
    invoice(office, customer="Lakeside Clinic:Roof Repair")
    bill(office)
    found = office.done("<CustomerQueryRq><FullName>Lakeside Clinic</FullName></CustomerQueryRq>")
    assert found.findtext("CustomerRet/Balance") == "150.00"
    assert found.findtext("CustomerRet/TotalBalance") == "300.00"
    found = office.done("<VendorQueryRq><FullName>Shell</FullName></VendorQueryRq>")
    assert found.findtext("VendorRet/Balance") == "100.00"


def test_a_check_refunds_a_credit_memo_and_not_more(office):
    """The credit is used up by the check; a cent more is refused."""
    memo = office.done(
        INVOICE.format(
            customer="Lakeside Clinic", header="", line="<Amount>40.00</Amount>"
        ).replace("Invoice", "CreditMemo")
    )
    refund = (
        "<CheckAddRq><CheckAdd><AccountRef><FullName>Operating Checking</FullName></AccountRef>"
        "<PayeeEntityRef><FullName>Lakeside Clinic</FullName></PayeeEntityRef>"
        f"<ApplyCheckToTxnAdd><TxnID>{identity(memo)}</TxnID><Amount>{{0}}</Amount>"
        "</ApplyCheckToTxnAdd><ExpenseLineAdd><AccountRef><FullName>Accounts Receivable</FullName>"
        "</AccountRef><Amount>{0}</Amount><CustomerRef><FullName>Lakeside Clinic</FullName>"
        "</CustomerRef></ExpenseLineAdd></CheckAdd></CheckAddRq>"
    )
    assert office.refused(refund.format("40.01")) == "3210"
    office.done(refund.format("40.00"))
    found = ask_one(office, "CreditMemo", identity(memo))
    assert found.findtext("CreditMemoRet/CreditRemaining") == "0.00"
    assert office.company.balance("Accounts Receivable") == 0


def test_a_deposited_receipt_keeps_its_amount_and_cannot_be_voided(office):
    """3172 for another amount or account, 3185 for a void."""
    made = office.done(
        INVOICE.format(customer="Lakeside Clinic", header="", line="").replace(
            "Invoice", "SalesReceipt"
        )
    )
    office.done(
        "<DepositAddRq><DepositAdd><DepositToAccountRef><FullName>Operating Checking</FullName>"
        f"</DepositToAccountRef><DepositLineAdd><PaymentTxnID>{identity(made)}</PaymentTxnID>"
        "</DepositLineAdd></DepositAdd></DepositAddRq>"
    )
    change = (
        f"<SalesReceiptModRq><SalesReceiptMod><TxnID>{identity(made)}</TxnID><EditSequence>"
        f"{made.findtext('*/EditSequence')}</EditSequence><SalesReceiptLineMod><TxnLineID>-1"
        "</TxnLineID><ItemRef><FullName>Consulting</FullName></ItemRef><Rate>{}</Rate>"
        "</SalesReceiptLineMod></SalesReceiptMod></SalesReceiptModRq>"
    )
    assert office.refused(change.format("149.00")) == "3172"
    moved = "<DepositToAccountRef><FullName>Operating Checking</FullName></DepositToAccountRef>"
    elsewhere = change.replace("<SalesReceiptLineMod>", f"{moved}<SalesReceiptLineMod>")
    assert office.refused(elsewhere.format("150.00")) == "3172"
    office.done(change.format("150.00"))
    assert office.refused(remove("Void", "SalesReceipt", identity(made))) == "3185"


def test_what_is_not_simulated_is_refused_and_never_ignored(office):
    """Item groups answer 1030, links to orders 3120, amounts beyond all measure 3210."""
    group = (
        "<InvoiceAddRq><InvoiceAdd><CustomerRef><FullName>Lakeside Clinic</FullName></CustomerRef>"
        "<InvoiceLineGroupAdd><ItemGroupRef><FullName>X</FullName></ItemGroupRef>"
        "</InvoiceLineGroupAdd></InvoiceAdd></InvoiceAddRq>"
    )
    assert office.refused(group) == "1030"
    linked = BILL.format(vendor="Shell", number="B1", amount="1.00").replace(
        "<ExpenseLineAdd>", "<LinkToTxnID>1-1</LinkToTxnID><ExpenseLineAdd>"
    )
    assert office.refused(linked) == "3120"
    huge = "<Quantity>9999999999</Quantity><Rate>9999999999</Rate>"
    body = INVOICE.format(customer="Lakeside Clinic", header="", line=huge)
    assert office.refused(body) == "3210"
