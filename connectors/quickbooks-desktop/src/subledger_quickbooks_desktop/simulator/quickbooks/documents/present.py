"""Documents as the fields of a Ret: stored values and what is computed afresh."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks import links
from subledger_quickbooks_desktop.simulator.quickbooks.answer import Printer
from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.check import LINES
from subledger_quickbooks_desktop.simulator.quickbooks.data_ext import attached
from subledger_quickbooks_desktop.simulator.quickbooks.lists.present import block
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount

from .draft import Draft

_ADDRESSES = ("Address", "BillAddress", "ShipAddress")
_SHOWN = frozenset({links.PAYMENT, links.CREDIT, links.DISCOUNT, links.ORDER})


def identity(draft: Draft) -> tuple[tuple[str, str], ...]:
    """What tells a document again when its data is not repeated."""
    return (
        ("TxnID", draft.id),
        ("TxnNumber", str(draft.number)),
        ("EditSequence", str(draft.modified)),
        ("ExternalGUID", str(draft.fields.get("ExternalGUID", ""))),
    )


def printed(
    books: Books,
    draft: Draft,
    *,
    with_lines: bool,
    with_links: bool,
    include: frozenset[str] = frozenset(),
    owners: Iterable[str] = (),
) -> list[str]:
    """The printed lines of one document."""
    fields = values(books, draft, with_lines=with_lines, with_links=with_links)
    extensions = attached(books, draft.id, owners)
    if extensions:
        fields["DataExtRet"] = extensions
    printer = Printer(version=books.version, name=books.name)
    return printer.object(f"{draft.kind.name}Ret", fields, include)


def values(books: Books, draft: Draft, *, with_lines: bool, with_links: bool) -> dict[str, Any]:
    """The document's fields under the names of its Ret element."""
    kind = draft.kind
    fields: dict[str, Any] = {
        **draft.fields,
        "TxnID": draft.id,
        "TimeCreated": books.stamp(draft.created),
        "TimeModified": books.stamp(draft.modified),
        "EditSequence": str(draft.modified),
        "TxnNumber": str(draft.number),
    }
    if kind.total:
        fields[kind.total] = amount(draft.cents)
    for tag in _ADDRESSES:
        if fields.get(tag):
            fields[f"{tag}Block"] = block(fields[tag])
    if with_lines and draft.lines:
        fields[LINES] = draft.lines
    if with_links and kind.shows_links:
        fields["LinkedTxn"] = linked(books, draft.id)
    if kind.refresh is not None:
        kind.refresh(books, draft, fields)
    if not with_lines:
        for tag in kind.hidden:
            fields.pop(tag, None)
    return fields


def linked(books: Books, document: str) -> list[dict[str, str]]:
    """The documents at the other end of a document's links."""
    found = []
    for link in links.of(books.store, document):
        if link.kind not in _SHOWN:
            continue
        is_target = link.target == document
        other = link.source if is_target else link.target
        row = links.head(books.store, other)
        if row is not None:
            found.append(
                {
                    "TxnID": other,
                    "TxnType": row[0],
                    "TxnDate": row[1],
                    "RefNumber": row[2],
                    "LinkType": "QUANTYPE" if link.kind == links.ORDER else "AMTTYPE",
                    "Amount": amount(-link.cents if is_target else link.cents),
                }
            )
    return found


def open_cents(books: Books, draft: Draft) -> int:
    """What of a document's total no link has settled yet."""
    return draft.cents - links.settled(books.store, draft.id)
