"""Customers and vendors as parties; pure."""

from collections.abc import Mapping
from typing import Any

from subledger.errors import RecordRejected
from subledger.model import Address, Party, Reference
from subledger.model.kinds import CUSTOMER, VENDOR
from subledger_syncro.amounts import identifier, text
from subledger_syncro.view import View

Row = Mapping[str, Any]


def name_of(customer: Row) -> str:
    """The name that people know an organisation by: its business, else the person."""
    return (
        text(customer.get("business_then_name"))
        or text(customer.get("business_name"))
        or text(customer.get("fullname"))
        or text(f"{customer.get('firstname') or ''} {customer.get('lastname') or ''}")
    )


def reference(customer: Row, view: View) -> Reference:
    """The party that a customer's documents belong to: itself, or its parent."""
    id_ = identifier(customer.get("id"), "customer.id")
    parent = view.parent_of(customer)
    if view.children == "parent" and parent in view.parents:
        return Reference(kind=CUSTOMER, record=parent, name=view.parents[parent])
    return Reference(kind=CUSTOMER, record=id_, name=name_of(customer))


def address_of(row: Row) -> Address | None:
    """The postal address; None where nothing of it is known."""
    lines = tuple(line for name in ("address", "address_2") if (line := text(row.get(name))))
    found = Address(
        lines=lines,
        city=text(row.get("city")),
        region=text(row.get("state")),
        postcode=text(row.get("zip")),
    )
    return None if found == Address() else found


def customer_of(row: Row, view: View) -> Party:
    """A customer; a sub-customer where children are to be such."""
    name = name_of(row)
    if not name:
        raise RecordRejected(
            "The customer has no name.",
            category="unreadable",
            field="business_then_name",
            hint="Give the customer a business name in Syncro.",
        )
    parent = view.parent_of(row)
    is_sub = view.children == "sub" and parent in view.parents
    return Party(
        kind=CUSTOMER,
        id=identifier(row.get("id"), "id"),
        name=name,
        company=text(row.get("business_name")),
        first_name=text(row.get("firstname")),
        last_name=text(row.get("lastname")),
        email=text(row.get("email")),
        phone=text(row.get("phone")),
        mobile=text(row.get("mobile")),
        address=address_of(row),
        parent=Reference(kind=CUSTOMER, record=parent, name=view.parents[parent])
        if is_sub
        else None,
        notes=str(row.get("notes") or ""),
        active=not row.get("disabled"),
    )


def vendor_of(row: Row) -> Party:
    """A vendor."""
    name = text(row.get("name"))
    if not name:
        raise RecordRejected(
            "The vendor has no name.",
            category="unreadable",
            field="name",
            hint="Give the vendor a name in Syncro.",
        )
    return Party(
        kind=VENDOR,
        id=identifier(row.get("id"), "id"),
        name=name,
        company=name,
        first_name=text(row.get("rep_first_name")),
        last_name=text(row.get("rep_last_name")),
        email=text(row.get("email")),
        phone=text(row.get("phone")),
        address=address_of(row),
        notes=str(row.get("notes") or ""),
        number=text(row.get("account_number")),
    )
