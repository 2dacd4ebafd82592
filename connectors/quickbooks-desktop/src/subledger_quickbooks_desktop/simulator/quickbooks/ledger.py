"""The general ledger: postings of documents, debit positive, always in balance."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from .books import Books
from .store import Store

BALANCE_SHEET_DEBIT = frozenset(
    {"Bank", "AccountsReceivable", "OtherCurrentAsset", "FixedAsset", "OtherAsset"}
)
BALANCE_SHEET_CREDIT = frozenset(
    {"AccountsPayable", "CreditCard", "OtherCurrentLiability", "LongTermLiability", "Equity"}
)


class OutOfBalanceError(AssertionError):
    """The simulator was about to write books that do not balance: a defect of the simulator."""


@frozen(kw_only=True)
class Posting:
    """One row of the ledger in cents, debit positive; `line` is "" for the document's own."""

    account: str
    cents: int
    line: str = ""
    entity: str | None = None
    class_id: str | None = None


def post(books: Books, document: str, postings: Iterable[Posting]) -> None:
    """Replace a document's postings; raise OutOfBalanceError when they do not add up to nothing."""
    rows = list(postings)
    total = sum(row.cents for row in rows)
    if total:
        raise OutOfBalanceError(f"{document} is off by {total} cents")
    books.store.execute("DELETE FROM posting WHERE document=?", (document,))
    books.store.execute_all(
        "INSERT INTO posting VALUES(?,?,?,?,?,?)",
        [(document, row.line, row.account, row.cents, row.entity, row.class_id) for row in rows],
    )


def account_cents(store: Store, account: str) -> int:
    """The balance of one account, debit positive."""
    row = store.one("SELECT total(cents) FROM posting WHERE account=?", (account,))
    return int(row[0])


def balances(store: Store) -> dict[str, int]:
    """The balance of every account that was ever posted to, debit positive."""
    rows = store.all("SELECT account, sum(cents) FROM posting GROUP BY account")
    return {account: int(cents) for account, cents in rows}


def natural(account_type: str, debit: int) -> int:
    """A balance as QuickBooks shows it: as positive on the side where the account grows."""
    if account_type in BALANCE_SHEET_DEBIT:
        return debit
    return -debit if account_type in BALANCE_SHEET_CREDIT else 0


def entity_balances(store: Store, account_type: str) -> dict[str, int]:
    """Per customer or vendor what accounts of that type hold, debit positive."""
    rows = store.all(
        "SELECT posting.entity, sum(posting.cents) FROM list_object JOIN posting"
        " ON posting.account = list_object.id"
        " WHERE list_object.kind='Account' AND list_object.type=? AND posting.entity IS NOT NULL"
        " GROUP BY posting.entity",
        (account_type,),
    )
    return {entity: int(cents) for entity, cents in rows}
