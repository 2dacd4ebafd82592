"""Adding and modifying documents: the same preparation for both, so that both obey one rule."""

from __future__ import annotations

from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks import links
from subledger_quickbooks_desktop.simulator.quickbooks.answer import Outcome
from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.check import LINES, Fields
from subledger_quickbooks_desktop.simulator.quickbooks.lexical import is_true
from subledger_quickbooks_desktop.simulator.quickbooks.lists.references import resolve_all
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount
from subledger_quickbooks_desktop.simulator.quickbooks.parse import Request
from subledger_quickbooks_desktop.simulator.quickbooks.status import (
    RefusedError,
    bad_value,
    caused,
    in_use,
    no_object,
    save_failed,
    stale,
    wrong_line_order,
)

from .draft import DocumentKind, Draft, Line
from .orders import lines_of_order
from .present import identity, printed
from .rows import load, save, touch
from .settle import APPLIED

_NEW_LINE = "-1"
_LARGEST = 10**15 - 1
_HEAD = frozenset({"TxnID", "EditSequence", "ClearExpenseLines", "ClearItemLines", LINES})
_FAMILIES = {"ExpenseLineRet": "ClearExpenseLines", "ItemLineRet": "ClearItemLines"}
_JOURNAL = "Journal"
_DEPOSITED = "The payment has been deposited."
_SETTLED = "The total would be less than what was applied to it."
_SUFFIXES = ("Add", "Mod")


def add(books: Books, kind: DocumentKind, request: Request) -> Outcome:
    """Carry out an Add request and answer with the new document and its lines."""
    draft = create(books, kind, request.fields[f"{kind.name}Add"])
    if request.macro:
        books.macros[request.macro] = draft.id
    return _answer(books, draft, request)


def modify(books: Books, kind: DocumentKind, request: Request) -> Outcome:
    """Carry out a Mod request and answer with the changed document and its lines."""
    return _answer(books, change(books, kind, request.fields[f"{kind.name}Mod"]), request)


def create(books: Books, kind: DocumentKind, fields: Fields) -> Draft:
    """Save a new document; raises RefusedError where the books do not allow it."""
    _check_supported(kind, fields)
    fields = resolve_all(books, fields, kind.name)
    lines = fields.pop(LINES, [])
    for order in fields.pop("LinkToTxnID", ()):
        lines += lines_of_order(books, order, "ItemLineAdd")
    ids = books.new_transaction_ids(2 + len(lines))
    header = _header(fields)
    header.setdefault("TxnDate", "")
    header["TxnDate"] = header["TxnDate"] or books.today.isoformat()
    if kind.default_number and not header.get("RefNumber"):
        header["RefNumber"] = str(books.store.count(f"number:{kind.name}"))
    draft = Draft(
        kind=kind,
        id=ids[0],
        number=books.store.count("document"),
        created=books.now,
        modified=books.now,
        fields=header,
        lines=[
            (kind.lines.get(tag, tag), {**_without_nothing(line), "TxnLineID": ids[2 + position]})
            for position, (tag, line) in enumerate(lines)
        ],
        main_line=ids[1],
    )
    check_open(books, draft.date, books.settings.closed_add_code, f"save the {kind.name}")
    kind.prepare(books, draft)
    _check_size(draft)
    save(books, draft)
    return draft


def change(books: Books, kind: DocumentKind, fields: Fields) -> Draft:
    """Save a changed document; raises 3120, 3175, 3200, 3290 and what `create` raises."""
    old = load(books, fields["TxnID"])
    if old is None or old.kind.name != kind.name:
        raise no_object(fields["TxnID"])
    if fields["EditSequence"] != str(old.modified):
        raise stale(fields["EditSequence"])
    check_free(books, old.id)
    code = books.settings.closed_modify_code
    check_open(books, old.date, code, f"modify the {kind.name}")
    _check_supported(kind, fields)
    fields = resolve_all(books, fields, kind.name)
    header = {**old.fields, **_header(fields)}
    if books.settings.unnamed_applications == "keep":
        header[APPLIED] = _with_unnamed(books, old, header.get(APPLIED, []))
    given = fields.get(LINES, [])
    draft = Draft(
        kind=kind,
        id=old.id,
        number=old.number,
        created=old.created,
        modified=books.now,
        fields={key: value for key, value in header.items() if value not in ("", None, [])},
        lines=_changed_lines(books, old, given, fields),
        main_line=old.main_line,
        voided=old.voided and not given,
        old=old,
    )
    draft.fields.setdefault("TxnDate", old.date)
    check_open(books, draft.date, code, f"modify the {kind.name}")
    released = links.release(books.store, draft.id)
    if draft.voided:
        draft.postings = []
    else:
        kind.prepare(books, draft)
    _check_settled(books, draft, old)
    _check_size(draft)
    save(books, draft)
    touch(books, released)
    return draft


