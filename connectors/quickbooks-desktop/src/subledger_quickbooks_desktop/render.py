"""Documents as qbXML requests. Pure.

Which request a movement becomes follows from the type of its register account: money out of a bank
account is a Check, into it a Deposit; on a credit card they are a charge and a credit.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen
from lxml import etree

from subledger.errors import RecordRejected
from subledger.findings import Finding
from subledger.manifest import Operation
from subledger.model import Line, Movement, Party, Reference, Way
from subledger.model.kinds import PARTIES, TRANSFER, VENDOR, Kind
from subledger.money import Money
from subledger.ports import Delivery
from subledger_quickbooks_desktop.wire import qbxml
from subledger_quickbooks_desktop.wire.text import storable

NUMBER_LIMIT = 11
MEMO_LIMIT = 4095
NAME_LIMIT = 41
_NAMESPACE = uuid.UUID("5b7c4b8e-2f6d-4b52-9a54-6d0f1c8d7e21")
_VOIDABLE = frozenset({"Check", "CreditCardCharge", "CreditCardCredit", "Deposit", "JournalEntry"})

AccountType = Callable[[Reference], str]
"""The QuickBooks type of an account, such as ``Bank``; empty where it is not known."""

Pairs = list[tuple[str, Any]]


@frozen(kw_only=True)
class Style:
    """Choices of the connection: what a transfer becomes."""

    transfers: str = "journal_entry"


def external_guid(key: str) -> str:
    """The ExternalGUID of an idempotency key: the same for every attempt."""
    return f"{{{uuid.uuid5(_NAMESPACE, key)}}}"


def request_id(delivery: Delivery) -> str:
    """The requestID of a delivery: which effect, and which attempt at it."""
    return f"e{delivery.effect}-{delivery.attempt_key}"


def document_type(movement: Movement, account_type: AccountType, style: Style) -> str:
    """The QuickBooks document that a movement becomes. Raises :class:`RecordRejected`."""
    if movement.account is None:
        raise _rejected("account_type", "account", "the document names no account")
    if movement.kind == TRANSFER:
        return "Transfer" if style.transfers == "transfer" else "JournalEntry"
    kind = account_type(movement.account)
    if kind == "Bank":
        return "Check" if movement.way is Way.OUT else "Deposit"
    if kind == "CreditCard":
        return "CreditCardCharge" if movement.way is Way.OUT else "CreditCardCredit"
    raise _rejected(
        "account_type",
        f"account {movement.account.name}",
        f"{movement.account.name} is of type {kind or 'unknown'}; card transactions need an "
        "account of type Bank (prepaid) or Credit Card (credit programme)",
    )


def render(delivery: Delivery, account_type: AccountType, style: Style) -> etree._Element:
    """The request for a delivery. Raises :class:`RecordRejected` where it cannot be written."""
    request = request_id(delivery)
    entity, operation = delivery.entity, delivery.operation
    try:
        if operation in (Operation.VOID, Operation.DELETE):
            return _removal(delivery, request)
        if isinstance(entity, Party):
            return _party(entity, delivery, request)
        if isinstance(entity, Movement):
            return _movement(entity, delivery, account_type, style, request)
    except ValueError as error:
        raise _rejected("validation", delivery.marker, f"cannot be written: {error}") from error
    raise _rejected("internal", delivery.marker, f"{entity.kind} cannot be posted")


def losses(delivery: Delivery) -> tuple[Finding, ...]:
    """A finding where the stored text differs from what was meant."""
    entity = delivery.entity
    texts: list[tuple[str, str, int]] = []
    if isinstance(entity, Movement):
        texts.append(("memo", entity.memo, MEMO_LIMIT))
        texts.extend(("line memo", line.memo, MEMO_LIMIT) for line in entity.lines)
    elif isinstance(entity, Party):
        texts.append(("name", entity.name, NAME_LIMIT))
    lost = [
        f"{field}: {loss}" for field, text, limit in texts for loss in storable(text, limit).losses
    ]
    if not lost:
        return ()
    return (
        Finding(
            category="text_changed",
            subject="text that QuickBooks cannot store",
            message="some characters were replaced, because QuickBooks Desktop cannot store them",
            detail="; ".join(lost[:5]),
        ),
    )


def _rejected(category: str, subject: str, message: str) -> RecordRejected:
    return RecordRejected(message, category=category, field=subject)


def _text(value: str, limit: int) -> str | None:
    return storable(value, limit).text or None


def _ref(reference: Reference | None) -> Mapping[str, str] | None:
    if reference is None:
        return None
    if reference.id:
        return {"ListID": reference.id}
    return {"FullName": fit_name(reference.kind, reference.name)}


def fit_name(kind: Kind, name: str) -> str:
    """A list name as QuickBooks will store it: each level in its code page, parties cut to fit."""
    limit = NAME_LIMIT if kind in PARTIES else None
    return ":".join(storable(part, limit).text for part in name.split(":"))


def _number(number: str) -> str | None:
    """A document number that fits; a longer one is not cut but left out, the memo has it whole."""
    text = storable(number).text
    return text if 0 < len(text) <= NUMBER_LIMIT else None


def _party(party: Party, delivery: Delivery, request: str) -> etree._Element:
    name = "Vendor" if party.kind == VENDOR else "Customer"
    fields = {
        "Name": _text(party.name, NAME_LIMIT),
        "CompanyName": _text(party.company, NAME_LIMIT),
        "Email": _text(party.email, 1023),
        "Phone": _text(party.phone, 21),
        "ExternalGUID": external_guid(delivery.key),
    }
    return qbxml.build(f"{name}AddRq", {f"{name}Add": fields}, requestID=request)


def _removal(delivery: Delivery, request: str) -> etree._Element:
    target = delivery.target
    if target is None:
        raise _rejected("missing_in_books", delivery.marker, "there is no document to remove")
    void = delivery.operation is Operation.VOID
    if void and target.type not in _VOIDABLE:
        raise _rejected("validation", delivery.marker, f"a {target.type} cannot be voided")
    name = "TxnVoid" if void else "TxnDel"
    fields = {f"{name}Type": target.type, "TxnID": target.id}
    return qbxml.build(f"{name}Rq", fields, requestID=request)


def _movement(
    movement: Movement,
    delivery: Delivery,
    account_type: AccountType,
    style: Style,
    request: str,
) -> etree._Element:
    kind = document_type(movement, account_type, style)
    target = delivery.target
    if target is not None and target.type != kind:
        raise _rejected(
            "changed_in_books",
            delivery.marker,
            f"the record would now be a {kind}, but it was posted as a {target.type}",
        )
    suffix = "Add" if target is None else "Mod"
    fields = [*_WRITERS[kind](movement, suffix)]
    if target is not None:
        fields += [("TxnID", target.id), ("EditSequence", target.guard)]
    elif kind != "Transfer":
        fields.append(("ExternalGUID", external_guid(delivery.key)))
    return qbxml.build(f"{kind}{suffix}Rq", {f"{kind}{suffix}": fields}, requestID=request)


def _new_line(suffix: str) -> Mapping[str, str]:
    """A changed document gets all its lines anew; -1 marks a new line."""
    return {"TxnLineID": "-1"} if suffix == "Mod" else {}


def _expense_lines(movement: Movement, suffix: str) -> Mapping[str, Any]:
    new = _new_line(suffix)
    expenses = [
        {
            **new,
            "AccountRef": _ref(line.account),
            "Amount": line.amount.text(),
            "Memo": _text(line.memo, MEMO_LIMIT),
            "CustomerRef": _ref(line.customer),
            "ClassRef": _ref(line.class_),
            "BillableStatus": "NotBillable" if line.customer else None,
        }
        for line in movement.lines
        if line.item is None
    ]
    items = [
        {
            **new,
            "ItemRef": _ref(line.item),
            "Desc": _text(line.memo, MEMO_LIMIT),
            "Amount": line.amount.text(),
            "CustomerRef": _ref(line.customer),
            "ClassRef": _ref(line.class_),
            "BillableStatus": "NotBillable" if line.customer else None,
        }
        for line in movement.lines
        if line.item is not None
    ]
    return {f"ExpenseLine{suffix}": expenses or None, f"ItemLine{suffix}": items or None}


def _purchase(movement: Movement, suffix: str) -> Pairs:
    return [
        *{
            "AccountRef": _ref(movement.account),
            "PayeeEntityRef": _ref(movement.party),
            "RefNumber": _number(movement.number),
            "TxnDate": movement.date.isoformat(),
            "Memo": _text(movement.memo, MEMO_LIMIT),
            **_expense_lines(movement, suffix),
        }.items()
    ]


def _check(movement: Movement, suffix: str) -> Pairs:
    return [*_purchase(movement, suffix), ("IsToBePrinted", "false")]


def _deposit(movement: Movement, suffix: str) -> Pairs:
    lines = []
    for line in movement.lines:
        if line.item is not None:
            raise _rejected(
                "validation", f"item {line.item.name}", "a deposit's line takes no item"
            )
        lines.append(
            {
                **_new_line(suffix),
                "EntityRef": _ref(line.customer or movement.party),
                "AccountRef": _ref(line.account),
                "Memo": _text(line.memo or movement.memo, MEMO_LIMIT),
                "CheckNumber": _number(movement.number),
                "ClassRef": _ref(line.class_),
                "Amount": line.amount.text(),
            }
        )
    return [
        ("TxnDate", movement.date.isoformat()),
        ("DepositToAccountRef", _ref(movement.account)),
        ("Memo", _text(movement.memo, MEMO_LIMIT)),
        (f"DepositLine{suffix}", lines),
    ]


def journal_sides(movement: Movement) -> list[tuple[str, Reference | None, Money, Line | None]]:
    """Debits and credits of a movement as a journal entry: the register account first."""
    register = "Debit" if movement.way is Way.IN else "Credit"
    other = "Credit" if movement.way is Way.IN else "Debit"
    sides: list[tuple[str, Reference | None, Money, Line | None]] = [
        (register, movement.account, movement.amount, None)
    ]
    for line in movement.lines:
        negative = line.amount.minor < 0
        sides.append((register if negative else other, line.account, abs(line.amount), line))
    return sides


def _journal(movement: Movement, suffix: str) -> Pairs:
    lines: list[tuple[str, Any]] = []
    for side, account, amount, line in journal_sides(movement):
        values: dict[str, Any] = {
            "AccountRef": _ref(account),
            "Amount": amount.text(),
            "Memo": _text((line.memo if line else "") or movement.memo, MEMO_LIMIT),
            "EntityRef": _ref(line.customer) if line else None,
            "ClassRef": _ref(line.class_) if line else None,
        }
        if suffix == "Mod":
            lines.append(("JournalLineMod", {"TxnLineID": "-1", "JournalLineType": side, **values}))
        else:
            lines.append((f"Journal{side}Line", values))
    return [
        ("TxnDate", movement.date.isoformat()),
        ("RefNumber", _number(movement.number)),
        *lines,
    ]


def _transfer(movement: Movement, _suffix: str) -> Pairs:
    if len(movement.lines) != 1:
        raise _rejected("validation", "transfer", "a QuickBooks Transfer has one other account")
    other = movement.lines[0].account
    out = movement.way is Way.OUT
    return [
        ("TxnDate", movement.date.isoformat()),
        ("TransferFromAccountRef", _ref(movement.account if out else other)),
        ("TransferToAccountRef", _ref(other if out else movement.account)),
        ("ClassRef", _ref(movement.lines[0].class_)),
        ("Amount", movement.amount.text()),
        ("Memo", _text(movement.memo, MEMO_LIMIT)),
    ]


_WRITERS: Mapping[str, Callable[[Movement, str], Pairs]] = {
    "Check": _check,
    "CreditCardCharge": _purchase,
    "CreditCardCredit": _purchase,
    "Deposit": _deposit,
    "JournalEntry": _journal,
    "Transfer": _transfer,
}
