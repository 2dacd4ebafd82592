"""Adding and modifying objects of the lists."""

from __future__ import annotations

import json
from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks.answer import Outcome, Printer
from subledger_quickbooks_desktop.simulator.quickbooks.books import Books, ListObject
from subledger_quickbooks_desktop.simulator.quickbooks.check import Fields
from subledger_quickbooks_desktop.simulator.quickbooks.lexical import is_true
from subledger_quickbooks_desktop.simulator.quickbooks.parse import Request
from subledger_quickbooks_desktop.simulator.quickbooks.status import (
    bad_parent,
    missing,
    name_in_use,
    no_object,
    not_storable,
    save_failed,
    stale,
)
from subledger_quickbooks_desktop.simulator.quickbooks.text import folded

from .kinds import KINDS, SPECIAL_ACCOUNTS, ListKind
from .present import identity, values
from .references import by_name, resolve_all

_MAX_LEVEL = 5
_HEAD = frozenset({"Name", "IsActive", "ParentRef", "ListID", "EditSequence", "AccountType"})
_IGNORED = frozenset({"OpenBalance", "OpenBalanceDate", "TaxLineID"})


def add(books: Books, kind: ListKind, request: Request) -> Outcome:
    """Carry out an Add request and answer with the new object."""
    found = create(books, kind, request.fields[f"{kind.name}Add"])
    return _answer(books, found, request)


def modify(books: Books, kind: ListKind, request: Request) -> Outcome:
    """Carry out a Mod request and answer with the changed object."""
    return _answer(books, change(books, kind, request.fields[f"{kind.name}Mod"]), request)


def create(books: Books, kind: ListKind, fields: Fields) -> ListObject:
    """Store a new object; raises 3090, 3100, 3130, 3140."""
    parent = _parent(books, kind, fields)
    name = str(fields["Name"]).strip()
    new = ListObject(
        id=books.new_list_id(),
        kind=kind.name,
        name=_checked_name(name),
        full_name=_full_name(name, parent),
        parent=parent.id if parent else None,
        type=str(fields.get("AccountType", "")),
        active=is_true(fields.get("IsActive", "true")),
        created=books.now,
        modified=books.now,
        body={**kind.defaults, **_special(kind, name), **_body(books, kind, fields)},
    )
    _check_place(books, kind, new, parent)
    save(books, kind, new)
    return new


def change(books: Books, kind: ListKind, fields: Fields) -> ListObject:
    """Store a changed object; raises 3120, 3200 and what `create` raises."""
    old = books.object(fields["ListID"])
    if old is None or old.kind != kind.name:
        raise no_object(fields["ListID"])
    if fields["EditSequence"] != str(old.modified):
        raise stale(fields["EditSequence"])
    parent = books.object(old.parent) if old.parent else None
    if "ParentRef" in fields:
        parent = _parent(books, kind, fields)
    name = str(fields.get("Name") or old.name).strip()
    body = {**old.body, **_within(old.body, fields, _body(books, kind, fields))}
    new = ListObject(
        id=old.id,
        kind=kind.name,
        name=_checked_name(name),
        full_name=_full_name(name, parent),
        parent=parent.id if parent else None,
        type=str(fields.get("AccountType") or old.type),
        active=is_true(fields["IsActive"]) if fields.get("IsActive") else old.active,
        created=old.created,
        modified=books.now,
        body={key: value for key, value in body.items() if value not in ("", None)},
    )
    _check_place(books, kind, new, parent)
    save(books, kind, new)
    if new.full_name != old.full_name:
        _rename_children(books, kind, new)
    return new


def save(books: Books, kind: ListKind, item: ListObject) -> None:
    """Write an object's row."""
    books.store.execute(
        "INSERT OR REPLACE INTO list_object VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            item.id,
            item.kind,
            kind.space,
            item.name,
            item.full_name,
            folded(item.full_name),
            item.parent,
            item.type,
            item.active,
            item.created,
            item.modified,
            json.dumps(item.body),
        ),
    )
    books.forget_names()


def _parent(books: Books, kind: ListKind, fields: Fields) -> ListObject | None:
    reference = fields.get("ParentRef")
    if not reference or not (reference.get("ListID") or reference.get("FullName")):
        return None
    if reference.get("ListID"):
        found = books.object(reference["ListID"])
        named = reference["ListID"]
    else:
        named = reference["FullName"]
        found = by_name(books, (kind.name,), named)
    if found is None or found.kind != kind.name:
        raise bad_parent(named, kind.plural)
    return found


def _body(books: Books, kind: ListKind, fields: Fields) -> dict[str, Any]:
    own = {key: value for key, value in fields.items() if key not in _HEAD | _IGNORED}
    resolved = resolve_all(books, own, kind.name)
    return {key.removesuffix("Mod"): value for key, value in resolved.items()}


def _within(old: Fields, fields: Fields, body: Fields) -> dict[str, Any]:
    """The new values, where aggregates of a Mod request keep what they do not name."""
    parts = {key.removesuffix("Mod") for key in fields if key.endswith("Mod")}
    return {
        key: {**old.get(key, {}), **value} if key in parts else value for key, value in body.items()
    }


def _special(kind: ListKind, name: str) -> dict[str, str]:
    special = SPECIAL_ACCOUNTS.get(folded(name)) if kind.name == "Account" else None
    return {"SpecialAccountType": special} if special else {}


def _checked_name(name: str) -> str:
    if not name:
        raise missing("Name")
    if ":" in name:
        raise not_storable(name)
    return name


def _full_name(name: str, parent: ListObject | None) -> str:
    return f"{parent.full_name}:{name}" if parent else name


def _check_place(books: Books, kind: ListKind, item: ListObject, parent: ListObject | None) -> None:
    taken = books.store.one(
        "SELECT id FROM list_object WHERE space=? AND name_key=?",
        (kind.space, folded(item.full_name)),
    )
    if taken is not None and taken[0] != item.id:
        raise name_in_use(item.name)
    ancestor = parent
    while ancestor is not None:
        if ancestor.id == item.id:
            raise bad_parent(item.full_name, kind.plural)
        ancestor = books.object(ancestor.parent) if ancestor.parent else None
    if item.full_name.count(":") >= _MAX_LEVEL:
        raise save_failed(f"{kind.name} list", "A list element cannot have more than five levels.")
    if parent is not None and kind.name == "Account" and parent.type != item.type:
        raise save_failed(
            f"{kind.name} list", "A subaccount must have the same type as its parent account."
        )


def _rename_children(books: Books, kind: ListKind, parent: ListObject) -> None:
    for child in books.objects("parent=?", (parent.id,)):
        full_name = _full_name(child.name, parent)
        books.store.execute(
            "UPDATE list_object SET full_name=?, name_key=? WHERE id=?",
            (full_name, folded(full_name), child.id),
        )
        renamed = books.object(child.id)
        if renamed is not None:
            _rename_children(books, kind, renamed)
    books.forget_names()


def _answer(books: Books, item: ListObject, request: Request) -> Outcome:
    kind = KINDS[item.kind]
    printer = Printer(version=books.version, name=books.name)
    data = printer.object(f"{kind.name}Ret", values(books, [item])[0], request.include)
    return Outcome(data=tuple(data), identity=identity(item))
