"""Requests that tests of purchases and of sales share."""

BILL = (
    "<BillAddRq><BillAdd><VendorRef><FullName>{vendor}</FullName></VendorRef>"
    "<TxnDate>2026-08-05</TxnDate><RefNumber>{number}</RefNumber><ExpenseLineAdd><AccountRef>"
    "<FullName>Office Supplies</FullName></AccountRef><Amount>{amount}</Amount></ExpenseLineAdd>"
    "</BillAdd></BillAddRq>"
)
APPLIED = (
    "<AppliedToTxnAdd><TxnID>{0}</TxnID><PaymentAmount>{1}</PaymentAmount>{2}</AppliedToTxnAdd>"
)


def identity(found):
    """The identifier of a document that was made."""
    return found.findtext("*/TxnID")


def bill(office, amount="100.00", *, vendor="Shell", number="B1"):
    """A bill that was entered."""
    return office.done(BILL.format(vendor=vendor, amount=amount, number=number))


def ask_one(office, kind, txn, extra=""):
    """A document, as a query finds it."""
    return office.done(f"<{kind}QueryRq><TxnID>{txn}</TxnID>{extra}</{kind}QueryRq>")
