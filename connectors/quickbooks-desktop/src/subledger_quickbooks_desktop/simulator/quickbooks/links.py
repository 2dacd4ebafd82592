"""Links between documents: payments, credits, discounts and deposits, with their amounts."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from .store import Store

PAYMENT = "payment"
CREDIT = "credit"
DISCOUNT = "discount"
DEPOSIT = "deposit"
ORDER = "order"
_OPEN = """
SELECT total(cents) FROM (
    SELECT cents FROM link WHERE source=?1 AND kind IN ('payment', 'credit')
    UNION ALL
    SELECT cents FROM link WHERE target=?1 AND kind IN ('payment', 'credit', 'discount'))
"""


@frozen(kw_only=True)
class Link:
    """`source` settles `target` by so many cents; `via` is the document that says so."""

    source: str
    target: str
    kind: str
    cents: int
    via: str


def save(store: Store, via: str, links: Iterable[Link]) -> set[str]:
    """Replace the links that a document makes; returns the other documents touched."""
    touched = release(store, via)
    rows = [(row.source, row.target, row.kind, row.cents, row.via) for row in links]
    store.execute_all("INSERT INTO link VALUES(?,?,?,?,?)", rows)
    return (touched | {end for row in rows for end in row[:2]}) - {via}


def settled(store: Store, document: str) -> int:
    """How much of a document is used up by its links, in cents."""
    return int(store.one(_OPEN, (document,))[0])


def of(store: Store, document: str) -> list[Link]:
    """Links at either end of a document, in the order in which they were made."""
    rows = store.all(
        "SELECT source, target, kind, cents, via FROM link WHERE source=?1 OR target=?1"
        " ORDER BY rowid",
        (document,),
    )
    return [
        Link(source=row[0], target=row[1], kind=row[2], cents=row[3], via=row[4]) for row in rows
    ]


def of_via(store: Store, via: str) -> list[Link]:
    """The links that a document makes."""
    rows = store.all(
        "SELECT source, target, kind, cents FROM link WHERE via=? ORDER BY rowid", (via,)
    )
    return [Link(source=row[0], target=row[1], kind=row[2], cents=row[3], via=via) for row in rows]


def release(store: Store, via: str) -> set[str]:
    """Remove the links that a document makes; returns the other documents touched."""
    touched = {end for link in of_via(store, via) for end in (link.source, link.target)}
    store.execute("DELETE FROM link WHERE via=?", (via,))
    return touched - {via}


def is_deposited(store: Store, document: str) -> bool:
    """Whether a deposit has taken the document out of Undeposited Funds."""
    found = store.one("SELECT 1 FROM link WHERE target=? AND kind=?", (document, DEPOSIT))
    return found is not None


def dependents(store: Store, document: str) -> list[str]:
    """Documents whose links hold this one, other than itself."""
    rows = store.all(
        "SELECT DISTINCT via FROM link WHERE (source=?1 OR target=?1) AND via<>?1", (document,)
    )
    return [row[0] for row in rows]


def drop(store: Store, document: str) -> set[str]:
    """Remove every link that has to do with a document; returns the other documents touched."""
    touched = release(store, document)
    touched |= {end for link in of(store, document) for end in (link.source, link.target)}
    store.execute("DELETE FROM link WHERE source=?1 OR target=?1", (document,))
    return touched - {document}


def head(store: Store, document: str) -> tuple[str, str, str, int] | None:
    """Kind, date, number and total in cents of a document, without its body."""
    row = store.one("SELECT kind, date, ref, cents FROM document WHERE id=?", (document,))
    return (row[0], row[1], row[2] or "", row[3]) if row else None
