"""Addresses under ``/_simulator/``: what people do in the web pages, and what tests want to know.

Money is whole cents, days are ``2026-03-01``. A wrong order is answered 400 with the reason.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from attrs import asdict

from . import purchasing, sales, truth
from .behaviour import changed
from .catalogue import RATES
from .clock import SimulatedClock, local_day, read_day, read_moment, stamp
from .faults import plan_from
from .model import (
    Contact,
    Customer,
    Invoice,
    Line,
    Order,
    Payment,
    Product,
    Purchase,
    PurchaseLine,
    Record,
    Vendor,
)
from .permissions import PRESETS
from .reading import decimal
from .request import Call, RefusedError, Reply, Row
from .world import World

TYPES: Mapping[str, type[Any]] = {
    "customers": Customer,
    "contacts": Contact,
    "products": Product,
    "vendors": Vendor,
    "invoices": Invoice,
    "payments": Payment,
    "orders": Order,
    "purchases": Purchase,
}
DAYS = ("date", "due_date", "applied_at", "expected_date", "paid_date")
MOMENTS = ("created_at", "updated_at")


def _world(call: Call) -> World:
    return call.simulation.world


def _values(fields: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(fields)
    values |= {name: read_day(fields[name]) for name in DAYS if fields.get(name)}
    values |= {name: read_moment(fields[name]) for name in MOMENTS if fields.get(name)}
    return values


def _found(call: Call, kind: type[Any]) -> Any:
    found = _world(call).table(kind).get(call.id())
    if found is None:
        raise RefusedError(404, {"error": f"no {kind.__name__.lower()} {call.id()}"})
    return found


def _kind(call: Call) -> type[Any]:
    kind = TYPES.get(call.parameters["kind"])
    if kind is None:
        raise RefusedError(404, {"error": f"known are {', '.join(TYPES)}"})
    return kind


def _id(record: Record) -> Reply:
    return Reply(body={"id": record.id})


def _line(call: Call, fields: Mapping[str, Any]) -> Line:
    values = dict(fields)
    for name in ("quantity", "discount_percent"):
        if name in values:
            values[name] = decimal(values[name])
    if values.get("product_id") is not None:
        return sales.product_line(_world(call), call.now, **values)
    values.setdefault("item", "Service")
    values.setdefault("name", values["item"])
    return sales.line(_world(call), call.now, **values)


def _purchase_lines(call: Call, rows: Iterable[Mapping[str, Any]]) -> tuple[PurchaseLine, ...]:
    return tuple(purchasing.purchase_line(_world(call), call.now, **row) for row in rows)


def add(call: Call) -> Reply:
    """A new customer, contact, product or vendor from its fields."""
    values = {"created_at": call.now, "updated_at": call.now, **_values(call.fields())}
    return _id(_world(call).add(_kind(call)(**values)))


def edit(call: Call) -> Reply:
    """Change fields of any record: names, ``disabled``, and dates such as ``created_at``."""
    record, values = _found(call, _kind(call)), _values(call.fields())
    if "lines" in values and isinstance(record, Purchase):
        values["lines"] = _purchase_lines(call, values["lines"])
    elif "lines" in values:
        values["lines"] = tuple(_line(call, row) for row in values["lines"])
    return _id(_world(call).put(record, values.pop("updated_at", call.now), **values))


def delete(call: Call) -> Reply:
    """Delete any record; invoices and payments let go of each other."""
    record, world = _found(call, _kind(call)), _world(call)
    if isinstance(record, Invoice):
        sales.delete_invoice(world, call.now, record)
    elif isinstance(record, Payment):
        sales.delete_payment(world, call.now, record)
    else:
        world.remove(record, call.now)
    return Reply(body={})


def add_invoice(call: Call) -> Reply:
    """``{"customer_id", "lines": [{"price_cents", "quantity", ...}], "date", ...}``."""
    values = _values(call.fields())
    values["lines"] = [_line(call, row) for row in values.get("lines", ())]
    day = values.pop("date", local_day(call.now))
    return _id(sales.add_invoice(_world(call), call.now, day=day, **values))


def void_invoice(call: Call) -> Reply:
    """Bring an invoice to zero."""
    return _id(sales.void_invoice(_world(call), call.now, _found(call, Invoice)))


def refund_invoice(call: Call) -> Reply:
    """``{"cents": before tax, "pay_out": true}``; all of it without ``cents``."""
    fields = call.fields()
    return _id(sales.refund(_world(call), call.now, _found(call, Invoice), **fields))


def pay_invoice(call: Call) -> Reply:
    """``{"cents", "method", "ref_num", "success"}``; what is owed without ``cents``."""
    values = _values(call.fields())
    cents = values.pop("cents", None)
    return _id(sales.pay_invoice(_world(call), call.now, _found(call, Invoice), cents, **values))


def use_credit(call: Call) -> Reply:
    """``{"cents"}`` of the customer's store credit for an invoice."""
    cents = int(call.fields()["cents"])
    return _id(sales.use_credit(_world(call), call.now, _found(call, Invoice), cents))


def _applied(fields: Mapping[str, Any]) -> dict[int, int]:
    return {int(number): int(cents) for number, cents in fields.items()}


def add_payment(call: Call) -> Reply:
    """``{"customer_id", "cents", "applied": {invoice: cents}, "date", ...}``."""
    values = _values(call.fields())
    values["applied"] = _applied(values.get("applied", {}))
    day = values.pop("date", local_day(call.now))
    return _id(sales.pay(_world(call), call.now, day=day, **values))


