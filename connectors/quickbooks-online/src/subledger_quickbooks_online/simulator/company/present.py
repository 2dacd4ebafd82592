"""Objects as the API shows them: envelope, names of references, balances."""

from __future__ import annotations

from .books import JSON, Books, Stored
from .documents import currency
from .references import fill
from .registry import LISTS


def shown(books: Books, stored: Stored) -> JSON:
    """The object with everything that a reader sees; `stored` must be a fresh copy."""
    body = {name: value for name, value in stored.body.items() if not name.startswith("_")}
    if stored.entity in LISTS:
        body |= LISTS[stored.entity].computed(books, stored)
    body |= currency.shown(stored)
    fill(books, stored.entity, body)
    return body | envelope(books, stored)


def envelope(books: Books, stored: Stored) -> JSON:
    """What every object has besides its own members."""
    return {
        "domain": "QBO",
        "sparse": False,
        "Id": stored.id,
        "SyncToken": str(stored.sync_token),
        "MetaData": {
            "CreateTime": books.stamp(stored.created),
            "LastUpdatedTime": books.stamp(stored.modified),
        },
    }


def stub(books: Books, id: str, modified: int | None = None) -> JSON:  # noqa: A002
    """What is shown of a deleted object."""
    found: JSON = {"domain": "QBO", "status": "Deleted", "Id": id}
    if modified is not None:
        found["MetaData"] = {"LastUpdatedTime": books.stamp(modified)}
    return found
