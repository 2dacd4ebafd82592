"""The general ledger: postings of documents, debit positive, always in balance."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from attrs import frozen

from .books import Books
from .money import money


class OutOfBalanceError(AssertionError):
    """The simulator was about to write books that do not balance: a defect of the simulator."""


@frozen(kw_only=True)
class Entry:
    """One row of the ledger in cents, debit positive; every other value is an Id or "".

    The cents are of the document's currency unless `home` says that they are of the books'.
    """

    account: str
    cents: int
    line: str = ""
    name: str = ""
    class_id: str = ""
    department: str = ""
    home: bool = False


def post(books: Books, txn: str, entries: Iterable[Entry]) -> None:
    """Replace a document's postings; raise OutOfBalanceError when they do not add up to nothing."""
    rows = [entry for entry in entries if entry.cents]
    total = sum(row.cents for row in rows)
    if total:
        raise OutOfBalanceError(f"{txn} is off by {total} cents")
    books.store.execute("DELETE FROM posting WHERE txn=?", (txn,))
    books.store.execute_all(
        "INSERT INTO posting VALUES(?,?,?,?,?,?,?)",
        [
            (txn, row.line, row.account, row.cents, row.name, row.class_id, row.department)
            for row in rows
        ],
    )


def move_stock(books: Books, txn: str, movements: Iterable[tuple[str, Decimal]]) -> None:
    """Replace what a document takes from or adds to the stock: item and quantity."""
    books.store.execute("DELETE FROM movement WHERE txn=?", (txn,))
    books.store.execute_all(
        "INSERT INTO movement VALUES(?,?,?)",
        [(txn, item, str(quantity)) for item, quantity in movements if quantity],
    )


def on_hand(books: Books, item: str) -> Decimal:
    """The stock of an item."""
    rows = books.store.all("SELECT quantity FROM movement WHERE item=?", (item,))
    return sum((Decimal(row[0]) for row in rows), Decimal(0))


def account_cents(books: Books, account: str) -> int:
    """The balance of one account, debit positive."""
    found = books.store.value("SELECT sum(cents) FROM posting WHERE account=?", (account,))
    return int(found or 0)


def name_cents(books: Books, account_type: str, name: str) -> int:
    """What the accounts of a type hold for a customer or vendor, debit positive."""
    accounts = [
        row[0]
        for row in books.store.all(
            "SELECT id FROM object WHERE entity='Account' AND json_extract(body,'$.AccountType')=?",
            (account_type,),
        )
    ]
    marks = ",".join("?" * len(accounts))
    found = books.store.value(
        f"SELECT sum(cents) FROM posting WHERE name=? AND account IN ({marks})", (name, *accounts)
    )
    return int(found or 0)


def trial_balance(books: Books) -> dict[str, Decimal]:
    """The balance of every account by fully qualified name, debit positive."""
    rows = books.store.all(
        "SELECT json_extract(o.body,'$.FullyQualifiedName'), coalesce(sum(p.cents), 0)"
        " FROM object o LEFT JOIN posting p ON p.account=o.id"
        " WHERE o.entity='Account' GROUP BY o.id ORDER BY 1"
    )
    return {str(name): money(int(total)) for name, total in rows}
