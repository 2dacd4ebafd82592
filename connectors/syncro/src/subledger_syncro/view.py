"""What the records of a page share: the settings that decide how they are read, as plain JSON."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from attrs import asdict, field, fields, frozen

from subledger_syncro.config import SyncroConfig
from subledger_syncro.wire import dates


def _folded(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text.strip().casefold() for text in texts)


@frozen(kw_only=True)
class View:
    """The view in which a record is read.

    ``names`` are the names of products and ``parents`` the names of parent customers that the
    page's records refer to, by identifier. ``receipts``: goods that came are wanted before their
    order is finished. ``ledger`` is what :mod:`subledger_syncro.ledger` wrote.
    """

    time_zone: str = "UTC"
    currency: str = "USD"
    store_credit: Collection[str] = ()
    finished_orders: Collection[str] = ()
    final_purchases: Collection[str] = ()
    children: str = "own"
    parent_field: str = "ref_customer_id"
    goods: str = "service"
    receipts: bool = False
    names: Mapping[str, str] = field(factory=dict)
    parents: Mapping[str, str] = field(factory=dict)
    ledger: Mapping[str, Any] = field(factory=dict)

    @property
    def zone(self) -> dt.tzinfo:
        """The time zone."""
        return dates.tzinfo(self.time_zone)

    def spends_credit(self, payment: Mapping[str, Any]) -> bool:
        """Whether a payment moves store credit instead of money."""
        return str(payment.get("payment_method") or "").strip().casefold() in self.store_credit

    def is_finished(self, order: Mapping[str, Any]) -> bool:
        """Whether a purchase order has become a bill."""
        return str(order.get("status") or "").strip().casefold() in self.finished_orders

    def parent_of(self, customer: Mapping[str, Any]) -> str:
        """The identifier of a customer's parent; empty where there is none or none is wanted."""
        if self.children == "own":
            return ""
        holder: Any = customer
        *path, name = self.parent_field.split(".")
        for step in path:
            holder = holder.get(step) if isinstance(holder, Mapping) else None
        found = holder.get(name) if isinstance(holder, Mapping) else None
        return str(found) if found and str(found) != str(customer.get("id")) else ""


def of_config(config: SyncroConfig, time_zone: str) -> View:
    """The view of a connection."""
    return View(
        time_zone=time_zone,
        currency=config.currency,
        store_credit=_folded(config.store_credit),
        finished_orders=_folded(config.finished_orders),
        final_purchases=_folded(config.final_purchases),
        children=config.children,
        parent_field=config.parent_field,
        goods=config.goods,
    )


def dump(view: View) -> dict[str, Any]:
    """The view as plain JSON, for :attr:`subledger.ports.RawRecord.context`."""
    plain = asdict(view, recurse=False)
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()
    }


_NAMES = frozenset(attribute.name for attribute in fields(View))


def load(context: Mapping[str, Any]) -> View:
    """The view that :func:`dump` wrote."""
    return View(**{name: value for name, value in context.items() if name in _NAMES})
