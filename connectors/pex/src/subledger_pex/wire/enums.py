"""PEX enums, which travel as names or numbers in any letter case."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

TRANSACTION_TYPE: Final = {"Transfer": 1, "Network": 2, "Load": 3, "Invalid": -1}
FUNDING_SOURCE: Final = {"Prepaid": 1, "Credit": 2}
INVOICE_STATUS: Final = {"Open": 1, "Closed": 2, "Cancelled": 3, "Draft": 4}
TAG_TYPE: Final = {
    "Text": 0,
    "YesNo": 1,
    "Dropdown": 2,
    "Decimal": 3,
    "PercentageTax": 4,
    "AbsoluteTax": 5,
    "Allocation": 10,
}
PAYMENT_TYPE: Final = {
    "PEXTransfer": 1,
    "SalesCredit": 2,
    "WriteOff": 3,
    "Reversal": 4,
    "RebateCredit": 5,
    "RebateCreditReversal": 6,
    "SameDayACH": 7,
    "CarryOverCredit": 8,
}
CATEGORY: Final = (
    "Spend",
    "BusinessFunding",
    "BusinessAccountFee",
    "CardAccountFee",
    "Dispute",
    "BusinessRebate",
)
APPROVAL: Final = ("NotReviewed", "Ignored", "Approved", "Rejected", "NoReceipt")
FILE_TYPE: Final = ("Image", "Pdf")
UPLOAD_STATUS: Final = ("NotLoaded", "Loaded", "Deleted", "HasMalware", "LoadFailed")


def name_of(value: Any, members: Mapping[str, int] | Sequence[str]) -> str:
    """The member's name for a name or number; an unknown value comes back as its own text.

    A sequence of names has no known numbers. None gives an empty text.
    """
    if value is None:
        return ""
    text = str(value).strip()
    for name in members:
        if name.casefold() == text.casefold():
            return name
    if isinstance(members, Mapping):
        for name, number in members.items():
            if str(number) == text:
                return name
    return text
