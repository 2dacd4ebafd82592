"""Which entities there are, what can be done with them, and which counter numbers them."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen


@frozen(kw_only=True)
class Kind:
    """One entity. `family` is txn, party, list or single; `name` the field that names it."""

    entity: str
    family: str
    counter: str
    name: str = ""
    label: str = ""
    creatable: bool = True
    updatable: bool = True
    deletable: bool = False
    voidable: bool = False
    emailable: bool = False
    posting: bool = True
    in_changes: bool = True

    @property
    def is_transaction(self) -> bool:
        """Whether it is a document."""
        return self.family == "txn"


_LABELS = {
    "SalesReceipt": "Sales Receipt",
    "CreditMemo": "Credit Memo",
    "RefundReceipt": "Refund",
    "JournalEntry": "Journal Entry",
    "VendorCredit": "Vendor Credit",
    "BillPayment": "Bill Payment",
    "PurchaseOrder": "Purchase Order",
    "Purchase": "Expense",
    "CreditCardPaymentTxn": "Credit Card Payment",
    "TimeActivity": "Time Activity",
}
_DELETABLE = frozenset(
    {
        "Bill",
        "BillPayment",
        "CreditCardPaymentTxn",
        "CreditMemo",
        "Deposit",
        "Estimate",
        "Invoice",
        "JournalEntry",
        "Payment",
        "Purchase",
        "PurchaseOrder",
        "RefundReceipt",
        "SalesReceipt",
        "TimeActivity",
        "Transfer",
        "VendorCredit",
    }
)
_NOT_POSTED = frozenset({"Estimate", "PurchaseOrder", "TimeActivity"})
_VOIDABLE = frozenset({"Invoice", "Payment", "SalesReceipt", "BillPayment"})
_EMAILABLE = frozenset(
    {
        "CreditMemo",
        "Estimate",
        "Invoice",
        "Payment",
        "PurchaseOrder",
        "RefundReceipt",
        "SalesReceipt",
    }
)
_NAMES = {
    "Account": "Name",
    "Item": "Name",
    "Class": "Name",
    "Department": "Name",
    "Term": "Name",
    "PaymentMethod": "Name",
    "TaxCode": "Name",
    "TaxRate": "Name",
    "TaxAgency": "DisplayName",
    "CompanyCurrency": "Code",
}
_READ_ONLY = frozenset({"TaxCode", "TaxRate"})
_BIG_IDS = frozenset({"Class", "Department", "Attachable"})


def _table() -> dict[str, Kind]:
    found = {
        entity: Kind(
            entity=entity,
            family="txn",
            counter="txn",
            label=_LABELS.get(entity, entity),
            deletable=True,
            voidable=entity in _VOIDABLE,
            emailable=entity in _EMAILABLE,
            posting=entity not in _NOT_POSTED,
            in_changes=entity != "TimeActivity",
        )
        for entity in sorted(_DELETABLE)
    }
    for entity in ("Customer", "Vendor", "Employee"):
        found[entity] = Kind(entity=entity, family="party", counter="party", name="DisplayName")
    for entity, name in _NAMES.items():
        found[entity] = Kind(
            entity=entity,
            family="list",
            counter=f"big {entity}" if entity in _BIG_IDS else entity,
            name=name,
            creatable=entity not in _READ_ONLY,
            updatable=entity not in _READ_ONLY,
            in_changes=entity not in {"TaxCode", "TaxRate", "TaxAgency"},
        )
    found["Attachable"] = Kind(
        entity="Attachable", family="single", counter="big Attachable", deletable=True
    )
    for entity in ("CompanyInfo", "Preferences"):
        found[entity] = Kind(entity=entity, family="single", counter=entity, creatable=False)
    return found


KINDS: Mapping[str, Kind] = _table()
SPELLING: Mapping[str, str] = {entity.casefold(): entity for entity in KINDS} | {
    "creditcardpayment": "CreditCardPaymentTxn"
}
BOOKS_WITHOUT_WEBHOOK = frozenset({"Attachable", "CompanyInfo", "TaxCode", "TaxRate"})
