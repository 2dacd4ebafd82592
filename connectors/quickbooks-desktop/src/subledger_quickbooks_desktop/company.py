"""What a connection remembers of its company: edition, sales tax, lines of orders, guards."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve

from subledger.model import Document, Item, Movement, Reference
from subledger.model.kinds import PURCHASE_ORDER, TAX_CODE
from subledger.ports import Absent, Delivery, Desk, Outcome, Posted, Refused
from subledger_quickbooks_desktop.interpret import STALE
from subledger_quickbooks_desktop.recovery import newest_guard
from subledger_quickbooks_desktop.render import Style
from subledger_quickbooks_desktop.wire.hcp import CompanyFacts
from subledger_quickbooks_desktop.wire.qbxml import Answer, many

SALES_TAX: Final = "sales tax"
"""Note of the sales tax codes of lines; empty where sales tax is off."""
EDITION: Final = "edition"
"""Note of the country of its QuickBooks, where that is not the United States."""
GUARD: Final = "newest guard"
"""Note of the EditSequence with which one change is tried again."""


def remember_sales_tax(desk: Desk, facts: CompanyFacts) -> None:
    """Keeps what the company file told about sales tax."""
    if facts.sales_tax is None:
        return
    codes = {"taxable": list(facts.taxable_code), "exempt": list(facts.exempt_code)}
    told = codes if facts.sales_tax and any(facts.taxable_code) else {}
    if dict(desk.recall(SALES_TAX)) != told:
        desk.remember(SALES_TAX, told)


def remember_edition(desk: Desk, facts: CompanyFacts) -> None:
    """Keeps which country's QuickBooks it is; nothing for the usual one."""
    told = {} if facts.country in ("", "US") else {"country": facts.country}
    if facts.country and dict(desk.recall(EDITION)) != told:
        desk.remember(EDITION, told)


def style_of(desk: Desk, delivery: Delivery, transfers: str) -> Style:
    """The connection's choices, and what is known of the company as far as the delivery needs."""
    entity = delivery.entity
    style = Style(transfers=transfers)
    if isinstance(entity, Movement) and any(line.tax for line in entity.lines):
        return evolve(style, edition="other" if desk.recall(EDITION) else "US")
    if not isinstance(entity, Document | Item):
        return style
    codes = desk.recall(SALES_TAX)
    if codes:
        style = evolve(style, taxable=_code(codes, "taxable"), exempt=_code(codes, "exempt"))
    order = entity.order if isinstance(entity, Document) else None
    if order is not None and order.id:
        known = desk.recall(_order(order.id)).get("lines", ())
        style = evolve(style, order_lines={order.id: tuple(known)})
    return style


def _code(codes: Mapping[str, Any], name: str) -> Reference | None:
    identifier, full_name = codes.get(name) or ("", "")
    if not identifier and not full_name:
        return None
    return Reference(kind=TAX_CODE, id=identifier, name=full_name)


def _order(identifier: str) -> str:
    return f"lines of order {identifier}"


def with_newest_guard(desk: Desk, delivery: Delivery) -> Delivery:
    """The delivery with the guard that its object had when it was looked at last."""
    target = delivery.target
    if target is None or not _is_tried_again(desk, delivery):
        return delivery
    return evolve(delivery, target=evolve(target, guard=str(desk.recall(GUARD)["guard"])))


def _is_tried_again(desk: Desk, delivery: Delivery) -> bool:
    return bool(desk.recall(GUARD).get("effect") == delivery.effect)


def needs_look(desk: Desk, delivery: Delivery, outcome: Outcome) -> bool:
    """Whether a refused change has to be looked at: perhaps only a payment touched the object."""
    stale = isinstance(outcome, Refused) and outcome.code == STALE
    return stale and delivery.target is not None and not _is_tried_again(desk, delivery)


def learn(desk: Desk, delivery: Delivery, outcome: Outcome, answer: Answer) -> None:
    """Keeps what an answer tells beyond its outcome."""
    if delivery.target is not None:
        _keep_guard(desk, delivery, outcome, newest_guard(answer))
    elif isinstance(outcome, Posted) and delivery.kind == PURCHASE_ORDER and answer.results:
        records = answer.results[0].records
        lines = [
            str(line["TxnLineID"])
            for record in records
            if record.get("TxnID") == outcome.id
            for line in many(record, "PurchaseOrderLineRet")
            if line.get("ItemRef")
        ]
        desk.remember(_order(outcome.id), {"lines": lines})


def _keep_guard(desk: Desk, delivery: Delivery, outcome: Outcome, newest: str) -> None:
    if isinstance(outcome, Absent) and newest and delivery.target is not None:
        desk.remember(GUARD, {"effect": delivery.effect, "guard": newest})
    elif _is_tried_again(desk, delivery):
        desk.remember(GUARD, {})
