"""Addresses that tell about the account and the token."""

from typing import Any

from . import permissions as may
from .catalogue import USER_ID
from .clock import TIME_ZONE
from .request import Call, Reply, Row

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def me(call: Call) -> Reply:
    """Who the token belongs to, and roughly what it may do."""
    allowed = call.simulation.tokens.get(call.token, frozenset())

    def rights(read: str, write: str, delete: str) -> dict[str, bool]:
        return {"read": read in allowed, "write": write in allowed, "delete": delete in allowed}

    return Reply(
        body={
            "user_token": call.token,
            "user_email": "dana@provider.example",
            "user_name": "Dana Reyes",
            "user_id": USER_ID,
            "admin": may.GLOBAL_ADMIN in allowed,
            "can_use_app": True,
            "two_factor_required": False,
            "subdomain": call.simulation.subdomain,
            "default_location": None,
            "enable_multi_locations": True,
            "locations_allowed": [11, 12],
            "permissions": {
                "asset": rights("-", "-", "-"),
                "customer": rights(may.CUSTOMERS_LIST, may.CUSTOMERS_EDIT, may.CUSTOMERS_DELETE),
                "ticket": rights("-", "-", "-"),
                "invoice": rights(may.INVOICES_LIST, may.INVOICES_EDIT, may.INVOICES_DELETE),
                "payment": rights(may.PAYMENTS_VIEW, may.PAYMENTS_CREATE, "-"),
                "worksheet": {"add": False, "manage": False, "delete": False},
                "script": {"execute": False},
            },
        }
    )


def settings(_: Call) -> Reply:
    """The account's settings: one currency, one time zone."""
    fields: dict[str, Any] = {
        "customers": {"required_fields": None, "customer_fields": [], "customer_field_answers": []},
        "assets": {"asset_types": [], "asset_type_fields": [], "asset_type_field_answers": []},
        "locale": {
            "iso_code": "en",
            "currency_symbol": "$",
            "date_format": "mm-dd-yy",
            "time_format": "hh:mm tt",
            "time_zone": TIME_ZONE,
            "time_offset": "-06:00",
        },
        "ticket": {
            "ticket_types": [],
            "ticket_type_fields": [],
            "ticket_type_field_answers": [],
            "problem_types": ["Hardware", "Software", "Other"],
            "priorities": ["", "1 High", "2 Normal"],
        },
        "business_hours_enabled": True,
        "business_hours": [
            {"day": day, "start": "08:00", "end": "17:00", "closed": day in {"Sunday", "Saturday"}}
            for day in DAYS
        ],
        "default_holiday_calendar": "USA",
        "msp_addon": None,
    }
    return Reply(body=fields)


def tabs(call: Call) -> Reply:
    """Which parts of the product are switched on."""
    on = {"customers", "invoices", "estimates", "products", "purchase_orders", "recur", "parts"}
    if call.simulation.behaviour.customer_purchases:
        on.add("customer_purchases")
    names = (
        "msp_dashboard", "customers", "assets", "alerts", "contracts", "invoices",
        "customer_purchases", "refurbs", "estimates", "tickets", "parts", "products",
        "purchase_orders", "field_jobs", "kabuto_policies", "scripts", "sales", "leads", "domo",
        "marketr", "recur", "reports", "wiki", "app_center", "pax8",
    )  # fmt: skip
    return Reply(body={"tabs": {name: name in on for name in names}})


ROWS: tuple[Row, ...] = (
    ("GET", "me", may.ANYBODY, me),
    ("GET", "settings", may.ANYBODY, settings),
    ("GET", "settings/tabs", may.ANYBODY, tabs),
)
