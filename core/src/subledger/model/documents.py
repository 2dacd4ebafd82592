"""Documents between the company and a party, and the payments that settle them."""

import datetime as dt
from collections.abc import Mapping

from attrs import field, frozen

from subledger.model.kinds import (
    BILL,
    BILL_PAYMENT,
    CREDIT_MEMO,
    INVOICE,
    ITEM_RECEIPT,
    PAYMENT,
    PURCHASE,
    PURCHASE_ORDER,
    REFUND,
    REFUND_RECEIPT,
    SALES_RECEIPT,
    VENDOR_CREDIT,
    Kind,
)
from subledger.model.values import Address, Application, Line, Reference, Tax
from subledger.money import Money, total

SALES = (INVOICE, CREDIT_MEMO, SALES_RECEIPT, REFUND_RECEIPT)
"""Kinds of documents about what is sold; the party is a customer."""
PAID_AT_ONCE = (SALES_RECEIPT, REFUND_RECEIPT, PURCHASE)
"""Kinds of documents whose money moved with them: nobody owes anything afterwards."""
DOCUMENTS = (*SALES, PURCHASE, BILL, VENDOR_CREDIT, PURCHASE_ORDER, ITEM_RECEIPT)
"""Kinds of :class:`Document`."""
SETTLEMENTS = (PAYMENT, BILL_PAYMENT, REFUND)
"""Kinds of :class:`Settlement`."""


@frozen(kw_only=True)
class Document:
    """An invoice, credit memo, receipt, purchase, bill, vendor credit, order or item receipt.

    ``amount`` is the total with tax, zero or positive in the direction of the kind: a credit memo
    of 20.00 has the amount 20.00. The lines and the tax add up to it. ``date`` is the posting
    date. ``order`` is the purchase order that a bill or an item receipt is for. A sales receipt, a
    refund receipt and a purchase (``PAID_AT_ONCE``) say how they were paid. The second block is
    empty until the flow has mapped it; ``account`` is the receivables or payables account, and
    that of the money where it was paid at once.
    """

    kind: Kind
    """Which sort of document it is."""
    id: str
    """The source's identifier, unique among the documents of its kind."""
    party: Reference
    """Customer or vendor."""
    date: dt.date
    """Posting date."""
    due: dt.date | None = None
    """When it is to be paid; never before the date in most books."""
    number: str = ""
    """Number that people see; books have their own lengths (11 or 21 characters)."""
    amount: Money
    """Total with tax, in whole minor units, zero or positive."""
    lines: tuple[Line, ...] = field()
    """In order; with the tax they add up to the amount."""
    tax: Tax | None = None
    """Sales tax, where it is told apart from the lines."""
    message: str = ""
    """Text for the party."""
    email: str = ""
    """Address that the document is sent to."""
    billing: Address | None = None
    """Billing address on the document."""
    order_number: str = ""
    """The party's own order number."""
    order: Reference | None = None
    """Purchase order that a bill or an item receipt is for."""
    method: str = ""
    """The source's word for how it was paid at once, such as ``Credit Card``."""
    payment_number: str = ""
    """Number of the cheque or card transaction by which it was paid at once."""
    location: str = ""
    """The source's name of a place or branch; the flow makes a class or department of it."""
    created: dt.date | None = None
    """Day on which the source made it."""
    detail: Mapping[str, str] = field(factory=dict)
    """Whatever else a person may want to see; never posted."""
    # in the books
    account: Reference | None = None
    """Receivables or payables account; where it was paid at once, the account of the money."""
    payment_method: Reference | None = None
    """Payment method of the books, where it was paid at once."""
    terms: Reference | None = None
    """Payment terms."""
    class_: Reference | None = None
    """Class of the whole document, where the books have one."""
    department: Reference | None = None
    """Department (location) of the whole document, where the books have them."""
    memo: str = ""
    """Internal text; it begins with the mark by which the document is found again."""

    def __attrs_post_init__(self) -> None:
        if self.kind not in DOCUMENTS:
            raise ValueError(f"{self.kind} is not a document with lines")
        if self.amount.minor < 0:
            raise ValueError(f"the amount of a {self.kind} is not negative: {self.amount}")

    @lines.validator
    def _lines_add_up(self, _attribute: object, lines: tuple[Line, ...]) -> None:
        tax = [self.tax.amount] if self.tax else []
        parts = [*(line.amount for line in lines), *tax]
        summed = total(parts) if parts else Money(0, self.amount.currency)
        if summed != self.amount:
            raise ValueError(f"lines and tax of {self.id} add up to {summed}, not to {self.amount}")

    @property
    def debits(self) -> bool:
        """Whether the amount is a debit of ``account``, and the lines are credits of theirs."""
        return self.kind in (INVOICE, SALES_RECEIPT, VENDOR_CREDIT)

    @property
    def effect(self) -> Money:
        """Signed change of ``account``, debit positive."""
        if self.kind == PURCHASE_ORDER:
            return Money(0, self.amount.currency)
        return self.amount if self.debits else -self.amount


