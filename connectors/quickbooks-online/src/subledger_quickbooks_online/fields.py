"""What each entity requires and how long its texts may be, as data; checked before sending."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from attrs import field, frozen

from subledger.errors import RecordRejected


@frozen(kw_only=True)
class Rule:
    """One entity (Accounting API: its attributes): required members, and longest texts."""

    required: tuple[str, ...] = ()
    lengths: Mapping[str, int] = field(factory=dict)


_TRANSACTION: Final = {"DocNumber": 21, "PrivateNote": 4000}
_PAID: Final = {**_TRANSACTION, "PaymentRefNum": 21}
_PARTY: Final = {
    "DisplayName": 500,
    "GivenName": 100,
    "FamilyName": 100,
    "CompanyName": 100,
    "Notes": 2000,
    "AcctNum": 100,
}

RULES: Final[Mapping[str, Rule]] = {
    "Customer": Rule(required=("DisplayName",), lengths=_PARTY),
    "Vendor": Rule(required=("DisplayName",), lengths=_PARTY),
    "Item": Rule(
        required=("Name", "Type"),
        lengths={"Name": 100, "Sku": 100, "Description": 4000, "PurchaseDesc": 1000},
    ),
    "Invoice": Rule(required=("CustomerRef", "Line"), lengths=_TRANSACTION),
    "CreditMemo": Rule(required=("CustomerRef", "Line"), lengths=_TRANSACTION),
    "SalesReceipt": Rule(required=("Line",), lengths=_PAID),
    "RefundReceipt": Rule(
        required=("DepositToAccountRef", "Line"), lengths={**_TRANSACTION, "PaymentRefNum": 100}
    ),
    "Payment": Rule(required=("CustomerRef", "TotalAmt"), lengths=_PAID),
    "Bill": Rule(required=("VendorRef", "Line"), lengths=_TRANSACTION),
    "VendorCredit": Rule(required=("VendorRef", "Line"), lengths=_TRANSACTION),
    "PurchaseOrder": Rule(required=("VendorRef", "Line"), lengths=_TRANSACTION),
    "BillPayment": Rule(required=("VendorRef", "PayType", "TotalAmt"), lengths=_TRANSACTION),
    "Purchase": Rule(required=("PaymentType", "AccountRef", "Line"), lengths=_TRANSACTION),
    "Deposit": Rule(required=("DepositToAccountRef", "Line"), lengths=_TRANSACTION),
    "Transfer": Rule(required=("FromAccountRef", "ToAccountRef", "Amount"), lengths=_TRANSACTION),
    "JournalEntry": Rule(required=("Line",), lengths=_TRANSACTION),
}

NESTED: Final[Mapping[str, int]] = {
    **dict.fromkeys(("Line1", "Line2", "Line3", "Line4", "Line5"), 500),
    "City": 255,
    "CountrySubDivisionCode": 255,
    "Country": 255,
    "PostalCode": 30,
    "FreeFormNumber": 30,
    "Address": 100,
    "Description": 4000,
}
"""Longest texts of members within lines, addresses, telephone numbers and the like."""
MEMO: Final = 1000
"""The longest message to a customer."""
_DIGITS: Final = 15


def check(entity: str, body: Mapping[str, Any]) -> None:
    """Raises :class:`RecordRejected` for what QuickBooks would certainly refuse."""
    problems = list(_problems(entity, body))
    if problems:
        raise RecordRejected(
            f"The {entity} cannot be sent: {'; '.join(problems)}.",
            category="validation",
            field=problems[0],
        )


def _problems(entity: str, body: Mapping[str, Any]) -> Iterator[str]:
    rule = RULES.get(entity, Rule())
    if "SyncToken" not in body:
        for name in rule.required:
            if body.get(name) in (None, "", [], {}):
                yield f"{name} is missing"
    for name, value in body.items():
        if isinstance(value, str) and name in rule.lengths:
            yield from _too_long(name, value, rule.lengths[name])
        else:
            yield from _inside(name, value)


def _inside(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if name in NESTED:
            yield from _too_long(name, value, NESTED[name])
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "value" and name == "CustomerMemo":
                yield from _too_long(name, str(inner), MEMO)
            else:
                yield from _inside(key, inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _inside(name, inner)
    elif isinstance(value, Decimal) and len(value.as_tuple().digits) > _DIGITS:
        yield f"{name} has more than {_DIGITS} digits"


def _too_long(name: str, value: str, limit: int) -> Iterator[str]:
    if len(value) > limit:
        yield f"{name} has {len(value)} characters, {limit} fit"
