"""What a document of QuickBooks Online changes in the accounts that it names. Pure.

The accounts of income and cost behind items are not told by a document, so that they are missing.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from attrs import frozen

from subledger.money import Money
from subledger_quickbooks_online.company import PAYABLE, RECEIVABLE, UNDEPOSITED, Account

Record = Mapping[str, Any]
Side = tuple[str, Decimal]
"""An account's id, or one of the words below, and the signed change: debit positive."""

DOCUMENTS: Final = (
    "Invoice",
    "CreditMemo",
    "Payment",
    "SalesReceipt",
    "RefundReceipt",
    "Bill",
    "VendorCredit",
    "BillPayment",
    "Purchase",
    "Deposit",
    "Transfer",
    "JournalEntry",
)
"""Every entity that posts to an account."""

_TOTALS: Final[Mapping[str, Sequence[tuple[str, str, int]]]] = {
    "Invoice": (("ARAccountRef", RECEIVABLE, 1),),
    "CreditMemo": (("ARAccountRef", RECEIVABLE, -1),),
    "Payment": (("DepositToAccountRef", UNDEPOSITED, 1), ("ARAccountRef", RECEIVABLE, -1)),
    "SalesReceipt": (("DepositToAccountRef", UNDEPOSITED, 1),),
    "RefundReceipt": (("DepositToAccountRef", UNDEPOSITED, -1),),
    "Bill": (("APAccountRef", PAYABLE, -1),),
    "VendorCredit": (("APAccountRef", PAYABLE, 1),),
    "PurchaseOrder": (("APAccountRef", PAYABLE, 0),),
    "BillPayment": (("APAccountRef", PAYABLE, 1),),
    "Purchase": (("AccountRef", "", -1),),
    "Deposit": (("DepositToAccountRef", "", 1),),
}
"""The accounts of a document's total: member, the account meant where it is missing, and sign."""


def identifier(record: Record, name: str) -> str:
    """The id that a reference of a record holds; empty where it has none."""
    value = record.get(name)
    return str(value.get("value") or "") if isinstance(value, Mapping) else ""


def number(value: Any) -> Decimal:
    """An amount of a record; zero where it has none."""
    if isinstance(value, bool) or value in (None, ""):
        return Decimal(0)
    return value if isinstance(value, Decimal) else Decimal(str(value))


def total(entity: str, record: Record) -> Decimal:
    """The amount of a document."""
    return number(record.get("Amount" if entity == "Transfer" else "TotalAmt"))


def paid_before(entity: str, record: Record) -> Decimal:
    """What an invoice itself holds of money that came with it: nobody owes that any more.

    It is a part of the total (QuickBooks Online Accounting API, Invoice, Deposit and Balance).
    """
    return number(record.get("Deposit")) if entity == "Invoice" else Decimal(0)


def lines(record: Record) -> list[Record]:
    """The lines that somebody wrote: without the subtotal that QuickBooks adds."""
    found = record.get("Line")
    return [
        line
        for line in (found if isinstance(found, list) else [])
        if isinstance(line, Mapping) and line.get("DetailType") != "SubTotalLineDetail"
    ]


def sides(entity: str, record: Record) -> Iterator[Side]:
    """The debits and credits that a document tells of."""
    came = paid_before(entity, record)
    amount = total(entity, record) - came
    credit = -1 if entity == "Purchase" and record.get("Credit") is True else 1
    for member, usual, sign in _TOTALS.get(entity, ()):
        yield identifier(record, member) or usual, amount * sign * credit
    if came:
        yield identifier(record, "DepositToAccountRef") or UNDEPOSITED, came
    if entity == "Transfer":
        yield identifier(record, "FromAccountRef"), -amount
        yield identifier(record, "ToAccountRef"), amount
    elif entity == "BillPayment":
        by_check, by_card = record.get("CheckPayment"), record.get("CreditCardPayment")
        if isinstance(by_check, Mapping):
            yield identifier(by_check, "BankAccountRef"), -amount
        if isinstance(by_card, Mapping):
            yield identifier(by_card, "CCAccountRef"), -amount
    for line in lines(record):
        yield from _line(entity, line, credit)


def _line(entity: str, line: Record, credit: int) -> Iterator[Side]:
    amount = number(line.get("Amount"))
    detail = line.get(str(line.get("DetailType", "")))
    account = identifier(detail, "AccountRef") if isinstance(detail, Mapping) else ""
    if entity == "JournalEntry" and isinstance(detail, Mapping):
        yield account, amount if detail.get("PostingType") == "Debit" else -amount
    elif entity == "Deposit":
        yield account or UNDEPOSITED, -amount
    elif entity in ("Purchase", "Bill") and account:
        yield account, amount * credit
    elif entity == "VendorCredit" and account:
        yield account, -amount


@frozen
class Register:
    """An account whose changes are asked for."""

    account: Account

    def touches(self, entity: str, record: Record) -> bool:
        """Whether a document names the account."""
        return any(self._is(key) for key, _ in sides(entity, record))

    def change(self, entity: str, record: Record, currency: str) -> Money:
        """The signed change of the account by a document."""
        parts = (amount for key, amount in sides(entity, record) if self._is(key))
        return Money.of(sum(parts, Decimal(0)), currency)

    def _is(self, key: str) -> bool:
        if key in (RECEIVABLE, PAYABLE):
            return key == self.account.type
        return bool(key) and key in (self.account.id, self.account.subtype)
