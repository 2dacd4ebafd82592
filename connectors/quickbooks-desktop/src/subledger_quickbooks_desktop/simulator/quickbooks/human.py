"""A person at QuickBooks: edits that the application under test did not make."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from attrs import evolve, frozen
from lxml import etree

from .books import Books, ListObject
from .documents import remove
from .documents.draft import Draft
from .documents.rows import load
from .iterators import Iterators
from .lists.change import create
from .lists.kinds import KINDS
from .lists.references import by_name
from .schema import messages, structure
from .session import OpenSession
from .status import RefusedError, no_object
from .text import escaped

_HEAD = '<?xml version="1.0"?><?qbxml version="13.0"?>'
_VERSION = 13.0

Values = Mapping[str, Any]
"""Nested values under qbXML names, in any order: text, a mapping, or a list where one repeats."""


@frozen(kw_only=True)
class Human:
    """Does by hand what an application does by qbXML; closed books and locks do not stop it.

    What QuickBooks refuses even then is raised as RefusedError.
    """

    session: OpenSession

    def request(self, name: str, values: Values) -> etree._Element:
        """Carry out one request, for instance "CheckAdd", and return its response element."""
        body = _xml(messages()[name].structure, values)
        answer = self.session.process(
            f'{_HEAD}<QBXML><QBXMLMsgsRq onError="stopOnError"><{name}Rq>{body}</{name}Rq>'
            "</QBXMLMsgsRq></QBXML>"
        )
        found = etree.fromstring(answer.encode())[0][0]
        if found.get("statusSeverity") == "Error":
            raise RefusedError(int(found.get("statusCode", "")), found.get("statusMessage", ""))
        return found

    def add_document(self, kind: str, values: Values) -> str:
        """Enter a document and return its TxnID."""
        found = self.request(f"{kind}Add", {f"{kind}Add": values})
        return str(found.findtext(f"{kind}Ret/TxnID"))

    def edit_document(self, txn_id: str, values: Values) -> None:
        """Change a document: the values of its Mod request without TxnID and EditSequence."""
        with self._books() as books:
            draft = _document(books, txn_id)
        head = {"TxnID": txn_id, "EditSequence": str(draft.modified)}
        name = f"{draft.kind.name}Mod"
        self.request(name, {name: {**head, **values}})

    def delete_document(self, txn_id: str) -> None:
        """Delete a document of any kind, a Transfer too."""
        with self._books() as books:
            remove.delete_document(books, _document(books, txn_id))

    def void_document(self, txn_id: str) -> None:
        """Void a document."""
        with self._books() as books:
            remove.void_document(books, _document(books, txn_id))

    def add_list_object(self, kind: str, values: Values) -> str:
        """Enter an object of a list and return its ListID."""
        if f"{kind}Add" not in messages():
            with self._books() as books:
                return create(books, KINDS[kind], dict(values)).id
        found = self.request(f"{kind}Add", {f"{kind}Add": values})
        return str(found.findtext(f"{kind}Ret/ListID"))

    def edit_list_object(self, kind: str, full_name: str, values: Values) -> None:
        """Change an object of a list, found by its full name."""
        with self._books() as books:
            item = _object(books, kind, full_name)
        head = {"ListID": item.id, "EditSequence": str(item.modified)}
        self.request(f"{kind}Mod", {f"{kind}Mod": {**head, **values}})

    def rename(self, kind: str, full_name: str, name: str) -> None:
        """Give an object of a list another name; its children move along."""
        self.edit_list_object(kind, full_name, {"Name": name})

    def deactivate(self, kind: str, full_name: str) -> None:
        """Make an object of a list inactive."""
        self.edit_list_object(kind, full_name, {"IsActive": "false"})

    def rename_account(self, full_name: str, name: str) -> None:
        """Give an account another name."""
        self.rename("Account", full_name, name)

    def deactivate_account(self, full_name: str) -> None:
        """Make an account inactive."""
        self.deactivate("Account", full_name)

    def set_closing_date(self, date: dt.date | None) -> None:
        """Close the books up to and including that day, or open them again."""
        store = self.session.machine.store
        with self.session.machine.lock, store.transaction():
            text = date.isoformat() if date else ""
            store.set_settings(evolve(store.settings, closing_date=text))

    @contextmanager
    def _books(self) -> Iterator[Books]:
        machine = self.session.machine
        with machine.lock, machine.store.transaction():
            yield Books(
                store=machine.store,
                settings=machine.store.settings,
                iterators=Iterators(rng=machine.rng, limit=1),
                now=machine.clock(),
                version=_VERSION,
                human=True,
            )


def _document(books: Books, txn_id: str) -> Draft:
    draft = load(books, txn_id)
    if draft is None:
        raise no_object(txn_id)
    return draft


def _object(books: Books, kind: str, full_name: str) -> ListObject:
    item = by_name(books, (kind,), full_name)
    if item is None:
        raise no_object(full_name)
    return item


def _xml(name: str, values: Values) -> str:
    model = structure(name)
    unknown = set(values) - set(model.children)
    if unknown:
        raise KeyError(f"{name} has no {sorted(unknown)}")
    out: list[str] = []
    for tag, child in model.children.items():
        given = values.get(tag)
        if given is None:
            continue
        for single in given if isinstance(given, list) else [given]:
            body = _xml(child.structure, single) if child.structure else escaped(str(single))
            out.append(f"<{tag}>{body}</{tag}>")
    return "".join(out)
