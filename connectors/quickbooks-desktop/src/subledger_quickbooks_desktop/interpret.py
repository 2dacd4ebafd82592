"""What QuickBooks answered to a write: posted, refused or unknown. Pure."""

from collections.abc import Mapping
from typing import Any

from subledger.findings import Finding
from subledger.manifest import Operation
from subledger.model import Movement, Party, Reference
from subledger.money import Money
from subledger.ports import BookEntry, Delivery, Outcome, Posted, Refused, Unknown
from subledger_quickbooks_desktop.render import losses
from subledger_quickbooks_desktop.wire.qbxml import Answer, Result, lines
from subledger_quickbooks_desktop.wire.statuses import Fate, Verdict, fate_of_status

RETRY_AFTER = 60.0
"""Seconds until QuickBooks is asked again after a lock or a passing fault."""

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
        return Posted(type=_target_type(delivery), id=_target_id(delivery), recovered=recovered)
    if not identifier:
        return Unknown("QuickBooks took it, but did not return its identifier")
    entity = delivery.entity
    return Posted(
        type=kind,
        id=identifier,
        guard=str(identifiers.get("EditSequence", "")),
        amount=_amount(entity, kind, record) if record else None,
        account=_account(entity),
        entry=_entry(entity, identifier, record),
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
    if isinstance(entity, Movement) and entity.account is not None:
        return entity.account.name
    return ""


def _entry(entity: object, identifier: str, record: Mapping[str, Any]) -> BookEntry | None:
    if not isinstance(entity, Party):
        return None
    return BookEntry(
        kind=entity.kind,
        id=identifier,
        name=str(record.get("FullName") or record.get("Name") or entity.name),
        active=record.get("IsActive", "true") != "false",
        guard=str(record.get("EditSequence", "")),
    )


def _amount(entity: object, kind: str, record: Mapping[str, Any]) -> Money | None:
    if not isinstance(entity, Movement) or entity.account is None:
        return None
    return register_amount(kind, record, entity.account)


def register_amount(kind: str, record: Mapping[str, Any], account: Reference) -> Money | None:
    """The signed change that a returned document makes to a register account.

    Raises ValueError for an amount that is not one.
    """
    if kind in ("Check", "CreditCardCharge"):
        return -_money(record.get("Amount", "0.00"))
    if kind == "CreditCardCredit":
        return _money(record.get("Amount", "0.00"))
    if kind == "Deposit":
        return _money(record.get("DepositTotal", "0.00"))
    if kind == "Transfer":
        amount = _money(record.get("Amount", "0.00"))
        return -amount if _is(record.get("TransferFromAccountRef"), account) else amount
    if kind == "JournalEntry":
        summed = Money(0)
        for name, line in lines(record, "JournalDebitLine", "JournalCreditLine"):
            if _is(line.get("AccountRef"), account):
                amount = _money(line.get("Amount", "0.00"))
                summed += amount if name == "JournalDebitLine" else -amount
        return summed
    return None


def _is(reference: object, account: Reference) -> bool:
    if not isinstance(reference, Mapping):
        return False
    if account.id:
        return reference.get("ListID") == account.id
    return str(reference.get("FullName", "")).casefold() == account.name.casefold()


def _money(text: str) -> Money:
    return Money.of(text or "0.00")


def memo_of(kind: str, record: Mapping[str, Any]) -> str:
    """The memo of a returned document; of a journal entry, that of its first line."""
    if kind != "JournalEntry":
        return str(record.get("Memo", ""))
    for _name, line in lines(record, "JournalDebitLine", "JournalCreditLine"):
        return str(line.get("Memo", ""))
    return ""