def move_payment(call: Call) -> Reply:
    """``{"applied": {invoice: cents}}``; nothing makes all of it store credit."""
    parts = _applied(call.fields().get("applied", {}))
    return _id(sales.move_payment(_world(call), call.now, _found(call, Payment), parts))


def add_order(call: Call) -> Reply:
    """``{"vendor_id", "lines": [[product, quantity]], "shipping_cents", ...}``."""
    values = _values(call.fields())
    return _id(purchasing.add_order(_world(call), call.now, **values))


def receive_order(call: Call) -> Reply:
    """``{"line_id"}`` or every line."""
    order = _found(call, Order)
    return _id(purchasing.receive(_world(call), call.now, order, call.fields().get("line_id")))


def finish_order(call: Call) -> Reply:
    """Receive what is missing and close the order."""
    return _id(purchasing.finish(_world(call), call.now, _found(call, Order)))


def add_purchase(call: Call) -> Reply:
    """``{"customer_id", "lines": [{"name", "cost_cents", "quantity"}], "date", "number"}``."""
    values = _values(call.fields())
    values["lines"] = _purchase_lines(call, values.get("lines", ()))
    day = values.pop("date", local_day(call.now))
    return _id(purchasing.add_purchase(_world(call), call.now, day=day, **values))


def finish_purchase(call: Call) -> Reply:
    """What the customer offered is taken and paid."""
    return _id(purchasing.finish_purchase(_world(call), call.now, _found(call, Purchase)))


def move_clock(call: Call) -> Reply:
    """``{"days"|"hours"|"minutes"|"seconds": n}`` forward, or ``{"to": instant}``."""
    fields, clock = call.fields(), call.simulation.clock
    if not isinstance(clock, SimulatedClock):
        raise RefusedError(409, {"error": "the clock belongs to the harness"})
    if "to" in fields:
        clock.move_to(read_moment(fields["to"]))
    else:
        clock.advance(timedelta(**{name: int(value) for name, value in fields.items()}))
    call.simulation.catch_up()
    return Reply(body={"now": stamp(call.now)})


def set_faults(call: Call) -> Reply:
    """Replace the fault plan and count requests from here."""
    call.simulation.faults = plan_from(call.fields())
    return Reply(body=call.simulation.faults.as_json())


def set_behaviour(call: Call) -> Reply:
    """Change some switches."""
    call.simulation.behaviour = changed(call.simulation.behaviour, call.fields())
    return Reply(body=call.simulation.behaviour.as_json())


def set_token(call: Call) -> Reply:
    """``{"token", "permissions": [...] | "reader" | "writer" | "everything" | null}``.

    Null revokes the token.
    """
    fields = call.fields()
    wanted = fields["permissions"]
    if wanted is None:
        call.simulation.tokens.pop(fields["token"], None)
    else:
        allowed = PRESETS[wanted] if isinstance(wanted, str) else frozenset(wanted)
        call.simulation.tokens[fields["token"]] = allowed
    return Reply(body={})


def state(call: Call) -> Reply:
    """The simulated time, the switches and the faults."""
    simulation = call.simulation
    return Reply(
        body={
            "now": stamp(call.now),
            "subdomain": simulation.subdomain,
            "behaviour": simulation.behaviour.as_json(),
            "faults": simulation.faults.as_json(),
            "requests": len(simulation.requests),
        }
    )


def tell_truth(call: Call) -> Reply:
    """What the account adds up to."""
    return Reply(body={"as_of": stamp(call.now), **truth.truth(_world(call))})


def tell_counts(call: Call) -> Reply:
    """Records by kind."""
    return Reply(body=truth.counts(_world(call)))


def tell_landmarks(call: Call) -> Reply:
    """Ids of the hand-made cases by name."""
    return Reply(body=dict(_world(call).landmarks))


def tell_rates(_: Call) -> Reply:
    """The tax rates, which the vendor's interface does not tell."""
    return Reply(body=[asdict(rate) for rate in RATES])


def tell_requests(call: Call) -> Reply:
    """The request log."""
    rows = [{**asdict(entry), "at": stamp(entry.at)} for entry in call.simulation.requests]
    return Reply(body=rows)


def clear_requests(call: Call) -> Reply:
    """Empty the request log."""
    call.simulation.requests.clear()
    return Reply(body={})


ROWS: tuple[Row, ...] = (
    ("GET", "state", "", state),
    ("GET", "truth", "", tell_truth),
    ("GET", "counts", "", tell_counts),
    ("GET", "landmarks", "", tell_landmarks),
    ("GET", "tax_rates", "", tell_rates),
    ("GET", "requests", "", tell_requests),
    ("DELETE", "requests", "", clear_requests),
    ("POST", "clock", "", move_clock),
    ("POST", "faults", "", set_faults),
    ("POST", "behaviour", "", set_behaviour),
    ("POST", "tokens", "", set_token),
    ("POST", "invoices", "", add_invoice),
    ("POST", "invoices/{id}/void", "", void_invoice),
    ("POST", "invoices/{id}/refund", "", refund_invoice),
    ("POST", "invoices/{id}/pay", "", pay_invoice),
    ("POST", "invoices/{id}/use_credit", "", use_credit),
    ("POST", "payments", "", add_payment),
    ("POST", "payments/{id}/move", "", move_payment),
    ("POST", "orders", "", add_order),
    ("POST", "orders/{id}/receive", "", receive_order),
    ("POST", "orders/{id}/finish", "", finish_order),
    ("POST", "purchases", "", add_purchase),
    ("POST", "purchases/{id}/finish", "", finish_purchase),
    ("POST", "{kind}", "", add),
    ("POST", "{kind}/{id}", "", edit),
    ("DELETE", "{kind}/{id}", "", delete),
)
