"""The requests of the Syncro API, version 1 (paths and parameters of Syncro's OpenAPI document)."""

import json
from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve, frozen

PREFIX: Final = "/api/v1/"

CREATE_PAYMENTS: Final = "Payments - Create"
CREATE_CUSTOMERS: Final = "Customers - Create"
_TO_LIST: Final[Mapping[str, str]] = {
    "customers": "Customers - List/Search",
    "invoices": "Invoices - List/Search",
    "payments": "Payments - View List",
    "products": "Products - List/Search",
    "purchase_orders": "Purchase Orders - List/Search",
    "vendors": "Vendors - List",
}
_TO_VIEW: Final[Mapping[str, str]] = {
    **_TO_LIST,
    "customers": "Customers - View Detail",
    "invoices": "Invoices - View Details",
    "purchase_orders": "Purchase Orders - View Details",
    "vendors": "Vendors - View Details",
}


def host_of(subdomain: str) -> str:
    """The address of an account."""
    return f"https://{subdomain}.syncromsp.com"


@frozen(kw_only=True)
class Request:
    """One request: ``path`` below the prefix, ``params`` in order, ``body`` to be sent as JSON.

    ``rows`` is the name that the answer's list stands under; empty for other answers.
    ``permission`` is what the token needs, in the words of the vendor's reference.
    """

    path: str
    method: str = "GET"
    params: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Any] | None = None
    rows: str = ""
    permission: str = ""

    def content(self) -> bytes | None:
        """The body as bytes; None where there is none."""
        return None if self.body is None else json.dumps(self.body).encode()


def listing(name: str, **params: str) -> Request:
    """A list; its answer has the rows under the name of the path."""
    return Request(
        path=name, params=tuple(params.items()), rows=name, permission=_TO_LIST.get(name, "")
    )


def page(request: Request, number: int) -> Request:
    """One page of a list, from 1."""
    return evolve(request, params=(*request.params, ("page", str(number))))


def one(name: str, identifier: str) -> Request:
    """One record by its identifier."""
    return Request(path=f"{name}/{identifier}", permission=_TO_VIEW.get(name, ""))


ME: Final = Request(path="me")
SETTINGS: Final = Request(path="settings")
TABS: Final = Request(path="settings/tabs")
CUSTOMERS: Final = listing("customers", include_disabled="true")
PRODUCTS: Final = listing("products")
VENDORS: Final = listing("vendors")
PAYMENTS: Final = listing("payments")
INVOICES: Final = listing("invoices")
ORDERS: Final = listing("purchase_orders")
METHODS: Final = listing("payment_methods")
PURCHASES: Final = listing("customer_purchases")
"""The one address here that the vendor's document does not describe."""


def invoices_since(moment: str) -> Request:
    """Invoices that changed at a moment or later; the moment has a time and a zone."""
    return listing("invoices", since_updated_at=moment)


def customers_named(name: str) -> Request:
    """Customers that a search for a name finds, disabled ones too."""
    return listing("customers", query=name, include_disabled="true")


def payments_like(text: str) -> Request:
    """Payments that a search finds, such as one for a reference number."""
    return listing("payments", query=text)


def create_payment(
    *, customer: int, cents: int, method: str, reference: str, applied: Mapping[str, int]
) -> Request:
    """A payment; ``applied`` is cents by invoice, and what is left over is store credit."""
    body: dict[str, Any] = {
        "customer_id": customer,
        "amount_cents": cents,
        "payment_method": method,
        "ref_num": reference,
    }
    if applied:
        body["apply_payments"] = dict(applied)
    return Request(path="payments", method="POST", body=body, permission=CREATE_PAYMENTS)


def create_customer(fields: Mapping[str, str]) -> Request:
    """A customer."""
    return Request(path="customers", method="POST", body=dict(fields), permission=CREATE_CUSTOMERS)