@frozen(kw_only=True)
class Settlement:
    """Money that settles documents: a customer's payment, a payment of bills, a refund.

    ``amount`` is the money that moved, zero or positive; zero where credits alone settle
    documents. ``applications`` say which documents it settles, each with a positive amount;
    credits among them (``credit_memo``, ``vendor_credit``) pay for the others. What is left of a
    payment stays as the party's credit. ``derived`` marks applications that the source did not
    tell but that follow from balances. ``money`` is the account that the money goes to or comes
    from, ``account`` the receivables or payables account.
    """

    kind: Kind
    """``payment``, ``bill_payment`` or ``refund``."""
    id: str
    """The source's identifier, unique among the settlements of its kind."""
    party: Reference
    """Customer or vendor."""
    date: dt.date
    """Day on which the money moved."""
    amount: Money
    """Money that moved, in whole minor units, zero or positive; zero where credits alone settle
    documents.
    """
    applications: tuple[Application, ...] = ()
    """Which documents it settles, and how much of each."""
    derived: bool = False
    """Whether the applications follow from balances only, and the source did not tell them."""
    method: str = ""
    """The source's word for how it was paid, such as ``Credit Card``."""
    number: str = ""
    """Number of a cheque or of the transaction."""
    created: dt.date | None = None
    """Day on which the source recorded it."""
    detail: Mapping[str, str] = field(factory=dict)
    """Whatever else a person may want to see; never posted."""
    # in the books
    payment_method: Reference | None = None
    """Payment method of the books."""
    money: Reference | None = None
    """Account that the money went to or came from."""
    account: Reference | None = None
    """Receivables or payables account."""
    memo: str = ""
    """Internal text; it begins with the mark by which the document is found again."""

    def __attrs_post_init__(self) -> None:
        if self.kind not in SETTLEMENTS:
            raise ValueError(f"{self.kind} does not settle documents")
        if self.amount.minor < 0:
            raise ValueError(f"the amount of a {self.kind} is not negative: {self.amount}")
        if any(application.amount.minor <= 0 for application in self.applications):
            raise ValueError(f"an application of {self.id} is not positive")
        if self.applied.minor > self.amount.minor:
            raise ValueError(f"{self.id} applies {self.applied}, but only {self.amount} came")

    @property
    def applied(self) -> Money:
        """What the documents take of the money: their amounts less those of the credits."""
        credits_ = (CREDIT_MEMO, VENDOR_CREDIT) if self.kind != REFUND else ()
        signed = [
            -application.amount if application.document.kind in credits_ else application.amount
            for application in self.applications
        ]
        return total(signed) if signed else Money(0, self.amount.currency)

    @property
    def effect(self) -> Money:
        """Signed change of the receivables or payables account, debit positive."""
        return -self.amount if self.kind == PAYMENT else self.amount


@frozen(kw_only=True)
class Attachment:
    """A file that belongs to a document in the books; ``url`` is where the source keeps it."""

    kind: Kind
    """``attachment``."""
    id: str
    """The source's identifier of the file."""
    document: Reference
    """What it belongs to, by ``record``."""
    name: str
    """File name."""
    url: str
    """What ``fetch`` gets to find the file."""
