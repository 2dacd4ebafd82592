"""Queries over documents, of one kind or of all."""

from __future__ import annotations

from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks.answer import Outcome, Printer, of_query
from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.check import Fields
from subledger_quickbooks_desktop.simulator.quickbooks.filters import (
    Condition,
    criterion,
    dated_between,
    in_range,
    listed_ids,
    modified_between,
)
from subledger_quickbooks_desktop.simulator.quickbooks.iterators import page
from subledger_quickbooks_desktop.simulator.quickbooks.lexical import is_true
from subledger_quickbooks_desktop.simulator.quickbooks.lists.kinds import ENTITIES
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount
from subledger_quickbooks_desktop.simulator.quickbooks.parse import Request

from .draft import DocumentKind, Draft
from .present import open_cents, printed
from .registry import KINDS
from .rows import load_many

_UNPAID = "NotPaidOnly"


def query(books: Books, kind: DocumentKind, request: Request) -> Outcome:
    """Answer the query of one kind of document."""
    fields = request.fields
    absent: list[str] = []
    found = page(books.iterators, request, lambda: _find(books, (kind.name,), fields, absent))
    data: list[str] = []
    for draft in load_many(books, found.ids):
        data += printed(
            books,
            draft,
            with_lines=is_true(fields.get("IncludeLineItems")) or not kind.hidden,
            with_links=is_true(fields.get("IncludeLinkedTxns")),
            include=request.include,
            owners=fields.get("OwnerID", ()),
        )
    return of_query(found, data, absent)


def query_transactions(books: Books, request: Request) -> Outcome:
    """Answer TransactionQuery: one summary row a document, of any kind."""
    fields = request.fields
    absent: list[str] = []
    wanted = (fields.get("TransactionTypeFilter") or {}).get("TxnTypeFilter", ["All"])
    kinds = tuple(KINDS) if "All" in wanted else tuple(name for name in wanted if name in KINDS)
    filters = {
        **fields,
        "EntityFilter": fields.get("TransactionEntityFilter"),
        "AccountFilter": fields.get("TransactionAccountFilter"),
        "ClassFilter": fields.get("TransactionClassFilter"),
        "ModifiedDateRangeFilter": fields.get("TransactionModifiedDateRangeFilter"),
        "TxnDateRangeFilter": fields.get("TransactionDateRangeFilter"),
    }
    state = {"Open": _UNPAID, "Closed": "PaidOnly"}
    filters["PaidStatus"] = state.get(fields.get("TransactionPaidStatusFilter", ""), "All")
    found = page(books.iterators, request, lambda: _find(books, kinds, filters, absent))
    printer = Printer(version=books.version, name=books.name)
    data: list[str] = []
    for draft in load_many(books, found.ids):
        data += printer.object("TransactionRet", _summary(books, draft), request.include)
    return of_query(found, data, absent)


def _summary(books: Books, draft: Draft) -> dict[str, Any]:
    entity = draft.reference(draft.kind.entity)
    account = draft.reference(draft.kind.account)
    if account is None:
        row = books.store.one("SELECT account FROM posting WHERE document=?", (draft.id,))
        account = row[0] if row else None
    return {
        "TxnType": draft.kind.name,
        "TxnID": draft.id,
        "TimeCreated": books.stamp(draft.created),
        "TimeModified": books.stamp(draft.modified),
        "EntityRef": {"ListID": entity} if entity else None,
        "AccountRef": {"ListID": account} if account else None,
        "TxnDate": draft.date,
        "RefNumber": draft.fields.get("RefNumber", ""),
        "Amount": amount(draft.cents),
        "Memo": draft.fields.get("Memo", ""),
    }


def _find(books: Books, kinds: tuple[str, ...], fields: Fields, absent: list[str]) -> list[str]:
    marks = ",".join("?" * len(kinds))
    if "TxnID" in fields:
        return _by_ids(books, kinds, fields["TxnID"], absent)
    for tag, collation in (("RefNumber", "NOCASE"), ("RefNumberCaseSensitive", "BINARY")):
        if tag in fields:
            return _by_numbers(books, kinds, fields[tag], collation, absent)
    conditions: list[Condition] = [(f"kind IN ({marks})", kinds)]
    conditions += modified_between(books, fields.get("ModifiedDateRangeFilter") or {})
    conditions += dated_between(books, fields.get("TxnDateRangeFilter") or {})
    conditions += _party_conditions(books, fields)
    sql = " AND ".join(condition for condition, _ in conditions)
    values = [value for _, bound in conditions for value in bound]
    rows = books.store.all(
        f"SELECT id, ref FROM document WHERE {sql} ORDER BY date, number", values
    )
    ids = [identity for identity, number in rows if _has_number(fields, number or "")]
    return _with_paid_status(books, ids, fields.get("PaidStatus", "All"))


def _by_ids(
    books: Books, kinds: tuple[str, ...], wanted: list[str], absent: list[str]
) -> list[str]:
    found = []
    for identity in wanted:
        row = books.store.one("SELECT kind FROM document WHERE id=?", (identity,))
        if row is not None and row[0] in kinds:
            found.append(identity)
        else:
            absent.append(identity)
    return found


def _by_numbers(
    books: Books, kinds: tuple[str, ...], wanted: list[str], collation: str, absent: list[str]
) -> list[str]:
    found: list[str] = []
    marks = ",".join("?" * len(kinds))
    for number in wanted:
        rows = books.store.all(
            f"SELECT id FROM document WHERE ref=? AND ref=? COLLATE {collation}"
            f" AND kind IN ({marks}) ORDER BY date, number",
            (number, number, *kinds),
        )
        found += [row[0] for row in rows]
        if not rows:
            absent.append(number)
    if not books.settings.missing_ref_number_warns and not found:
        absent.clear()
    return found


def _party_conditions(books: Books, fields: Fields) -> list[Condition]:
    found: list[Condition] = []
    for tag, column, posted, kinds in (
        ("AccountFilter", "account", "account", ("Account",)),
        ("EntityFilter", "entity", "entity", ENTITIES),
        ("ClassFilter", "NULL", "class", ("Class",)),
    ):
        chosen = fields.get(tag)
        if not chosen:
            continue
        if "AccountTypeFilter" in chosen:
            ids = [item.id for item in books.objects("type=?", (chosen["AccountTypeFilter"],))]
        elif "EntityTypeFilter" in chosen:
            ids = [item.id for item in books.objects("kind=?", (chosen["EntityTypeFilter"],))]
        else:
            ids = listed_ids(books, chosen, kinds)
        marks = ",".join("?" * len(ids))
        posting = f"SELECT document FROM posting WHERE {posted} IN ({marks})"
        found.append((f"({column} IN ({marks}) OR id IN ({posting}))", (*ids, *ids)))
    return found


def _has_number(fields: Fields, number: str) -> bool:
    match = fields.get("RefNumberFilter")
    if match and not criterion(match["MatchCriterion"], match["RefNumber"], number):
        return False
    between = fields.get("RefNumberRangeFilter")
    return not between or in_range(
        between.get("FromRefNumber", ""), between.get("ToRefNumber", ""), number
    )


def _with_paid_status(books: Books, ids: list[str], status: str) -> list[str]:
    if status == "All":
        return ids
    wanted = status == _UNPAID
    return [
        draft.id
        for draft in load_many(books, ids)
        if draft.kind.is_paid and bool(open_cents(books, draft)) == wanted
    ]