def _with_unnamed(books: Books, old: Draft, given: list[Any]) -> list[Any]:
    """The rows of a change, after those that stand and whose documents it does not name."""
    named = {row["TxnID"] for row in given}
    held = {link.target for link in links.of_via(books.store, old.id)} - named
    return [*(row for row in old.fields.get(APPLIED, ()) if row["TxnID"] in held), *given]


def _check_settled(books: Books, draft: Draft, old: Draft) -> None:
    """Refuse a new total, or account of a deposit, that others already count on."""
    account = draft.kind.account
    same_total = draft.cents == old.cents
    if same_total and draft.reference(account) == old.reference(account):
        return
    if links.is_deposited(books.store, draft.id):
        raise RefusedError(3172, caused(f"Cannot modify the {draft.kind.name}.", _DEPOSITED))
    applied = links.settled(books.store, draft.id)
    if not same_total and draft.kind.can_be_settled and draft.cents < applied:
        raise save_failed(draft.kind.name, _SETTLED)


def check_open(books: Books, date: str, code: int, action: str) -> None:
    """Refuse a date in the closed period; a person at QuickBooks knows the password."""
    closing = books.settings.closing_date
    if closing and not books.human and date <= closing:
        raise RefusedError(code, caused(f"Cannot {action}.", books.settings.closed_message))


def check_free(books: Books, document: str) -> None:
    """Refuse (3175) a document that somebody has open."""
    if document in books.settings.locked_ids and not books.human:
        raise in_use(document)


def _check_supported(kind: DocumentKind, fields: Fields) -> None:
    """Refuse item groups (1030): they are not simulated."""
    for tag, _ in fields.get(LINES, ()):
        if tag not in kind.lines:
            raise RefusedError(1030, f"{tag} is not supported.")


def _check_size(draft: Draft) -> None:
    """Refuse amounts that qbXML could not print."""
    for posting in draft.postings:
        if abs(posting.cents) > _LARGEST:
            raise bad_value("Amount", amount(posting.cents), "The amount is too large.")


def _header(fields: Fields) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in fields.items():
        if key in _HEAD:
            continue
        name = key
        for suffix in _SUFFIXES:
            name = name.removesuffix(suffix)
        found["CashBackInfoRet" if name == "CashBackInfo" else name] = value
    return found


def _without_nothing(line: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in line.items() if value not in (None, "")}


def _changed_lines(books: Books, old: Draft, given: list[Line], fields: Fields) -> list[Line]:
    """The lines after a Mod: a list of which any line is given is replaced by those given."""
    names = {tag: _family(old.kind.lines.get(tag, tag)) for tag, _ in given}
    replaced = set(names.values())
    replaced |= {name for name, clear in _FAMILIES.items() if is_true(fields.get(clear))}
    kept = [row for row in old.lines if _family(row[0]) not in replaced]
    rows = [_changed_line(books, old, tag, line) for tag, line in given]
    _check_order(old, [line["TxnLineID"] for _, line in given])
    lines = kept + rows
    lines.sort(key=lambda row: list(_FAMILIES).index(row[0]) if row[0] in _FAMILIES else 0)
    return lines


def _family(tag: str) -> str:
    return _JOURNAL if tag.startswith(_JOURNAL) else tag


def _changed_line(books: Books, old: Draft, tag: str, line: dict[str, Any]) -> Line:
    stored = old.kind.lines.get(tag, tag)
    identity_of_line = line["TxnLineID"]
    before: Line | None = None
    if identity_of_line == _NEW_LINE:
        line = {**line, "TxnLineID": books.new_transaction_ids(1)[0]}
    else:
        before = next((row for row in old.lines if row[1]["TxnLineID"] == identity_of_line), None)
        if before is None:
            raise no_object(identity_of_line)
    if stored == "JournalLineMod":
        side = line.get("JournalLineType")
        stored = f"Journal{side}Line" if side or before is None else before[0]
        line = {key: value for key, value in line.items() if key != "JournalLineType"}
    merged = {**(before[1] if before else {}), **line}
    if "Amount" not in line and ("Rate" in line or "Quantity" in line or "Cost" in line):
        merged.pop("Amount", None)
    return stored, _without_nothing(merged)


def _check_order(old: Draft, given: list[str]) -> None:
    positions = {line["TxnLineID"]: place for place, (_, line) in enumerate(old.lines)}
    last = -1
    for identity_of_line in given:
        if identity_of_line == _NEW_LINE:
            continue
        place = positions[identity_of_line]
        if place <= last:
            raise wrong_line_order(identity_of_line)
        last = place


def _answer(books: Books, draft: Draft, request: Request) -> Outcome:
    data = printed(books, draft, with_lines=True, with_links=True, include=request.include)
    return Outcome(data=tuple(data), identity=identity(draft))
