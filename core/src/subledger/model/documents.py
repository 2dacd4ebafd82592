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
    PURCHASE_ORDER,
    REFUND,
    VENDOR_CREDIT,
    Kind,
)
from subledger.model.values import Address, Application, Line, Reference, Tax
from subledger.money import Money, total

DOCUMENTS = (INVOICE, CREDIT_MEMO, BILL, VENDOR_CREDIT, PURCHASE_ORDER, ITEM_RECEIPT)
"""Kinds of :class:`Document`."""
SETTLEMENTS = (PAYMENT, BILL_PAYMENT, REFUND)
"""Kinds of :class:`Settlement`."""


@frozen(kw_only=True)
class Document:
    """An invoice, credit memo, bill, vendor credit, purchase order or item receipt.

    ``amount`` is the total with tax, zero or positive in the direction of the kind: a credit memo
    of 20.00 has the amount 20.00. The lines and the tax add up to it. ``date`` is the posting
    date. ``order`` is the purchase order that a bill or an item receipt is for. The second block is
    empty until the flow has mapped it; ``account`` is the receivables or payables account.
    """

    kind: Kind
    id: str
    party: Reference
    date: dt.date
    due: dt.date | None = None
    number: str = ""
    amount: Money
    lines: tuple[Line, ...] = field()
    tax: Tax | None = None
    message: str = ""
    email: str = ""
    billing: Address | None = None
    order_number: str = ""
    order: Reference | None = None
    location: str = ""
    created: dt.date | None = None
    detail: Mapping[str, str] = field(factory=dict)
    # in the books
    account: Reference | None = None
    terms: Reference | None = None
    class_: Reference | None = None
    memo: str = ""

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
    def effect(self) -> Money:
        """Signed change of the receivables or payables account, debit positive."""
        if self.kind == PURCHASE_ORDER:
            return Money(0, self.amount.currency)
        return self.amount if self.kind in (INVOICE, VENDOR_CREDIT) else -self.amount


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
    id: str
    party: Reference
    date: dt.date
    amount: Money
    applications: tuple[Application, ...] = ()
    derived: bool = False
    method: str = ""
    number: str = ""
    created: dt.date | None = None
    detail: Mapping[str, str] = field(factory=dict)
    # in the books
    payment_method: Reference | None = None
    money: Reference | None = None
    account: Reference | None = None
    memo: str = ""

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
    id: str
    document: Reference
    name: str
    url: str
