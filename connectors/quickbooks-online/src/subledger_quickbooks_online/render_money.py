"""Movements of money as bodies of the API. Pure.

What a movement becomes follows from the type of its register account: money out of a bank account
is an expense, into it a deposit; on a credit card they are a charge and a credit.
"""

from collections.abc import Callable, Mapping
from typing import Final

from attrs import frozen

from subledger.model import Line, Movement, Reference, Way
from subledger.model.kinds import CUSTOMER, JOURNAL_ENTRY, TRANSFER
from subledger.money import Money
from subledger_quickbooks_online import text
from subledger_quickbooks_online.company import BALANCE_SHEET, Company
from subledger_quickbooks_online.errors import rejected
from subledger_quickbooks_online.money_accounts import CARD, SPENT, paid_from, require
from subledger_quickbooks_online.parts import (
    Body,
    amount,
    document_class,
    header,
    line_class,
    location,
    needed,
    payee,
    ref,
    without_empty,
)
from subledger_quickbooks_online.purchase_lines import calculation, expense_line, without_codes

_RULE: Final = (
    "card transactions need an account of type Bank (prepaid) or Credit Card (credit programme)"
)


@frozen(kw_only=True)
class Style:
    """Choices of the connection."""

    bank_payments: str = "cash"
    transfers: str = "transfer"


def document_type(movement: Movement, type_of: Callable[[Reference], str], style: Style) -> str:
    """The document that a movement becomes: ``Purchase``, ``Deposit``, ``Transfer``...

    ``type_of`` tells an account's type, empty where it is not known.
    Raises :class:`RecordRejected`, also where that document cannot carry a line's tax code.
    """
    found = _document_type(movement, type_of, style)
    if found != "Purchase":
        without_codes(movement, _WORDS[found])
    return found


def _document_type(movement: Movement, type_of: Callable[[Reference], str], style: Style) -> str:
    account = movement.account
    if account is None:
        raise rejected("account_type", "account", "the document names no account")
    kind = type_of(account)
    if movement.kind == JOURNAL_ENTRY:
        return "JournalEntry"
    if movement.kind == TRANSFER:
        other = movement.lines[0].account if len(movement.lines) == 1 else None
        plain = other is not None and {kind, type_of(other)} <= BALANCE_SHEET
        if style.transfers == "journal_entry":
            return "JournalEntry"
        if plain:
            return "Transfer"
    require(kind, account.name, SPENT, _RULE)
    if movement.way is Way.IN and kind != CARD:
        return "Deposit"
    # a line of a purchase cannot be negative (error 2290)
    mixed = any(line.amount.minor < 0 for line in movement.lines)
    return "JournalEntry" if mixed else "Purchase"


def movement(entity: Movement, marker: str, company: Company, style: Style) -> tuple[str, Body]:
    """The document of a movement of money."""
    kind = document_type(entity, company.type_of, style)
    return kind, _WRITERS[kind](entity, marker, company, style)


def _purchase(entity: Movement, marker: str, company: Company, style: Style) -> Body:
    taxed = calculation(entity.lines, company, included=True)
    body = {
        **paid_from(entity.account, company.type_of(entity.account), style.bank_payments),
        "EntityRef": payee(entity.party),
        "Credit": True if entity.way is Way.IN else None,
        **header(entity, marker, company, entity.amount.currency),
        "DocNumber": text.number_of(entity.number),
        **location(company),
        **document_class(None, entity.lines, company),
        "GlobalTaxCalculation": taxed,
    }
    lines = [expense_line(line, None, company, taxed) for line in entity.lines]
    return {**without_empty(body), "Line": lines}


def _deposit(entity: Movement, marker: str, company: Company, _style: Style) -> Body:
    lines = []
    for line in entity.lines:
        if line.item is not None:
            raise rejected("validation", f"item {line.item.name}", "a deposit's line takes no item")
        party = line.customer or entity.party
        received = ref(party)
        word = "CUSTOMER" if party is not None and party.kind == CUSTOMER else "VENDOR"
        detail = {
            "Entity": {**received, "type": word} if received else None,
            "AccountRef": needed(line.account, "account"),
            "ClassRef": line_class(line, None, company),
        }
        lines.append(
            without_empty(
                {
                    "Description": text.cut(line.memo, text.NOTE_LIMIT),
                    "Amount": amount(line.amount),
                    "DetailType": "DepositLineDetail",
                    "DepositLineDetail": without_empty(detail),
                }
            )
        )
    return {
        "DepositToAccountRef": needed(entity.account, "account"),
        **header(entity, marker, company, entity.amount.currency),
        **without_empty({"DocNumber": text.number_of(entity.number)}),
        **location(company),
        "Line": lines,
    }


def _transfer(entity: Movement, marker: str, company: Company, _style: Style) -> Body:
    register = needed(entity.account, "account")
    other = needed(entity.lines[0].account, "other account")
    out = entity.way is Way.OUT
    return {
        "FromAccountRef": register if out else other,
        "ToAccountRef": other if out else register,
        "Amount": amount(entity.amount),
        **header(entity, marker, company, entity.amount.currency),
    }


def journal_sides(entity: Movement) -> list[tuple[str, Reference | None, Money, Line | None]]:
    """Debits and credits of a movement: the register account first."""
    register = "Debit" if entity.way is Way.IN else "Credit"
    other = "Credit" if entity.way is Way.IN else "Debit"
    sides: list[tuple[str, Reference | None, Money, Line | None]] = [
        (register, entity.account, entity.amount, None)
    ]
    for line in entity.lines:
        negative = line.amount.minor < 0
        sides.append((register if negative else other, line.account, abs(line.amount), line))
    return sides


def _journal(entity: Movement, marker: str, company: Company, _style: Style) -> Body:
    lines = []
    for side, account, money, line in journal_sides(entity):
        if line is not None and line.item is not None:
            raise rejected(
                "validation", f"item {line.item.name}", "a journal entry's line takes no item"
            )
        party = line.customer or entity.party if line is not None else None
        detail = {
            "PostingType": side,
            "AccountRef": needed(account, "account"),
            "Entity": _journal_party(party),
            "ClassRef": line_class(line, None, company) if line is not None else None,
            **(location(company) if line is not None else {}),
        }
        lines.append(
            without_empty(
                {
                    "Description": text.cut(line.memo if line else entity.memo, text.NOTE_LIMIT),
                    "Amount": amount(money),
                    "DetailType": "JournalEntryLineDetail",
                    "JournalEntryLineDetail": without_empty(detail),
                }
            )
        )
    return {
        **header(entity, marker, company, entity.amount.currency),
        **without_empty({"DocNumber": text.number_of(entity.number)}),
        "Line": lines,
    }


def _journal_party(party: Reference | None) -> Body | None:
    if party is None:
        return None
    word = "Customer" if party.kind == CUSTOMER else "Vendor"
    return {"Type": word, "EntityRef": needed(party, "party")}


_WORDS: Mapping[str, str] = {
    "Deposit": "deposit",
    "Transfer": "transfer",
    "JournalEntry": "journal entry",
}
_WRITERS: Mapping[str, Callable[[Movement, str, Company, Style], Body]] = {
    "Purchase": _purchase,
    "Deposit": _deposit,
    "Transfer": _transfer,
    "JournalEntry": _journal,
}
