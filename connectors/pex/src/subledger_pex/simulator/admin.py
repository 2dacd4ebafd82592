"""Endpoints under ``/_simulator/`` with which a test steers the simulation from outside."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from attrs import asdict, evolve

from . import catalogue
from .clock import EASTERN, WALL_FORMAT, stamp
from .faults import plan_from
from .model import Merchant, Split, TagSet, Transaction
from .query import RefusedError
from .routing import Call, Reply, Row
from .seen import Seen
from .vocabulary import APPROVALS
from .webhook import deliver, settlement_callback

TAG_ID = {tag.name: tag.id for tag in catalogue.TAGS}


def _cents(value: Any) -> int:
    return int(Decimal(str(value)).scaleb(2))


def _tag_set(fields: Mapping[str, Any]) -> TagSet:
    """From ``{"answers": {name: value}}`` or ``{"splits": [{"amount", "answers"}]}``."""

    def answers(values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        return tuple((TAG_ID.get(name, name), value) for name, value in values.items())

    return TagSet(
        answers=answers(fields.get("answers", {})),
        splits=tuple(
            Split(cents=_cents(line["amount"]), answers=answers(line.get("answers", {})))
            for line in fields.get("splits", ())
        ),
    )


def _found(call: Call) -> Seen:
    seen = call.simulation.find(call.id("id"))
    if seen is None:
        raise RefusedError(404, "no transaction is listed under this id now")
    return seen


def state(call: Call) -> Reply:
    """The simulated time, the switches and the faults."""
    simulation = call.simulation
    return Reply(
        body={
            "now": stamp(call.now),
            "today": simulation.business.today.isoformat(),
            "first_day": simulation.business.first_day.isoformat(),
            "funding": simulation.business.funding,
            "behaviour": asdict(simulation.behaviour),
            "faults": _exact(simulation.faults.as_json()),
            "requests": len(simulation.requests),
        }
    )


def _exact(values: dict[str, Any]) -> dict[str, Any]:
    return {k: Decimal(str(v)) if isinstance(v, float) else v for k, v in values.items()}


def move_clock(call: Call) -> Reply:
    """``{"days"|"hours"|"seconds": n}`` forward, or ``{"to": "2026-03-04T02:10:00"}`` Eastern."""
    fields, clock = call.fields(), call.simulation.clock
    if "to" in fields:
        local = datetime.strptime(fields["to"], WALL_FORMAT).replace(tzinfo=EASTERN)
        clock.move_to(local.astimezone(UTC))
    else:
        clock.advance(timedelta(**{key: int(value) for key, value in fields.items()}))
    return Reply(body={"now": stamp(clock.now)})


def approve(call: Call) -> Reply:
    """``{"status": "Approved"}`` or another review state, now."""
    status = call.fields().get("status", "Approved")
    if status not in APPROVALS:
        raise RefusedError(400, f"status must be one of {', '.join(APPROVALS)}")
    call.simulation.change(_found(call).transaction, approval=status)
    return Reply(body={})


def tag(call: Call) -> Reply:
    """Set tags or splits, now."""
    call.simulation.change(_found(call).transaction, tags=_tag_set(call.fields()))
    return Reply(body={})


def settle(call: Call) -> Reply:
    """Settle a pending transaction now, optionally for another ``amount``."""
    seen, amount = _found(call), call.fields().get("amount")
    if not seen.is_pending:
        raise RefusedError(409, "the transaction is not pending")
    item = call.simulation.settle(seen.transaction, None if amount is None else _cents(amount))
    return Reply(body={"id": item.id})


def add(call: Call) -> Reply:
    """A new card transaction now: ``amount`` (negative spends), ``merchant``, ``pending``, tags."""
    fields, simulation = call.fields(), call.simulation
    cents, name = _cents(fields["amount"]), str(fields.get("merchant", "NEW SHOP"))
    item = Transaction(
        account_id=int(fields.get("account", catalogue.CARDHOLDERS[0].account_id)),
        kind="merchant_credit" if cents > 0 else "purchase",
        cents=cents,
        time=call.now,
        settlement=None if fields.get("pending", False) else call.now,
        description=name,
        merchant=Merchant(name=name, normalised=name.title()),
        tags=_tag_set(fields),
        approval=fields.get("approval", "NotReviewed"),
    )
    return Reply(body={"id": simulation.add(item).id})


def set_faults(call: Call) -> Reply:
    """Replace the fault plan and count requests from here."""
    call.simulation.faults = plan_from(call.fields())
    return Reply(body=_exact(call.simulation.faults.as_json()))


def set_behaviour(call: Call) -> Reply:
    """Change some switches."""
    call.simulation.behaviour = evolve(call.simulation.behaviour, **call.fields())
    return Reply(body=asdict(call.simulation.behaviour))


def expire_tokens(call: Call) -> Reply:
    """End every API and access token."""
    call.simulation.tokens.expire_all()
    return Reply(body={})


def issue_token(call: Call) -> Reply:
    """A new API token, as if somebody had made one in the dashboard."""
    return Reply(body={"token": call.simulation.tokens.issue()})


def webhook(call: Call) -> Reply:
    """Post a callback once: ``{"url", "secret", "transaction_id"}``; gives the statuses."""
    fields = call.fields()
    body = settlement_callback(call.simulation, int(fields["transaction_id"]))
    return Reply(then=lambda: deliver(fields["url"], body, secret=fields["secret"], retries=()))


def truth(call: Call) -> Reply:
    """What moved the balance until now."""
    return Reply(body=call.simulation.truth())


def counts(call: Call) -> Reply:
    """Records by sort."""
    return Reply(body=call.simulation.counts())


def landmarks(call: Call) -> Reply:
    """Ids of the hand-made transactions by name."""
    return Reply(body=dict(call.simulation.business.landmarks))


def requests(call: Call) -> Reply:
    """The request log."""
    return Reply(body=[asdict(entry) for entry in call.simulation.requests])


def clear_requests(call: Call) -> Reply:
    """Empty the request log."""
    call.simulation.requests.clear()
    return Reply(body={})


ROWS: tuple[Row, ...] = (
    ("GET", "state", state),
    ("POST", "clock", move_clock),
    ("POST", "transactions", add),
    ("POST", "transactions/{id}/approval", approve),
    ("POST", "transactions/{id}/tags", tag),
    ("POST", "transactions/{id}/settle", settle),
    ("PUT", "faults", set_faults),
    ("PUT", "behaviour", set_behaviour),
    ("POST", "tokens", issue_token),
    ("POST", "tokens/expire", expire_tokens),
    ("POST", "webhook", webhook),
    ("GET", "truth", truth),
    ("GET", "counts", counts),
    ("GET", "landmarks", landmarks),
    ("GET", "requests", requests),
    ("DELETE", "requests", clear_requests),
)
