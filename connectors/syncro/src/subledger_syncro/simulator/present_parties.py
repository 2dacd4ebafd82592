"""Customers, contacts and vendors as Syncro's answers show them; pure."""

from typing import Any

from .behaviour import Behaviour
from .catalogue import ACCOUNT_ID, SUBDOMAIN
from .clock import stamp
from .model import Contact, Customer, Vendor
from .world import World


def contact(one: Contact) -> dict[str, Any]:
    """A contact, which is never wrapped."""
    return {
        "id": one.id,
        "name": one.name,
        "address1": one.address1,
        "address2": one.address2,
        "city": one.city,
        "state": one.state,
        "zip": one.zip,
        "email": one.email,
        "phone": one.phone,
        "mobile": one.mobile,
        "latitude": None,
        "longitude": None,
        "customer_id": one.customer_id,
        "account_id": ACCOUNT_ID,
        "notes": one.notes,
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "vendor_id": None,
        "properties": dict(one.properties),
        "opt_out": False,
        "extension": None,
    }


def _properties(one: Customer, behaviour: Behaviour) -> dict[str, Any]:
    properties: dict[str, Any] = dict(one.properties)
    if behaviour.parent_field == "properties" and one.parent_id is not None:
        properties["parent_customer_id"] = one.parent_id
    return properties


def customer(
    one: Customer, world: World, behaviour: Behaviour, *, contacts: bool = True
) -> dict[str, Any]:
    """An organisation; ``business_then_name`` is the name that people know."""
    full = f"{one.business_name} - {one.fullname}" if one.business_name else one.fullname
    in_reference = behaviour.parent_field == "ref_customer_id"
    mine = [row for row in world.contacts.values() if row.customer_id == one.id] if contacts else []
    return {
        "id": one.id,
        "firstname": one.firstname,
        "lastname": one.lastname,
        "fullname": one.fullname,
        "business_name": one.business_name,
        "email": one.email,
        "phone": one.phone,
        "mobile": one.mobile,
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "pdf_url": None,
        "address": one.address,
        "address_2": one.address_2,
        "city": one.city,
        "state": one.state,
        "zip": one.zip,
        "latitude": None,
        "longitude": None,
        "notes": one.notes,
        "get_sms": one.get_sms,
        "opt_out": one.opt_out,
        "disabled": one.disabled,
        "no_email": one.no_email,
        "location_name": None if one.location_id is None else f"Location {one.location_id}",
        "location_id": one.location_id,
        "properties": _properties(one, behaviour),
        "online_profile_url": f"https://{SUBDOMAIN}.example/my_profile?portal_key={one.id:x}",
        "tax_rate_id": one.tax_rate_id,
        "notification_email": one.notification_email,
        "invoice_cc_emails": one.invoice_cc_emails,
        "invoice_term_id": one.invoice_term_id,
        "referred_by": one.referred_by,
        "ref_customer_id": one.parent_id if in_reference else None,
        "business_and_full_name": full,
        "business_then_name": one.display_name,
        "contacts": [contact(row) for row in mine],
    }


def vendor(one: Vendor) -> dict[str, Any]:
    """A vendor."""
    return {
        "id": one.id,
        "name": one.name,
        "rep_first_name": one.rep_first_name,
        "rep_last_name": one.rep_last_name,
        "email": one.email,
        "phone": one.phone,
        "account_number": one.account_number,
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "address": one.address,
        "city": one.city,
        "state": one.state,
        "zip": one.zip,
        "website": one.website,
        "notes": one.notes,
    }
