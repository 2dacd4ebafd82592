"""The vendor's words: transaction types, categories, and enums as names or as numbers."""

from collections.abc import Mapping
from types import MappingProxyType

from .model import Kind

TYPE: Mapping[Kind, str] = MappingProxyType(
    {
        "purchase": "Network",
        "merchant_credit": "Network",
        "card_fee": "Transfer",
        "dispute": "Transfer",
        "card_load": "Load",
        "card_unload": "Transfer",
        "business_load": "Transfer",
        "business_unload": "Transfer",
        "business_fee": "Transfer",
        "ach_credit": "Load",
        "ach_debit": "Transfer",
        "wire_in": "Load",
        "rebate": "Transfer",
        "rebate_reversal": "Transfer",
    }
)
CATEGORY: Mapping[Kind, str] = MappingProxyType(
    {
        "purchase": "Spend",
        "merchant_credit": "Spend",
        "card_fee": "CardAccountFee",
        "dispute": "Dispute",
        "card_load": "CardFunding",
        "card_unload": "CardFunding",
        "business_load": "CardFunding",
        "business_unload": "CardFunding",
        "business_fee": "BusinessAccountFee",
        "ach_credit": "BusinessFunding",
        "ach_debit": "BusinessFunding",
        "wire_in": "BusinessFunding",
        "rebate": "BusinessRebate",
        "rebate_reversal": "BusinessRebate",
    }
)
CATEGORY_ID: Mapping[str, int] = MappingProxyType(
    {name: number for number, name in enumerate(sorted(set(CATEGORY.values())), start=1)}
)
APPROVALS = ("NotReviewed", "Ignored", "Approved", "Rejected", "NoReceipt")

_NUMBERS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "TransactionType": {"Transfer": 1, "Network": 2, "Load": 3},
        "FundingSource": {"Prepaid": 1, "Credit": 2},
        "TagType": {"Text": 0, "YesNo": 1, "Dropdown": 2, "Allocation": 10},
        "InvoiceStatus": {"Open": 1, "Closed": 2, "Cancelled": 3, "Draft": 4},
        "PaymentType": {
            "PEXTransfer": 1,
            "SalesCredit": 2,
            "WriteOff": 3,
            "Reversal": 4,
            "RebateCredit": 5,
            "RebateCreditReversal": 6,
            "SameDayACH": 7,
            "CarryOverCredit": 8,
        },
        "UserType": {"Cardholder": 0, "Admin": 1},
        "VendorStatus": {"Draft": 10, "Pending": 20, "Onboarded": 30, "Closed": 40},
    }
)


def enum(group: str, name: str, *, numeric: bool) -> str | int:
    """An enum value as it travels: its name, or its number where the vendor published one."""
    return _NUMBERS[group][name] if numeric else name
