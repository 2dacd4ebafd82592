"""What QuickBooks answered to a write: posted, refused or unknown. Pure."""

from collections.abc import Mapping
from typing import Any

from subledger.findings import Finding
from subledger.manifest import Operation
from subledger.model import Document, Item, Movement, Party, Settlement
from subledger.money import Money
from subledger.ports import BookEntry, Delivery, Outcome, Posted, Refused, Unknown
from subledger_quickbooks_desktop.amounts import main_amount, register_amount
from subledger_quickbooks_desktop.entries import entry_of
from subledger_quickbooks_desktop.guards import guard_of
from subledger_quickbooks_desktop.render import is_entry, losses
from subledger_quickbooks_desktop.wire.qbxml import Answer, Result
from subledger_quickbooks_desktop.wire.statuses import Fate, Verdict, fate_of_status

RETRY_AFTER = 60.0
"""Seconds until QuickBooks is asked again after a lock or a passing fault."""
STALE = "3200"
"""Code of a refused change: the object is not any more what it was when it was read."""

_CATEGORY: Mapping[int, str] = {
    3100: "name_conflict",
    3120: "missing_in_books",
    3140: "mapping_missing",
    3130: "mapping_missing",
    3161: "closed_period",
    3171: "closed_period",
    3170: "validation",
    3200: "changed_in_books",
    3250: "feature_off",
    3260: "permission",
    3261: "permission",
}


def is_about(answer: Answer, request_id: str, set_id: str) -> bool:
    """Whether an answer belongs to what was asked last, by the identifiers that QuickBooks echoes.

    An answer that comes once more, or belongs to an earlier request, is none. Identifiers that
    are missing in the answer do not speak against it.
    """
    given = {result.request_id for result in answer.results if result.request_id}
    return answer.set_id in ("", set_id) and (not given or request_id in given)


def outcome_of(delivery: Delivery, answer: Answer) -> Outcome:
    """The outcome of the one write in an answer; Unknown where the answer does not tell."""
    if not answer.results:
        return Unknown(f"QuickBooks answered without a result (set status {answer.set_status})")
    return _of_result(delivery, answer.results[0])


def _of_result(delivery: Delivery, result: Result) -> Outcome:
    verdict = fate_of_status(result.status_code, result.severity, result.message, is_write=True)
    removal = delivery.operation in (Operation.VOID, Operation.DELETE)
    if removal and result.status_code == 3120:  # noqa: PLR2004 - "object cannot be found"
        return Posted(type=_target_type(delivery), id=_target_id(delivery))
    if verdict.fate is Fate.OK:
        return posted(delivery, result, _notice(verdict, result))
    if verdict.fate is Fate.VERIFY:
        return Unknown(f"QuickBooks could not say what became of it ({result.status_code})")
    finding = finding_of(verdict, result.message, _CATEGORY.get(result.status_code, "validation"))
    again = RETRY_AFTER if verdict.fate is Fate.RETRY else None
    return Refused(finding=finding, again=again, code=str(result.status_code))


def finding_of(verdict: Verdict, message: str, category: str) -> Finding:
    """A refusal for a bookkeeper: our cause and hint, and QuickBooks' own words."""
    text = " ".join(message.split())
    return Finding(
        category=category,
        subject=text or verdict.cause,
        message=f"{verdict.cause} QuickBooks says: {text}" if text else verdict.cause,
        hint=verdict.hint,
    )


def edited(delivery: Delivery) -> Refused:
    """Somebody changed the object in QuickBooks since we wrote it."""
    label = f"{_target_type(delivery) or delivery.kind} {_target_id(delivery)}"
    finding = Finding(
        category="changed_in_books",
        subject=label,
        message=f"{label} was edited in QuickBooks since it was posted",
    )
    return Refused(finding=finding, code=STALE)


def _notice(verdict: Verdict, result: Result) -> tuple[Finding, ...]:
    if not verdict.notice:
        return ()
    return (finding_of(verdict, result.message, "validation"),)


def _target_type(delivery: Delivery) -> str:
    return delivery.target.type if delivery.target else ""


def _target_id(delivery: Delivery) -> str:
    return delivery.target.id if delivery.target else ""


def posted(
    delivery: Delivery,
    result: Result,
    warnings: tuple[Finding, ...] = (),
    *,
    recovered: bool = False,
) -> Outcome:
    """The posted document of a result, whole or by its ErrorRecovery identifiers."""
    kind = document_of(result.request)
    record: Mapping[str, Any] = result.records[0] if result.records else {}
    identifiers = record or result.recovery or {}
    identifier = str(identifiers.get("TxnID") or identifiers.get("ListID") or "")
    if delivery.operation in (Operation.VOID, Operation.DELETE):
        return Posted(
            type=_target_type(delivery),
            id=_target_id(delivery),
            entry=_entry(delivery, kind, identifier, record) if record else None,
            recovered=recovered,
        )
    if not identifier:
        return Unknown("QuickBooks took it, but did not return its identifier")
    entity = delivery.entity
    return Posted(
        type=kind,
        id=identifier,
        guard=guard_of(kind, identifiers),
        amount=_amount(entity, kind, record) if record else None,
        account=_account(entity),
        entry=_entry(delivery, kind, identifier, record),
        recovered=recovered,
        warnings=(*warnings, *losses(delivery)),
    )


def document_of(request: str) -> str:
    """``Check`` of ``CheckAddRq``, ``CheckModRq`` or ``CheckQueryRq``."""
    name = request.removesuffix("Rq").removesuffix("Rs")
    for verb in ("Add", "Mod", "Query"):
        name = name.removesuffix(verb)
    return name


def _account(entity: object) -> str:
    if isinstance(entity, Movement | Document | Settlement) and entity.account is not None:
        return entity.account.name
    return ""


def _entry(
    delivery: Delivery, kind: str, identifier: str, record: Mapping[str, Any]
) -> BookEntry | None:
    entity = delivery.entity
    if not is_entry(delivery) or not isinstance(entity, Party | Item):
        return None
    known = entry_of(kind, record)
    if known is not None:
        return known
    return BookEntry(kind=entity.kind, id=identifier, name=entity.name)


def _amount(entity: object, kind: str, record: Mapping[str, Any]) -> Money | None:
    if not isinstance(entity, Movement | Document | Settlement):
        return None
    if entity.account is None:
        return None if isinstance(entity, Movement) else main_amount(kind, record)
    return register_amount(kind, record, entity.account)
