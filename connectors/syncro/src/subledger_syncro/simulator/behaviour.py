"""Switches for what Syncro's documents leave open, or what integrators saw differently."""

from collections.abc import Mapping
from typing import Any, Literal

from attrs import asdict, evolve, field, fields, frozen

PAGE_SIZES: Mapping[str, int] = {
    "customers": 25,
    "contacts": 50,
    "invoices": 25,
    "payments": 25,
    "products": 25,
    "estimates": 50,
    "purchase_orders": 20,
    "vendors": 100,
    "schedules": 25,
    "line_items": 100,
    "customer_purchases": 25,
}


@frozen(kw_only=True)
class Behaviour:
    """How the account behaves where a client must not depend on one answer."""

    limit_per_minute: int = 180
    """More requests than this within a minute from one address are answered 429; 0 is off."""
    retry_after: int = 0
    """Seconds for a ``Retry-After`` header on 429; 0 sends none, as nothing documents it."""
    page_sizes: Mapping[str, int] = field(default=PAGE_SIZES)
    past_the_end: Literal["empty", "repeat"] = "empty"
    """A page after the last one: no rows, or the last page's rows again."""
    order: Literal["newest", "oldest"] = "newest"
    """Order of lists that were not asked to be sorted."""
    date_only_since: Literal["ignored", "utc"] = "ignored"
    """What ``since_updated_at`` does with a date that has no time."""
    wrap_invoice: bool = True
    """Whether one invoice comes as ``{"invoice": {...}}``, or flat as the schema draws it."""
    unapplied_ids: Literal["null", "none"] = "null"
    """``invoice_ids`` of an unapplied payment: ``[null]`` or ``[]``."""
    apply_in: Literal["cents", "dollars"] = "cents"
    """Unit of the values of ``apply_payments``."""
    line_tax_rate: bool = False
    """Whether lines tell their ``tax_rate_id``; the documented lines do not."""
    parent_field: Literal["ref_customer_id", "properties", "absent"] = "ref_customer_id"
    """Where a child organisation tells its parent."""
    payment_query: Literal["text", "ignored"] = "text"
    """Whether ``query`` on payments finds reference numbers and customer names."""
    search_lag_seconds: int = 0
    """Records younger than this are not found by ``query`` yet."""
    unique_email: bool = True
    put_resets_booleans: bool = True
    """A product's update turns off the booleans that it leaves out."""
    open_status: str = "Open"
    received_status: str = "Received"
    """Status of an order whose goods have all come, before it is finished."""
    finished_status: str = "Finished"
    customer_purchases: bool = False
    """Whether the account buys from customers: their tab is on."""
    purchases_tell: Literal["all", "list", "totals", "nothing"] = "all"
    """What the address of customer purchases gives, as no document names it: a list without lines
    and each purchase with them, a list with lines alone, totals alone, or nothing at all (404).
    """
    estimate_status: str = "Estimate"
    purchase_status: str = "Purchase"
    """Status of a customer purchase before and after it is final."""
    goes_on: bool = False
    """Whether the everyday business continues as the clock moves past the generated year."""
    webhook_url: str = ""
    """Where changes are posted to; empty posts nothing."""
    webhook_body: Literal["attributes", "text", "empty"] = "attributes"
    """How much a notification tells; the documents describe no body and no signature."""
    webhook_kinds: tuple[str, ...] = field(
        default=("invoice", "payment", "customer", "estimate"), converter=tuple
    )

    def as_json(self) -> dict[str, Any]:
        """The switches as plain values."""
        plain = asdict(self)
        plain["page_sizes"] = dict(self.page_sizes)
        return plain


def changed(behaviour: Behaviour, values: Mapping[str, Any]) -> Behaviour:
    """Some switches set anew; ValueError names unknown ones. Page sizes are merged."""
    known = {attribute.name for attribute in fields(Behaviour)}
    if unknown := sorted(set(values) - known):
        raise ValueError(f"unknown switch: {', '.join(unknown)}")
    new = dict(values)
    if "page_sizes" in new:
        new["page_sizes"] = {**behaviour.page_sizes, **new["page_sizes"]}
    return evolve(behaviour, **new)
