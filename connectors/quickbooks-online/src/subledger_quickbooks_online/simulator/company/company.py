"""One realm's company: what can be done with it, each thing all or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any, Self

from .behaviour import Behaviour
from .values import Change, Posting


class Company:
    """A company's books; methods are synchronous, all or nothing, and raise CompanyFault.

    Objects go in and come out as JSON values in Intuit's spelling, numbers as Decimal.
    """

    @classmethod
    def open(
        cls,
        path: str,
        realm: str,
        clock: Callable[[], dt.datetime],
        *,
        seed: int = 1,
        preferences: Mapping[str, Any] = {},
        behaviour: Behaviour | None = None,
    ) -> Self:
        """Open the file at `path` (":memory:" for none); a new one gets the starter company."""
        raise NotImplementedError

    realm: str
    behaviour: Behaviour

    def create(
        self, entity: str, body: Mapping[str, Any], options: Mapping[str, str] = {}
    ) -> dict[str, Any]:
        """Create an object; `options` are the URL's (`include`); returns it as stored."""
        raise NotImplementedError

    def update(
        self, entity: str, body: Mapping[str, Any], options: Mapping[str, str] = {}
    ) -> dict[str, Any]:
        """Update by Id and SyncToken, sparse where `body["sparse"]`; include=void voids."""
        raise NotImplementedError

    def read(self, entity: str, id: str) -> dict[str, Any]:  # noqa: A002
        """The object, or fault 610."""
        raise NotImplementedError

    def delete(self, entity: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Delete by Id and SyncToken; returns the stub with status Deleted."""
        raise NotImplementedError

    def void(self, entity: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Void by Id and SyncToken; returns the object with its amounts zeroed."""
        raise NotImplementedError

    def send(self, entity: str, id: str, to: str = "") -> dict[str, Any]:  # noqa: A002
        """E-mail a document: EmailStatus becomes EmailSent."""
        raise NotImplementedError

    def merge(self, entity: str, keep: str, drop: str) -> dict[str, Any]:
        """Merge one list object into another, as a person does; returns the one that stays."""
        raise NotImplementedError

    def query(self, statement: str) -> dict[str, Any]:
        """The value of QueryResponse."""
        raise NotImplementedError

    def changed_since(self, entities: Sequence[str], since: dt.datetime) -> list[dict[str, Any]]:
        """Change data capture: a list of QueryResponse values."""
        raise NotImplementedError

    def tax_service(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a tax code with its rates; returns the TaxService value."""
        raise NotImplementedError

    def take_changes(self) -> list[Change]:
        """What changed since the last take, oldest first."""
        raise NotImplementedError

    def trial_balance(self) -> Mapping[str, Decimal]:
        """By account's fully qualified name, debit positive; always sums to zero."""
        raise NotImplementedError

    def postings(self, id: str) -> list[Posting]:  # noqa: A002
        """The double entry behind one transaction."""
        raise NotImplementedError

    def documents(self) -> list[dict[str, Any]]:
        """Every transaction in the order of Ids, each with its entity under "entity"."""
        raise NotImplementedError

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing over several calls; may be nested."""
        raise NotImplementedError

    def remembered(self, request_id: str) -> dict[str, Any] | None:
        """The response that was remembered for a requestid."""
        raise NotImplementedError

    def remember(self, request_id: str, response: Mapping[str, Any]) -> None:
        """Keep the response to a requestid."""
        raise NotImplementedError

    def forget_requests(self) -> None:
        """Forget every remembered response."""
        raise NotImplementedError

    def set_preferences(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change preferences as a person does, read-only ones too; dotted names or nested."""
        raise NotImplementedError

    def close_books(self, date: dt.date | None, *, password: bool = False) -> None:
        """Set or lift the closing date."""
        raise NotImplementedError

    def match(self, id: str, *, matched: bool = True) -> None:  # noqa: A002
        """Match a transaction to a bank line: it is locked (6480) until unmatched."""
        raise NotImplementedError

    def configure(self, **changes: Any) -> Behaviour:
        """Change switches by name, durably."""
        raise NotImplementedError

    def snapshot(self) -> bytes:
        """The whole company as bytes."""
        raise NotImplementedError

    def restore(self, content: bytes) -> None:
        """Go back to a snapshot; what came after is gone."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the file."""
        raise NotImplementedError
