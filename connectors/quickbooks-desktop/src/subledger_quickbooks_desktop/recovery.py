"""What became of a write whose answer was lost: ask for the stored answer, then look. Pure.

Source: QuickBooks SDK, error recovery with message set identifiers; sample ErrRecovery.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import evolve
from lxml import etree

from subledger.manifest import Operation
from subledger.model import Document, Item, Movement, Party, Reference, Settlement
from subledger.model.kinds import ITEM, VENDOR
from subledger.model.marker import parse_marker
from subledger.money import Money, total
from subledger.ports import Absent, Delivery, Outcome, Posted, Target, Unknown
from subledger_quickbooks_desktop.amounts import main_amount, memo_of, register_amount
from subledger_quickbooks_desktop.guards import edit_sequence, was_edited
from subledger_quickbooks_desktop.interpret import document_of, edited, outcome_of, posted
from subledger_quickbooks_desktop.render import (
    Style,
    TypeOf,
    external_guid,
    fit_name,
    full_name,
    is_entry,
    type_of_delivery,
)
from subledger_quickbooks_desktop.wire import qbxml
from subledger_quickbooks_desktop.wire.qbxml import Answer, Result, lines, many
from subledger_quickbooks_desktop.wire.records import NAME
from subledger_quickbooks_desktop.wire.xml import parse

STORED = 0
"""Message set status: QuickBooks has the stored answer."""

_DAY = dt.timedelta(days=1)
_UNTOLD = frozenset(
    {"EditSequence", "TxnLineID", "JournalLineType", "AppliedToTxnMod", "ApplyCheckToTxnMod"}
) | {"ClearExpenseLines", "ClearItemLines"}
"""Fields of a change that its object does not repeat."""


def search(delivery: Delivery, type_of: TypeOf, style: Style, request_id: str) -> etree._Element:
    """The query that finds the document of a delivery, if the books have it."""
    entity, target = delivery.entity, delivery.target
    if isinstance(entity, Party | Item):
        wanted = {"ListID": target.id} if target else {"FullName": full_name(delivery)}
        return qbxml.build(f"{_list(delivery)}QueryRq", wanted, requestID=request_id)
    if target is not None:
        return _query(f"{target.type}QueryRq", {"TxnID": target.id}, request_id)
    if not isinstance(entity, Movement | Document | Settlement):
        raise TypeError(f"{entity.kind} cannot be searched")
    kind = type_of_delivery(delivery, type_of, style)
    fields: dict[str, Any] = {
        "TxnDateRangeFilter": {
            "FromTxnDate": (entity.date - _DAY).isoformat(),
            "ToTxnDate": (entity.date + _DAY).isoformat(),
        },
    }
    if not isinstance(entity, Movement):
        fields["EntityFilter"] = _filter(entity.party)
    elif entity.account is not None and kind != "Transfer":
        fields["AccountFilter"] = _filter(entity.account)
    return _query(f"{kind}QueryRq", fields, request_id)


def _list(delivery: Delivery) -> str:
    """The list that is asked for an entry: one query for items of all types."""
    if delivery.kind == ITEM:
        return "Item"
    return "Vendor" if delivery.kind == VENDOR else "Customer"


def _filter(entry: Reference) -> Mapping[str, str]:
    return {"ListID": entry.id} if entry.id else {"FullName": fit_name(entry.kind, entry.name)}


def _query(name: str, fields: Mapping[str, Any], request_id: str) -> etree._Element:
    more = {} if name == "TransferQueryRq" else {"IncludeLineItems": "true"}
    return qbxml.build(name, {**fields, **more}, requestID=request_id)


def outcome_of_search(delivery: Delivery, answer: Answer) -> Outcome:
    """Found, certainly absent, or still unknown, from the answer to :func:`search`."""
    if not answer.results:
        return Unknown("the search was not answered")
    result = answer.results[0]
    if result.status_code not in (0, 1, 500):
        return Unknown(f"the search failed with status {result.status_code}: {result.message}")
    if delivery.target is not None:
        return _of_target(delivery, delivery.target, result)
    for record in result.records:
        if _is_ours(delivery, document_of(result.request), record):
            found = posted(delivery, evolve(result, records=(dict(record),)), recovered=True)
            return found if isinstance(found, Posted) else outcome_of(delivery, answer)
    return Absent("QuickBooks holds no such document")


def _is_ours(delivery: Delivery, kind: str, record: Mapping[str, Any]) -> bool:
    if is_entry(delivery):
        name = str(record.get("FullName") or record.get("Name") or "")
        return name.casefold() == full_name(delivery).casefold()
    guid = str(record.get("ExternalGUID", ""))
    if guid:
        return guid.casefold() == external_guid(delivery.key).casefold()
    return parse_marker(memo_of(kind, record)) == delivery.marker


def newest_guard(answer: Answer) -> str:
    """The EditSequence of the one object that a search by identifier found."""
    records = answer.results[0].records if answer.results else ()
    return str(records[0].get("EditSequence", "")) if records else ""


def _of_target(delivery: Delivery, target: Target, result: Result) -> Outcome:
    """A change, void or deletion of an object that we know by its identifier.

    Absent means that the write may be made again, on the object as it is now.
    """
    record = result.records[0] if result.records else None
    if is_entry(delivery):
        return _of_entry(delivery, target, record, result)
    if delivery.operation is Operation.DELETE:
        if record is None:
            return Posted(type=target.type, id=target.id, recovered=True)
        return Absent("the document is still there")
    if record is None:
        return Unknown("the document is not in QuickBooks any more", decide=True)
    if str(record.get("EditSequence", "")) == edit_sequence(target.guard):
        return Absent("the document has not been changed")
    sent = _sent(delivery)
    if _shows(delivery, target.type, record) and (sent is None or _holds(record, sent)):
        return posted(delivery, result, recovered=True)
    if not was_edited(target.type, record, target.guard):
        return Absent("only documents that are linked to it were changed")
    return edited(delivery)


def _of_entry(
    delivery: Delivery, target: Target, record: Mapping[str, Any] | None, result: Result
) -> Outcome:
    if record is None:
        return Unknown("the list entry is not in QuickBooks any more", decide=True)
    if str(record.get("EditSequence", "")) == edit_sequence(target.guard):
        return Absent("the list entry has not been changed")
    if _holds(record, _sent(delivery)):
        return posted(delivery, result, recovered=True)
    sort = str(record.get(NAME, "")).removesuffix("Ret") or _list(delivery)
    if delivery.operation is not Operation.UPDATE or not was_edited(sort, record, target.guard):
        return Absent("only what QuickBooks computes was changed")
    return edited(delivery)


def _sent(delivery: Delivery) -> etree._Element | None:
    """What the change that left says of its object."""
    if not delivery.payload or delivery.operation is Operation.VOID:
        return None
    return parse(delivery.payload).find("QBXMLMsgsRq/*/*")


def _holds(record: Any, sent: etree._Element | None) -> bool:
    """Whether an object says everything that was sent, its lines in the same order."""
    if sent is None or not isinstance(record, Mapping):
        return False
    given: dict[str, list[etree._Element]] = {}
    for child in sent.iterchildren("*"):
        given.setdefault(str(child.tag), []).append(child)
    for name, children in given.items():
        if name in _UNTOLD:
            continue
        known = _told(record, name)
        if len(known) != len(children):
            return False
        for value, child in zip(known, children, strict=True):
            same = _holds(value, child) if len(child) else _same_text(value, child.text or "")
            if not same:
                return False
    return True


def _told(record: Mapping[str, Any], name: str) -> list[Any]:
    """What an object says in the field of a change."""
    if name == "JournalLineMod":
        return [line for _, line in lines(record, "JournalDebitLine", "JournalCreditLine")]
    base = name.removesuffix("Mod")
    return many(record, base) or many(record, f"{base}Ret") or [""]


def _same_text(one: object, other: str) -> bool:
    try:
        return one == other or Decimal(str(one)) == Decimal(other)
    except ArithmeticError:
        return False


def _shows(delivery: Delivery, kind: str, record: Mapping[str, Any]) -> bool:
    """Whether the document looks as the delivery wanted it."""
    entity = delivery.entity
    if not isinstance(entity, Movement | Document | Settlement):
        return False
    if entity.account is None:
        amount = main_amount(kind, record)
    else:
        amount = register_amount(kind, record, entity.account)
    if delivery.operation is Operation.VOID:
        return not amount
    marker = entity.memo if isinstance(entity, Movement) else delivery.marker
    same_date = str(record.get("TxnDate", "")) == entity.date.isoformat()
    same_mark = parse_marker(memo_of(kind, record)) == parse_marker(marker)
    return same_date and same_mark and _same_amount(entity, kind, record, amount)


def _same_amount(
    entity: Movement | Document | Settlement,
    kind: str,
    record: Mapping[str, Any],
    amount: Money | None,
) -> bool:
    """Whether it is over what was meant; QuickBooks may have computed another sales tax."""
    if isinstance(entity, Document) and "Subtotal" in record:
        meant = total([line.amount for line in entity.lines]) if entity.lines else Money(0)
        return Money.of(str(record["Subtotal"])) == meant
    return kind == "PurchaseOrder" or amount == entity.effect
