"""Purchase orders, what receives against them, and refunds by card."""

ORDER = (
    "<PurchaseOrderAddRq><PurchaseOrderAdd><VendorRef><FullName>Shell</FullName></VendorRef>"
    "<TxnDate>2026-08-05</TxnDate><PurchaseOrderLineAdd><ItemRef><FullName>Consulting</FullName>"
    "</ItemRef><Quantity>4</Quantity><Rate>2.50</Rate></PurchaseOrderLineAdd></PurchaseOrderAdd>"
    "</PurchaseOrderAddRq>"
)
RECEIVE = (
    "<{0}AddRq><{0}Add><VendorRef><FullName>{1}</FullName></VendorRef>"
    "<TxnDate>2026-08-06</TxnDate>{2}</{0}Add></{0}AddRq>"
)
LINE = (
    "<ItemLineAdd>{2}<Quantity>{3}</Quantity><LinkToTxn><TxnID>{0}</TxnID><TxnLineID>{1}"
    "</TxnLineID></LinkToTxn></ItemLineAdd>"
)
REFUND = (
    "<ARRefundCreditCardAddRq><ARRefundCreditCardAdd><CustomerRef><FullName>{0}</FullName>"
    "</CustomerRef><RefundFromAccountRef><FullName>PEX Credit Card</FullName>"
    "</RefundFromAccountRef><RefundAppliedToTxnAdd><TxnID>{1}</TxnID><RefundAmount>{2}"
    "</RefundAmount></RefundAppliedToTxnAdd></ARRefundCreditCardAdd></ARRefundCreditCardAddRq>"
)
MEMO = (
    "<CreditMemoAddRq><CreditMemoAdd><CustomerRef><FullName>Lakeside Clinic</FullName>"
    "</CustomerRef><CreditMemoLineAdd><ItemRef><FullName>Consulting</FullName></ItemRef>"
    "<Amount>40.00</Amount></CreditMemoLineAdd></CreditMemoAdd></CreditMemoAddRq>"
)


def ids(found):
    """The identifier of a new document and of its first line."""
    return found.findtext("*/TxnID"), found.findtext("*/*/TxnLineID")


def order_as_it_is(office, order):
    """The order once more, with its lines and links."""
    found = office.done(
        f"<PurchaseOrderQueryRq><TxnID>{order}</TxnID><IncludeLineItems>true</IncludeLineItems>"
        "<IncludeLinkedTxns>true</IncludeLinkedTxns></PurchaseOrderQueryRq>"
    )
    return found[0]


def remove(verb, kind, txn):
    return f"<Txn{verb}Rq><Txn{verb}Type>{kind}</Txn{verb}Type><TxnID>{txn}</TxnID></Txn{verb}Rq>"


def test_an_order_posts_nothing_and_is_received_line_by_line(office):
    """A bill takes a part, an item receipt the rest; what the bill took comes back with it."""
    order, line = ids(office.done(ORDER))
    assert office.company.balance("Accounts Payable") == 0
    part = RECEIVE.format("Bill", "Shell", LINE.format(order, line, "", "1"))
    bill = office.done(part)
    assert bill.findtext("BillRet/AmountDue") == "2.50"
    assert bill.findtext("BillRet/ItemLineRet/ItemRef/FullName") == "Consulting"
    assert order_as_it_is(office, order).findtext("IsFullyReceived") == "false"
    rest = RECEIVE.format("ItemReceipt", "Shell", f"<LinkToTxnID>{order}</LinkToTxnID>")
    assert office.done(rest).findtext("ItemReceiptRet/TotalAmount") == "7.50"
    found = order_as_it_is(office, order)
    assert found.findtext("IsFullyReceived") == "true"
    assert found.findtext("PurchaseOrderLineRet/ReceivedQuantity") == "4"
    assert [one.text for one in found.findall("LinkedTxn/TxnType")] == ["Bill", "ItemReceipt"]
    assert office.company.balance("Accounts Payable") == -10
    assert office.refused(remove("Del", "PurchaseOrder", order)) == "3160"
    office.done(remove("Del", "Bill", ids(bill)[0]))
    assert order_as_it_is(office, order).findtext("IsFullyReceived") == "false"


def test_wrong_links_are_refused(office):
    """Another vendor, a line that is none, an item on a linked line, an order that is none."""
    order, line = ids(office.done(ORDER))
    linked = LINE.format(order, line, "", "1")
    assert office.refused(RECEIVE.format("Bill", "Office Depot", linked)) == "3180"
    unknown = LINE.format(order, "9-9", "", "1")
    assert office.refused(RECEIVE.format("Bill", "Shell", unknown)) == "3120"
    item = "<ItemRef><FullName>Consulting</FullName></ItemRef>"
    twice = LINE.format(order, line, item, "1")
    assert office.refused(RECEIVE.format("Bill", "Shell", twice)) == "3210"
    bill = ids(office.done(RECEIVE.format("Bill", "Shell", linked)))[0]
    other = f"<LinkToTxnID>{bill}</LinkToTxnID>"
    assert office.refused(RECEIVE.format("Bill", "Shell", other)) == "3120"


def test_a_refund_by_card_pays_a_credit_out(office):
    """The card's debt grows, the credit is used up; another customer or more is refused."""
    memo = ids(office.done(MEMO))[0]
    assert office.refused(REFUND.format("Lakeside Clinic", memo, "40.01")) == "3210"
    assert office.refused(REFUND.format("Riverside Bakery", memo, "40.00")) == "3180"
    made = office.done(REFUND.format("Lakeside Clinic", memo, "40.00"))
    assert made.findtext("ARRefundCreditCardRet/RefundAppliedToTxnRet/CreditRemaining") == "0.00"
    assert office.company.balance("PEX Credit Card") == -40
    assert office.company.balance("Accounts Receivable") == 0
    office.done(remove("Void", "ARRefundCreditCard", ids(made)[0]))
    assert office.company.balance("Accounts Receivable") == -40
