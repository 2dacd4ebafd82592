"""What became of a write whose answer was lost: ask for the stored answer, then look. Pure.

Source: QuickBooks SDK, error recovery with message set identifiers; sample ErrRecovery.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lxml import etree

from subledger.manifest import Operation
from subledger.model import Movement, Party, Reference
from subledger.model.kinds import ACCOUNT, VENDOR
from subledger.model.marker import parse_marker
from subledger.ports import Absent, Delivery, Outcome, Posted, Unknown
from subledger_quickbooks_desktop.interpret import (
    document_of,
    memo_of,
    outcome_of,
    posted,
    register_amount,
)
from subledger_quickbooks_desktop.render import (
    AccountType,
    Style,
    document_type,
    external_guid,
    fit_name,
)
from subledger_quickbooks_desktop.wire import qbxml
from subledger_quickbooks_desktop.wire.qbxml import Answer

STORED = 0
"""Message set status: QuickBooks has the stored answer."""

_DAY = dt.timedelta(days=1)


def search(
    delivery: Delivery, account_type: AccountType, style: Style, request_id: str
) -> etree._Element:
    """The query that finds the document of a delivery, if the books have it."""
    entity = delivery.entity
    if delivery.target is not None:
        name = f"{delivery.target.type}QueryRq"
        return _query(name, {"TxnID": delivery.target.id}, request_id)
    if isinstance(entity, Party):
        name = "VendorQueryRq" if entity.kind == VENDOR else "CustomerQueryRq"
        return qbxml.build(
            name, {"FullName": fit_name(entity.kind, entity.name)}, requestID=request_id
        )
    if not isinstance(entity, Movement):
        raise TypeError(f"{entity.kind} cannot be searched")
    kind = document_type(entity, account_type, style)
    fields: dict[str, Any] = {
        "TxnDateRangeFilter": {
            "FromTxnDate": (entity.date - _DAY).isoformat(),
            "ToTxnDate": (entity.date + _DAY).isoformat(),
        },
    }
    if entity.account is not None and kind != "Transfer":
        account = entity.account
        fields["AccountFilter"] = (
            {"ListID": account.id} if account.id else {"FullName": fit_name(ACCOUNT, account.name)}
        )
    return _query(f"{kind}QueryRq", fields, request_id)


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
        return _of_target(delivery, answer)
    for record in result.records:
        if _is_ours(delivery, document_of(result.request), record):
            found = posted(delivery, _only(answer, record), recovered=True)
            return found if isinstance(found, Posted) else outcome_of(delivery, answer)
    return Absent("QuickBooks holds no such document")


def _only(answer: Answer, record: Mapping[str, Any]) -> Any:
    from attrs import evolve  # noqa: PLC0415 - one rare use

    return evolve(answer.results[0], records=(dict(record),))


def _is_ours(delivery: Delivery, kind: str, record: Mapping[str, Any]) -> bool:
    entity = delivery.entity
    if isinstance(entity, Party):
        name = str(record.get("FullName") or record.get("Name") or "")
        return name.casefold() == fit_name(entity.kind, entity.name).casefold()
    guid = str(record.get("ExternalGUID", ""))
    if guid:
        return guid.casefold() == external_guid(delivery.key).casefold()
    return parse_marker(memo_of(kind, record)) == delivery.marker


def _of_target(delivery: Delivery, answer: Answer) -> Outcome:
    """A change, void or deletion of a document that we know by its identifier."""
    result, target = answer.results[0], delivery.target
    if target is None:
        return Unknown("there is no document to look at")
    record = result.records[0] if result.records else None
    if delivery.operation is Operation.DELETE:
        if record is None:
            return Posted(type=target.type, id=target.id, recovered=True)
        return Absent("the document is still there")
    if record is None:
        return Unknown("the document is not in QuickBooks any more", decide=True)
    if str(record.get("EditSequence", "")) == target.guard:
        return Absent("the document has not been changed")
    if _shows(delivery, target.type, record):
        return posted(delivery, result, recovered=True)
    return Unknown("the document was changed, but not to what was sent", decide=True)


def _shows(delivery: Delivery, kind: str, record: Mapping[str, Any]) -> bool:
    """Whether the document looks as the delivery wanted it."""
    entity = delivery.entity
    if not isinstance(entity, Movement) or entity.account is None:
        return False
    account = Reference(kind=ACCOUNT, id=entity.account.id, name=entity.account.name)
    if delivery.operation is Operation.VOID:
        return not register_amount(kind, record, account)
    same_date = str(record.get("TxnDate", "")) == entity.date.isoformat()
    same_mark = parse_marker(memo_of(kind, record)) == parse_marker(entity.memo)
    return same_date and same_mark and register_amount(kind, record, account) == entity.effect
