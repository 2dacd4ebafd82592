"""Movements of money as qbXML requests. Pure.

Which request a movement becomes follows from the type of its register account: money out of a bank
account is a Check, into it a Deposit; on a credit card they are a charge and a credit.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from subledger.model import Entity, Line, Movement, Reference, Way
from subledger.model.kinds import TRANSFER
from subledger.money import Money
from subledger_quickbooks_desktop.render.common import (
    MEMO_LIMIT,
    Pairs,
    Style,
    TypeOf,
    new_line,
    number,
    ref,
    rejected,
    text,
)
from subledger_quickbooks_desktop.render.lines import cleared, purchase_lines
from subledger_quickbooks_desktop.wire.checks import Edition

_WAY_OUT: Final = (
    "Take the tax code out of the mapping (tax_tag, tax_default, rules, default_tax_code)"
)


def movement_type(movement: Movement, type_of: TypeOf, style: Style) -> str:
    """The QuickBooks document that a movement becomes. Raises :class:`RecordRejected`."""
    if movement.account is None:
        raise rejected("account_type", "account", "the document names no account")
    if movement.kind == TRANSFER:
        return "Transfer" if style.transfers == "transfer" else "JournalEntry"
    kind = type_of(movement.account)
    if kind == "Bank":
        return "Check" if movement.way is Way.OUT else "Deposit"
    if kind == "CreditCard":
        return "CreditCardCharge" if movement.way is Way.OUT else "CreditCardCredit"
    raise rejected(
        "account_type",
        f"account {movement.account.name}",
        f"{movement.account.name} is of type {kind or 'unknown'}; card transactions need an "
        "account of type Bank (prepaid) or Credit Card (credit programme)",
    )


def check_tax_codes(movement: Movement, kind: str, edition: Edition) -> None:
    """Refuses tax codes of lines where the document cannot carry them.

    Only the lines of checks and card transactions have one, and not in the US edition (qbXML SDK
    reference: SalesTaxCodeRef of ExpenseLineAdd). Raises :class:`RecordRejected`.
    """
    if all(line.tax is None for line in movement.lines):
        return
    if kind in _UNCODED:
        raise rejected(
            "feature_off",
            f"tax codes of a {_UNCODED[kind]}",
            f"the document becomes a {_UNCODED[kind]}, whose lines have no tax codes in "
            "QuickBooks Desktop",
            f"{_WAY_OUT}, or record it in QuickBooks by hand and link the record with it.",
        )
    if edition == "US":
        raise rejected(
            "feature_off",
            "tax codes of purchases",
            "the document has a tax code, but in the US edition of QuickBooks Desktop purchases "
            "have none",
            f"{_WAY_OUT}.",
        )


def movement_fields(
    movement: Movement,
    kind: str,
    suffix: str,
    edition: Edition = "US",
    before: Entity | None = None,
) -> Pairs:
    """The fields of the request that a movement becomes; ``suffix`` is Add or Mod.

    ``before`` is the movement as it was written last. Raises :class:`RecordRejected`.
    """
    check_tax_codes(movement, kind, edition)
    fields = _WRITERS[kind](movement, suffix)
    if _WRITERS[kind] in (_check, _purchase) and suffix == "Mod":
        return [*fields, *cleared(movement.lines, before).items()]
    return fields


def _purchase(movement: Movement, suffix: str) -> Pairs:
    return [
        *{
            "AccountRef": ref(movement.account),
            "PayeeEntityRef": ref(movement.party),
            "RefNumber": number(movement.number),
            "TxnDate": movement.date.isoformat(),
            "Memo": text(movement.memo, MEMO_LIMIT),
            "IsTaxIncluded": "true" if any(line.tax for line in movement.lines) else None,
            **purchase_lines(movement.lines, suffix),
        }.items()
    ]


def _check(movement: Movement, suffix: str) -> Pairs:
    return [*_purchase(movement, suffix), ("IsToBePrinted", "false")]


def _deposit(movement: Movement, suffix: str) -> Pairs:
    lines = []
    for line in movement.lines:
        if line.item is not None:
            raise rejected("validation", f"item {line.item.name}", "a deposit's line takes no item")
        lines.append(
            {
                **new_line(suffix),
                "EntityRef": ref(line.customer or movement.party),
                "AccountRef": ref(line.account),
                "Memo": text(line.memo or movement.memo, MEMO_LIMIT),
                "CheckNumber": number(movement.number),
                "ClassRef": ref(line.class_),
                "Amount": line.amount.text(),
            }
        )
    return [
        ("TxnDate", movement.date.isoformat()),
        ("DepositToAccountRef", ref(movement.account)),
        ("Memo", text(movement.memo, MEMO_LIMIT)),
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
            "AccountRef": ref(account),
            "Amount": amount.text(),
            "Memo": text((line.memo if line else "") or movement.memo, MEMO_LIMIT),
            "EntityRef": ref(line.customer) if line else None,
            "ClassRef": ref(line.class_) if line else None,
        }
        if suffix == "Mod":
            lines.append(("JournalLineMod", {"TxnLineID": "-1", "JournalLineType": side, **values}))
        else:
            lines.append((f"Journal{side}Line", values))
    return [
        ("TxnDate", movement.date.isoformat()),
        ("RefNumber", number(movement.number)),
        *lines,
    ]


def _transfer(movement: Movement, _suffix: str) -> Pairs:
    if len(movement.lines) != 1:
        raise rejected("validation", "transfer", "a QuickBooks Transfer has one other account")
    other = movement.lines[0].account
    out = movement.way is Way.OUT
    return [
        ("TxnDate", movement.date.isoformat()),
        ("TransferFromAccountRef", ref(movement.account if out else other)),
        ("TransferToAccountRef", ref(other if out else movement.account)),
        ("ClassRef", ref(movement.lines[0].class_)),
        ("Amount", movement.amount.text()),
        ("Memo", text(movement.memo, MEMO_LIMIT)),
    ]


_UNCODED: Mapping[str, str] = {
    "Deposit": "deposit",
    "JournalEntry": "journal entry",
    "Transfer": "transfer",
}
_WRITERS: Mapping[str, Callable[[Movement, str], Pairs]] = {
    "Check": _check,
    "CreditCardCharge": _purchase,
    "CreditCardCredit": _purchase,
    "Deposit": _deposit,
    "JournalEntry": _journal,
    "Transfer": _transfer,
}
