"""What a returned document changes in the accounts that it names: debit positive. Pure.

The accounts behind items are not told by a document, so that those changes are missing.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from subledger.model import Reference
from subledger.model.kinds import ACCOUNT
from subledger.money import Money, total
from subledger_quickbooks_desktop.wire.qbxml import lines, many

Record = Mapping[str, Any]
_JOURNAL: Final = ("JournalDebitLine", "JournalCreditLine")
_HEADS: Final[Mapping[str, tuple[tuple[str, int], ...]]] = {
    "Check": (("AccountRef", -1),),
    "CreditCardCharge": (("AccountRef", -1),),
    "CreditCardCredit": (("AccountRef", 1),),
    "Deposit": (("DepositToAccountRef", 1),),
    "Transfer": (("TransferFromAccountRef", -1), ("TransferToAccountRef", 1)),
    "Invoice": (("ARAccountRef", 1),),
    "CreditMemo": (("ARAccountRef", -1),),
    "SalesReceipt": (("DepositToAccountRef", 1),),
    "ReceivePayment": (("ARAccountRef", -1), ("DepositToAccountRef", 1)),
    "ARRefundCreditCard": (("ARAccountRef", 1), ("RefundFromAccountRef", -1)),
    "Bill": (("APAccountRef", -1),),
    "ItemReceipt": (("APAccountRef", -1),),
    "VendorCredit": (("APAccountRef", 1),),
    "BillPaymentCheck": (("APAccountRef", 1), ("BankAccountRef", -1)),
    "BillPaymentCreditCard": (("APAccountRef", 1), ("CreditCardAccountRef", -1)),
}
"""The accounts of a document's total, and the sign; the first is its main account."""
_TOTALS: Final[Mapping[str, tuple[str, ...]]] = {
    "Deposit": ("DepositTotal",),
    "Invoice": ("Subtotal", "SalesTaxTotal"),
    "CreditMemo": ("TotalAmount",),
    "SalesReceipt": ("TotalAmount",),
    "ReceivePayment": ("TotalAmount",),
    "ARRefundCreditCard": ("TotalAmount",),
    "Bill": ("AmountDue",),
    "ItemReceipt": ("TotalAmount",),
    "VendorCredit": ("CreditAmount",),
}
"""The fields that add up to a document's total; ``Amount`` for the others."""
_LINES: Final[Mapping[str, tuple[str, int]]] = {
    "Check": ("ExpenseLineRet", 1),
    "CreditCardCharge": ("ExpenseLineRet", 1),
    "CreditCardCredit": ("ExpenseLineRet", -1),
    "Bill": ("ExpenseLineRet", 1),
    "ItemReceipt": ("ExpenseLineRet", 1),
    "VendorCredit": ("ExpenseLineRet", -1),
    "Deposit": ("DepositLineRet", -1),
}
_DISCOUNTED: Final[Mapping[str, int]] = {
    "ReceivePayment": -1,
    "BillPaymentCheck": 1,
    "BillPaymentCreditCard": 1,
}
"""Payments, and what a discount changes in their main account."""


def register_amount(kind: str, record: Record, account: Reference) -> Money | None:
    """The signed change that a returned document makes to an account; None for other kinds.

    Raises ValueError for an amount that is not one.
    """
    if kind != "JournalEntry" and kind not in _HEADS:
        return None
    summed = Money(0)
    for reference, amount in _sides(kind, record):
        if _is(reference, account):
            summed += amount
    return summed


def main_amount(kind: str, record: Record) -> Money | None:
    """As :func:`register_amount`, of the account that the document is about."""
    if kind not in _HEADS:
        return None
    name, _sign = _HEADS[kind][0]
    main = record.get(name)
    if not isinstance(main, Mapping):
        return None
    return register_amount(
        kind,
        record,
        Reference(kind=ACCOUNT, id=str(main.get("ListID", "")), name=str(main.get("FullName", ""))),
    )


def total_of(kind: str, record: Record) -> Money:
    """The total of a returned document. Raises ValueError for an amount that is not one.

    A sale that is marked as pending posts nothing (QuickBooks SDK, IsPending).
    """
    if is_pending(record):
        return Money(0)
    return total([_money(record.get(name)) for name in _TOTALS.get(kind, ("Amount",))])


def discount_of(record: Record) -> Money:
    """What a payment settles by discounts, over and above its money.

    Raises ValueError for an amount that is not one.
    """
    applied = many(record, "AppliedToTxnRet")
    return total([Money(0), *(_money(one.get("DiscountAmount")) for one in applied)])


def is_pending(record: Record) -> bool:
    """Whether a returned sale waits to be made final."""
    return record.get("IsPending") == "true"


def _sides(kind: str, record: Record) -> Iterator[tuple[object, Money]]:
    if kind == "JournalEntry":
        for name, line in lines(record, *_JOURNAL):
            amount = _money(line.get("Amount"))
            yield line.get("AccountRef"), amount if name == _JOURNAL[0] else -amount
        return
    amount = total_of(kind, record)
    for name, sign in _HEADS[kind]:
        yield record.get(name), _signed(amount, sign)
    if kind in _LINES:
        name, sign = _LINES[kind]
        for line in many(record, name):
            yield line.get("AccountRef"), _signed(_money(line.get("Amount")), sign)
    if kind in _DISCOUNTED:
        for applied in many(record, "AppliedToTxnRet"):
            discount = _money(applied.get("DiscountAmount"))
            yield record.get(_HEADS[kind][0][0]), _signed(discount, _DISCOUNTED[kind])
            yield applied.get("DiscountAccountRef"), _signed(discount, -_DISCOUNTED[kind])


def _signed(amount: Money, sign: int) -> Money:
    return amount if sign > 0 else -amount


def _is(reference: object, account: Reference) -> bool:
    if not isinstance(reference, Mapping):
        return False
    if account.id:
        return reference.get("ListID") == account.id
    return str(reference.get("FullName", "")).casefold() == account.name.casefold()


def _money(text: object) -> Money:
    return Money.of(str(text or "0.00"))


def touches(kind: str, record: Record, account: Reference) -> bool:
    """Whether a returned document names an account."""
    return any(_is(reference, account) for reference, _amount in _sides(kind, record))


def memo_of(kind: str, record: Record) -> str:
    """The memo of a returned document; of a journal entry, that of its first line."""
    if kind != "JournalEntry":
        return str(record.get("Memo", ""))
    for _name, line in lines(record, *_JOURNAL):
        return str(line.get("Memo", ""))
    return ""


def party_of(record: Record) -> str:
    """The customer, vendor or payee of a returned document."""
    for name in ("PayeeEntityRef", "CustomerRef", "VendorRef"):
        party = record.get(name)
        if isinstance(party, Mapping):
            return str(party.get("FullName", ""))
    return ""
