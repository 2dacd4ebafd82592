"""A document while it is written, and what a kind of document declares about itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import define, field, frozen

from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import Posting
from subledger_quickbooks_desktop.simulator.quickbooks.links import Link

Line = tuple[str, dict[str, Any]]
"""Tag of the Ret element and the line's fields; every stored line has a TxnLineID."""


@define(kw_only=True)
class Draft:
    """A document that will be saved: `prepare` of its kind fills what is computed.

    `old` is the document before a Mod, None for a new one. `cents` is the total.
    """

    kind: DocumentKind
    id: str
    number: int
    created: int
    modified: int
    fields: dict[str, Any]
    lines: list[Line]
    main_line: str = ""
    cents: int = 0
    voided: bool = False
    postings: list[Posting] = field(factory=list)
    links: list[Link] = field(factory=list)
    old: Draft | None = None

    def reference(self, tag: str) -> str | None:
        """The ListID of a reference in the header."""
        value = self.fields.get(tag)
        return value["ListID"] if value else None

    @property
    def date(self) -> str:
        """The transaction date."""
        return str(self.fields["TxnDate"])


@frozen(kw_only=True)
class DocumentKind:
    """One kind of document.

    `prepare` checks the draft, fills defaults and sets total, postings and links. `refresh` adds
    what an answer computes afresh. `account` and `entity` are the header's main references.
    `hidden` are the parts that a query shows only on request. `is_paid`: queries may ask for paid
    or unpaid ones.
    """

    name: str
    total: str
    prepare: Callable[[Books, Draft], None]
    account: str = ""
    entity: str = ""
    refresh: Callable[[Books, Draft, dict[str, Any]], None] | None = None
    lines: Mapping[str, str] = {}
    hidden: frozenset[str] = frozenset()
    shows_links: bool = False
    can_be_settled: bool = False
    is_paid: bool = False
    default_number: bool = False
