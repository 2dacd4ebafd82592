"""Addresses of customers and contacts."""

from collections.abc import Mapping
from typing import Any

from . import permissions as may
from .model import Contact, Customer
from .paging import in_asked_order, in_order, matches, page
from .present import shown
from .present_parties import contact as show_contact
from .reading import chosen, fitted, is_email, whole
from .request import Call, RefusedError, Reply, Row, not_found

SORTABLE = (
    "id", "firstname", "lastname", "business_name", "email", "city", "state", "zip",
    "created_at", "updated_at",
)  # fmt: skip
WRITABLE = (
    "business_name", "firstname", "lastname", "email", "phone", "mobile", "address", "address_2",
    "city", "state", "zip", "notes", "get_sms", "opt_out", "no_email", "referred_by",
    "tax_rate_id", "notification_email", "invoice_cc_emails", "invoice_term_id", "properties",
)  # fmt: skip
NAMES = {name: name for name in WRITABLE} | {"ref_customer_id": "parent_id"}
CONTACT_NAMES = {
    name: name
    for name in ("name", "address1", "address2", "city", "state", "zip", "email", "phone")
} | {"mobile": "mobile", "notes": "notes"}


def _show(call: Call, one: Any) -> Any:
    return shown(one, call.simulation.world, call.simulation.behaviour)


def _like(call: Call, name: str, value: str | None) -> bool:
    return call.text(name).casefold() in (value or "").casefold()


def list_customers(call: Call) -> Reply:
    """Customers that fit every filter; disabled ones only when asked for."""
    ids, others = call.numbers("id"), call.numbers("not_id") or ()
    rows = [
        one
        for one in call.simulation.world.customers.values()
        if (not one.disabled or call.flag("include_disabled"))
        and (ids is None or one.id in ids)
        and one.id not in others
        and _like(call, "firstname", one.firstname)
        and _like(call, "lastname", one.lastname)
        and _like(call, "business_name", one.business_name)
        and call.text("email").casefold() in {"", (one.email or "").casefold()}
        and matches(call, one, one.display_name, one.fullname, one.email)
    ]
    ordered = in_asked_order(call, rows, SORTABLE)
    return page(call, "customers", ordered, lambda one: _show(call, one), "long")


def autocomplete(call: Call) -> Reply:
    """The first customers that ``query`` finds."""
    rows = [
        one
        for one in call.simulation.world.customers.values()
        if matches(call, one, one.display_name)
    ]
    return Reply(body={"customers": [_show(call, one) for one in in_order(call, rows)[:25]]})


def _found(call: Call) -> Customer:
    found = call.simulation.world.customers.get(call.id())
    if found is None:
        raise not_found()
    return found


def get_customer(call: Call) -> Reply:
    """One customer; a deleted one is not found."""
    return Reply(body={"customer": _show(call, _found(call))})


def latest_customer(call: Call) -> Reply:
    """The customer that was made last."""
    rows = call.simulation.world.customers
    if not rows:
        raise not_found()
    return Reply(body={"customer": _show(call, rows[max(rows)])})


def _digits(value: Any) -> str | None:
    """A phone number as it is kept: digits only."""
    return "".join(filter(str.isdecimal, str(value))) or None if value is not None else None


def _values(fields: Mapping[str, Any]) -> dict[str, Any]:
    values = fitted(Customer, chosen(fields, NAMES))
    for name in ("phone", "mobile"):
        if name in values:
            values[name] = _digits(values[name])
    return values


def _wrong(call: Call, values: Mapping[str, Any], own_id: int) -> list[str]:
    problems, email = [], values.get("email")
    if email and not is_email(email):
        problems.append("Email is invalid")
    taken = email and any(
        one.id != own_id and (one.email or "").casefold() == email.casefold()
        for one in call.simulation.world.customers.values()
    )
    if taken and call.simulation.behaviour.unique_email:
        problems.append("Email has already been taken")
    rate = values.get("tax_rate_id")
    if rate is not None and rate not in call.simulation.world.rates:
        problems.append("Tax rate is invalid")
    return problems


def create_customer(call: Call) -> Reply:
    """A new customer, who needs a name."""
    fields, now = call.fields(), call.now
    values = _values(fields)
    problems = _wrong(call, values, 0)
    if not (values.get("business_name") or values.get("firstname") or values.get("lastname")):
        problems.append("Firstname can't be blank")
    if problems:
        body = {"success": False, "message": problems, "params": dict(fields)}
        raise RefusedError(422, body)
    made = call.simulation.world.add(Customer(created_at=now, updated_at=now, **values))
    return Reply(body={"customer": _show(call, made)})


def update_customer(call: Call) -> Reply:
    """Change what is given."""
    one = _found(call)
    values = _values(call.fields())
    if problems := _wrong(call, values, one.id):
        raise RefusedError(422, {"success": False, "message": problems})
    changed = call.simulation.world.put(one, call.now, **values)
    return Reply(body={"customer": _show(call, changed)})


def delete_customer(call: Call) -> Reply:
    """Delete for good; invoices stay without their customer."""
    call.simulation.world.remove(_found(call), call.now)
    return Reply(body={"message": "The customer was deleted"})


def list_contacts(call: Call) -> Reply:
    """Contacts, of one customer if asked."""
    wanted = call.text("customer_id")
    rows = [
        one
        for one in call.simulation.world.contacts.values()
        if wanted in {"", str(one.customer_id)}
    ]
    return page(call, "contacts", in_order(call, rows), show_contact, "long")


def _found_contact(call: Call) -> Contact:
    found = call.simulation.world.contacts.get(call.id())
    if found is None:
        raise not_found()
    return found


def get_contact(call: Call) -> Reply:
    """One contact, flat."""
    return Reply(body=show_contact(_found_contact(call)))


def create_contact(call: Call) -> Reply:
    """A new contact of a customer."""
    fields, now = call.fields(), call.now
    customer_id = whole(fields.get("customer_id"))
    if customer_id is None or customer_id not in call.simulation.world.customers:
        raise not_found()
    values = {"name": "", **fitted(Contact, chosen(fields, CONTACT_NAMES))}
    made = Contact(customer_id=customer_id, created_at=now, updated_at=now, **values)
    if made.email and not is_email(made.email):
        record = show_contact(made) | {"id": None, "created_at": None, "updated_at": None}
        record |= {"processed_phone": None, "processed_mobile": None}
        raise RefusedError(422, {"record": record, "errors": "Email is invalid"})
    return Reply(body=show_contact(call.simulation.world.add(made)))


ROWS: tuple[Row, ...] = (
    ("GET", "customers", may.CUSTOMERS_LIST, list_customers),
    ("POST", "customers", may.CUSTOMERS_CREATE, create_customer),
    ("GET", "customers/latest", may.CUSTOMERS_EDIT, latest_customer),
    ("GET", "customers/autocomplete", may.ANYBODY, autocomplete),
    ("GET", "customers/{id}", may.CUSTOMERS_VIEW, get_customer),
    ("PUT", "customers/{id}", may.CUSTOMERS_EDIT, update_customer),
    ("DELETE", "customers/{id}", may.CUSTOMERS_DELETE, delete_customer),
    ("GET", "contacts", may.CUSTOMERS_VIEW, list_contacts),
    ("POST", "contacts", may.CUSTOMERS_EDIT, create_contact),
    ("GET", "contacts/{id}", may.CUSTOMERS_VIEW, get_contact),
)
