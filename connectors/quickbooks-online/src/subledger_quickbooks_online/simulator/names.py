"""Entities in Intuit's spelling, by the lower-case names of the URLs."""

from .outline import entities
from .refusals import unsupported

_BY_SEGMENT = {name.lower(): name for name in entities()} | {
    "creditcardpayment": "CreditCardPaymentTxn"
}
SENDABLE = frozenset(
    {
        *("CreditMemo", "Estimate", "Invoice", "Payment", "PurchaseOrder", "RefundReceipt"),
        "SalesReceipt",
    }
)
"""What can be sent by e-mail and fetched as a PDF."""


def entity(segment: str) -> str:
    """The entity that a path or a parameter names; CompanyFault 500 when there is none."""
    found = _BY_SEGMENT.get(segment.strip().lower())
    if found is None:
        raise unsupported(segment)
    return found


def sendable(segment: str) -> str:
    """An entity that can be sent; CompanyFault 500 for others."""
    found = entity(segment)
    if found not in SENDABLE:
        raise unsupported(f"send on {found}")
    return found
