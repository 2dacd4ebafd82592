"""The accounts that money comes from and goes to: which types fit, and how it is paid. Pure."""

from collections.abc import Callable, Mapping
from typing import Final

from subledger.model import Document, Reference
from subledger.model.kinds import PURCHASE, REFUND_RECEIPT, SALES_RECEIPT, Kind
from subledger_quickbooks_online.errors import rejected
from subledger_quickbooks_online.parts import NOT_PRINTED, Body, needed

BANK: Final = "Bank"
CARD: Final = "Credit Card"
_HELD: Final = frozenset({BANK, "Other Current Asset"})
SPENT: Final = _HELD | {CARD}
"""Types of account that money is spent from (Purchase, RefundReceipt)."""
_TYPES: Final[Mapping[Kind, frozenset[str]]] = {
    SALES_RECEIPT: _HELD,
    REFUND_RECEIPT: SPENT,
    PURCHASE: SPENT,
}
_RULES: Final[Mapping[Kind, str]] = {
    SALES_RECEIPT: "the money of sales receipts goes to a Bank account or Undeposited Funds",
    REFUND_RECEIPT: "refund receipts are paid from a Bank or Credit Card account",
    PURCHASE: "purchases are paid from a Bank or Credit Card account",
}
_WITHOUT: Final = frozenset({SALES_RECEIPT})
"""Documents whose money goes to Undeposited Funds where they name no account."""


def check(document: Document, type_of: Callable[[Reference], str]) -> None:
    """Raises :class:`RecordRejected` where a document is paid at once and its account cannot be.

    ``type_of`` tells an account's type, empty where it is not known.
    """
    if document.kind not in _TYPES or (document.account is None and document.kind in _WITHOUT):
        return
    word = document.kind.replace("_", " ")
    if document.account is None:
        raise rejected(
            "mapping_missing",
            f"account of {word}s",
            f"the {word} names no account that its money comes from",
            "Set the account in the settings of the flow.",
        )
    kind = type_of(document.account)
    require(kind, document.account.name, _TYPES[document.kind], _RULES[document.kind])


def require(kind: str, name: str, types: frozenset[str], rule: str) -> None:
    """Raises :class:`RecordRejected` with the rule where an account is of none of the types."""
    if kind not in types:
        raise rejected(
            "account_type",
            f"account {name}",
            f"{name} is of type {kind or 'unknown'}; {rule}",
        )


def paid_from(account: Reference | None, kind: str, bank_payments: str) -> Body:
    """How a Purchase is paid out of an account of a type (Accounting API: Purchase).

    ``bank_payments`` is what money out of a bank account becomes: ``cash`` or ``check``.
    """
    by_check = kind == BANK and bank_payments == "check"
    paid = "Check" if by_check else "CreditCard" if kind == CARD else "Cash"
    return {
        "PaymentType": paid,
        "PrintStatus": NOT_PRINTED if by_check else None,
        "AccountRef": needed(account, "account that the money comes from"),
    }
