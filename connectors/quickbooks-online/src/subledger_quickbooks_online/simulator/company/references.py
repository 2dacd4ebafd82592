"""References from one object to another: which list they name, whether it is there and active."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import faults
from .books import Books, Stored

_ACCOUNTS = (
    "AccountRef",
    "APAccountRef",
    "ARAccountRef",
    "DepositToAccountRef",
    "BankAccountRef",
    "CCAccountRef",
    "CreditCardAccountRef",
    "FromAccountRef",
    "ToAccountRef",
    "IncomeAccountRef",
    "ExpenseAccountRef",
    "AssetAccountRef",
    "COGSAccountRef",
    "DiscountAccountRef",
)
_LISTS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(_ACCOUNTS, ("Account", "Accounts")),
    "CustomerRef": ("Customer", "Names"),
    "EmployeeRef": ("Employee", "Names"),
    "VendorRef": ("Vendor", "Names"),
    "PrefVendorRef": ("Vendor", "Names"),
    "ItemRef": ("Item", "Items"),
    "GroupItemRef": ("Item", "Items"),
    "ClassRef": ("Class", "Klasses"),
    "DepartmentRef": ("Department", "Depts"),
    "SalesTermRef": ("Term", "Terms"),
    "TermRef": ("Term", "Terms"),
    "PaymentMethodRef": ("PaymentMethod", "PaymentMethods"),
    "TaxCodeRef": ("TaxCode", "TaxCodes"),
    "DefaultTaxCodeRef": ("TaxCode", "TaxCodes"),
    "TxnTaxCodeRef": ("TaxCode", "TaxCodes"),
    "SalesTaxCodeRef": ("TaxCode", "TaxCodes"),
    "PurchaseTaxCodeRef": ("TaxCode", "TaxCodes"),
    "TaxRateRef": ("TaxRate", "TaxRates"),
}
_PARTIES = {"vendor": "Vendor", "customer": "Customer", "employee": "Employee"}
_FULL = frozenset({"Account", "Customer", "Class", "Department"})
SHIPPING_ITEM = "SHIPPING_ITEM_ID"
PSEUDO_TAX_CODES = frozenset({"TAX", "NON"})


def walk(body: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every reference in a body: its name, itself, and the path to it."""
    for key, value in body.items():
        if isinstance(value, dict):
            if "EntityRef" in value and "Type" in value:
                value["EntityRef"].setdefault("type", value["Type"])
            if "value" in value and (key.endswith("Ref") or key == "Entity"):
                yield key, value, f"{path}{key}"
            else:
                yield from walk(value, f"{path}{key}.")
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, dict):
                    yield from walk(each, f"{path}{key}.")


def target(name: str, reference: Mapping[str, Any], owner: str) -> tuple[str, str] | None:
    """The entity that a reference names, and what Intuit calls it in a fault; None: not checked."""
    if name == "ParentRef":
        return (owner, "Names" if owner in _PARTIES.values() else f"{owner}s")
    if name in {"EntityRef", "Entity"}:
        party = _PARTIES.get(str(reference.get("type", "vendor")).casefold())
        return (party, "Names") if party else None
    return _LISTS.get(name)


def check(books: Books, owner: str, body: Mapping[str, Any], old: Stored | None) -> None:
    """Raise 2500 for a reference to nothing, 610 for one to an inactive object."""
    kept = _known(old, owner) if books.behaviour.inactive_unchanged_reference == "keep" else set()
    for name, reference, path in walk(body):
        found = target(name, reference, owner)
        if found is None or reference["value"] == SHIPPING_ITEM:
            continue
        entity, word = found
        value = str(reference["value"])
        if not value.isdigit() and value not in PSEUDO_TAX_CODES:
            raise faults.invalid_id(value)
        stored = books.list_object(entity, value)
        if stored is None:
            raise faults.invalid_reference(word, value, path)
        if not stored.active and (entity, value) not in kept:
            raise faults.inactive(path)


def strip(body: Mapping[str, Any]) -> None:
    """Take the names out of the references: they are filled in on reading."""
    for _, reference, _ in walk(body):
        reference.pop("name", None)


def fill(books: Books, owner: str, body: Mapping[str, Any]) -> None:
    """Put the present names into the references."""
    for name, reference, _ in walk(body):
        if name == "CurrencyRef":
            reference["name"] = _CURRENCIES.get(reference["value"], reference["value"])
            continue
        found = target(name, reference, owner)
        if found is None or found[0] in {"TaxCode", "TaxRate"}:
            continue
        stored = books.list_object(found[0], str(reference["value"]))
        if stored is not None:
            reference["name"] = label(stored)


def label(stored: Stored) -> str:
    """The name by which a reference shows a list object."""
    body = stored.body
    if stored.entity in _FULL:
        return str(body.get("FullyQualifiedName", ""))
    return str(body.get("DisplayName") or body.get("Name", ""))


def _known(old: Stored | None, owner: str) -> set[tuple[str, str]]:
    if old is None:
        return set()
    return {
        (found[0], str(reference["value"]))
        for name, reference, _ in walk(old.body)
        if (found := target(name, reference, owner)) is not None
    }


_CURRENCIES = {
    "USD": "United States Dollar",
    "CAD": "Canadian Dollar",
    "EUR": "Euro",
    "GBP": "British Pound Sterling",
    "AUD": "Australian Dollar",
    "JPY": "Japanese Yen",
}
