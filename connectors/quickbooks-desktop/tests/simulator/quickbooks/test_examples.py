"""The 41 example requests, judged by the official schema on both sides."""

import re

import pytest
from lxml import etree


@pytest.fixture
def world(office):
    """The objects that the examples name."""
    human = office.company.human
    for name, kind in (
        ("Company Visa", "CreditCard"),
        ("Operating Bank", "Bank"),
        ("Sales", "Income"),
        ("COGS", "CostOfGoodsSold"),
        ("Merchant Fees", "Expense"),
    ):
        human.add_list_object("Account", {"Name": name, "AccountType": kind})
    human.add_list_object("Vendor", {"Name": "State Tax Board"})
    human.add_list_object("Class", {"Name": "Dept"})
    human.add_list_object("Class", {"Name": "West", "ParentRef": {"FullName": "Dept"}})
    human.add_list_object("Customer", {"Name": "Cust"})
    human.add_list_object("Customer", {"Name": "Job", "ParentRef": {"FullName": "Cust"}})
    human.rename("ItemService", "Consulting", "Consulting, old")
    return office


def valid(official, answer):
    assert official.validate(etree.fromstring(answer.encode())), official.error_log
    return answer


def test_every_example_is_understood_and_answered_in_valid_qbxml(world, examples, official):
    """No example is refused as a whole, and no answer breaks the official schema."""
    for text in examples.values():
        valid(official, world.session.process(text))


def test_the_examples_work_in_the_order_of_a_business_day(world, examples, official):
    """Lists, purchases, sales, payments and a deposit all succeed, each answer valid."""
    ids = {}

    def run(name, *replacements):
        text = examples[name]
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        answer = valid(official, world.session.process(text))
        assert re.findall(r'statusCode="(\d+)"', answer) == ["0"], answer
        found = re.search("<TxnID>(.*?)</TxnID>", answer)
        ids[name] = found[1] if found else ""
        return answer

    for name in [
        "vendor",
        "item_sales_tax",
        "customer",
        "item_service",
        "item_noninventory",
        "card_charge",
        "card_refund",
        "check_debit_card_or_fee",
        "refund_to_bank_deposit",
        "transfer",
        "journal",
        "bill",
        "vendor_credit",
    ]:
        run(name)
    run("billtopay_query")
    paid = run(
        "bill_payment_check_with_credit",
        ("1A2-1785958998", ids["bill"]),
        ("1A5-1785959000", ids["vendor_credit"]),
    )
    assert "<BalanceRemaining>0.00</BalanceRemaining>" in paid
    invoice = run("invoice")
    assert "<SalesTaxTotal>2.18</SalesTaxTotal>" in invoice
    first = ids["invoice"]
    run("invoice")
    payment = run(
        "payment_two_invoices_overpaid",
        ("2B1-1785960000", first),
        ("2B2-1785960001", ids["invoice"]),
        ("60.00", "20.00"),
        ("30.00", "10.00"),
    )
    assert "<UnusedPayment>70.00</UnusedPayment>" in payment
    run("credit_memo")
    run(
        "apply_credit_memo_via_zero_payment",
        ("2B1-1785960000", first),
        ("2C1-1785960100", ids["credit_memo"]),
    )
    run("sales_receipt")
    run("todeposit_query")
    run(
        "deposit_undeposited",
        ("3A1-1785970000", ids["payment_two_invoices_overpaid"]),
        ("<PaymentTxnLineID>3A3-1785970000</PaymentTxnLineID>", ""),
    )
    run("delete_payment", ("3A1-1785970000", ids["apply_credit_memo_via_zero_payment"]))
    run("void_check", ("1A9-1785958998", ids["check_debit_card_or_fee"]))
    changed = run("invoice_query_changed")
    assert changed.count("<InvoiceRet>") == 2
    run("customer_query_changed")
    run("probe_by_refnumber")
    run("probe_window")
    run("recovery_write")
    run("txn_deleted", ("<TxnDelType>Invoice</TxnDelType>", ""))


def test_the_schema_given_to_the_company_is_a_second_judge(contracts, clock, examples):
    """With the official schema a request is judged twice, and a good one still passes."""
    from subledger_quickbooks_desktop.simulator.quickbooks import CompanyFile  # noqa: PLC0415

    company = CompanyFile(":memory:", clock, xsd=contracts / "qbxmlops130.xsd")
    session = company.begin_session(company_file="", app_name="Test")
    assert 'statusCode="1"' in session.process(examples["account_query"])
