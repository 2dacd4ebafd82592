"""Deliveries as writes: which entity, what is done with it, and the body. Pure."""

import enum
from collections.abc import Sequence
from typing import Final

from attrs import field, frozen

from subledger.errors import RecordRejected
from subledger.findings import Finding
from subledger.manifest import Operation
from subledger.model import SALES, Document, Entity, Item, Movement, Party, Settlement
from subledger.model.kinds import BILL_PAYMENT, PAYMENT, PURCHASE
from subledger.model.marker import marker
from subledger.ports import Delivery
from subledger_quickbooks_online import fields, text
from subledger_quickbooks_online.company import Classes, Company
from subledger_quickbooks_online.entities import ENTRIES
from subledger_quickbooks_online.errors import rejected
from subledger_quickbooks_online.parts import Body
from subledger_quickbooks_online.render_lists import ONLY_AT_FIRST, item, party
from subledger_quickbooks_online.render_money import Style, movement
from subledger_quickbooks_online.render_purchases import (
    bill_payment,
    paid_purchase,
    purchase_document,
)
from subledger_quickbooks_online.render_sales import payment, refund, sales
from subledger_quickbooks_online.wire.requests import VOIDABLE

SPARSE: Final = frozenset(
    {
        *("Customer", "Deposit", "Invoice", "JournalEntry", "RefundReceipt", "SalesReceipt"),
        "Transfer",
    },
)
"""Entities that document a sparse update: members that are left out stay as they are."""
LISTS: Final = frozenset(ENTRIES.values())
"""Entities that are never deleted, only made inactive."""


class Action(enum.Enum):
    """What is done with an entity."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    VOID = "void"


@frozen(kw_only=True)
class Write:
    """One write. ``body`` has neither Id nor SyncToken: those of the moment are added.

    ``same_number`` accepts a document number that is in use already.
    """

    entity: str
    action: Action
    body: Body = field(factory=dict)
    id: str = ""
    guard: str = ""
    same_number: bool = False


def render(
    delivery: Delivery,
    company: Company,
    style: Style | None = None,
    *,
    order_lines: Sequence[str] = (),
) -> Write:
    """The write of a delivery. Raises :class:`RecordRejected` where it cannot be written."""
    if delivery.operation in (Operation.VOID, Operation.DELETE):
        return _removal(delivery)
    try:
        name, body = draft(
            delivery.entity, delivery.marker, company, style or Style(), order_lines=order_lines
        )
    except RecordRejected:
        raise
    except (ValueError, ArithmeticError) as error:
        raise rejected("validation", delivery.marker, f"cannot be written: {error}") from error
    target = delivery.target
    if target is None:
        fields.check(name, body)
        return Write(entity=name, action=Action.CREATE, body=body)
    if target.type not in ("", name):
        raise rejected(
            "changed_in_books",
            delivery.marker,
            f"the record would now be a {name}, but it was posted as a {target.type}",
        )
    if name in LISTS:
        body = {key: value for key, value in body.items() if key not in ONLY_AT_FIRST}
        body["Active"] = getattr(delivery.entity, "active", True)
    fields.check(name, {**body, "SyncToken": ""})
    return Write(entity=name, action=Action.UPDATE, body=body, id=target.id, guard=target.guard)


def draft(
    entity: Entity,
    marker: str,
    company: Company,
    style: Style,
    *,
    order_lines: Sequence[str] = (),
) -> tuple[str, Body]:
    """The name and body of what an entity becomes."""
    if isinstance(entity, Party):
        return party(entity)
    if isinstance(entity, Item):
        return item(entity)
    if isinstance(entity, Movement):
        return movement(entity, marker, company, style)
    if isinstance(entity, Document):
        if entity.kind in SALES:
            return sales(entity, marker, company)
        if entity.kind == PURCHASE:
            return paid_purchase(entity, marker, company, bank_payments=style.bank_payments)
        return purchase_document(entity, marker, company, order_lines=order_lines)
    if isinstance(entity, Settlement):
        if entity.kind == PAYMENT:
            return payment(entity, marker, company)
        if entity.kind == BILL_PAYMENT:
            return bill_payment(entity, marker, company)
        return refund(entity, marker, company, bank_payments=style.bank_payments)
    raise rejected("internal", marker, f"{entity.kind} cannot be posted")


def _removal(delivery: Delivery) -> Write:
    target = delivery.target
    if target is None:
        raise rejected("missing_in_books", delivery.marker, "there is nothing to remove")
    name = ENTRIES.get(delivery.kind, target.type)
    body: Body = {}
    if name in LISTS:
        action, body = Action.UPDATE, {"Active": False}
    elif delivery.operation is Operation.VOID and name in VOIDABLE:
        action = Action.VOID
    else:
        action = Action.DELETE
    return Write(entity=name, action=action, body=body, id=target.id, guard=target.guard)


def losses(entity: Entity, company: Company | None = None) -> tuple[Finding, ...]:
    """A finding where the stored document says less than what was meant."""
    lost = [
        name
        for name in ("name", "memo", "message", "description", "notes")
        if isinstance(getattr(entity, name, None), str) and text.is_changed(getattr(entity, name))
    ]
    lines = getattr(entity, "lines", ())
    if any(text.is_changed(line.memo) for line in lines):
        lost.append("lines")
    found = []
    if lost:
        found.append(
            Finding(
                category="text_changed",
                subject="text that QuickBooks cannot store",
                message="some characters were replaced, because QuickBooks Online stores "
                "ISO 8859-1 only",
                detail=", ".join(lost),
            )
        )
    memo = getattr(entity, "memo", "")
    if memo and text.is_too_long(marker(entity.kind, entity.id), memo):
        found.append(
            Finding(
                category="text_changed",
                subject="memos that are too long",
                message=f"the end of the memo was left out: QuickBooks stores {text.NOTE_LIMIT} "
                "characters",
            )
        )
    classed = getattr(entity, "class_", None) or any(line.class_ for line in lines)
    if company is not None and classed and company.classes is Classes.OFF:
        found.append(
            Finding(
                category="feature_off",
                subject="class tracking is off",
                message="the class was left out, because class tracking is off in QuickBooks",
                hint="Switch it on in QuickBooks, or take classes out of the mapping.",
            )
        )
    return tuple(found)
