"""Names of list objects: uniqueness, places in a hierarchy, the suffix of inactive ones."""

from __future__ import annotations

import re

from subledger_quickbooks_online.simulator.company import faults
from subledger_quickbooks_online.simulator.company.books import Books, Draft, Stored, ref
from subledger_quickbooks_online.simulator.company.kinds import KINDS

_SUFFIX = re.compile(r" \(deleted ?\d*\)$")
_GREATEST_LEVEL = 5


def settle(books: Books, draft: Draft, forbidden: str) -> str:
    """Put the name in its final form and return the key under which it is unique.

    Raises 2040 for forbidden characters, 6240 where the name is taken.
    """
    kind = KINDS[draft.entity]
    name = str(draft.body.get(kind.name, "")).strip()
    if not name:
        raise faults.missing(kind.name)
    if any(letter in forbidden for letter in name):
        raise faults.invalid_string(kind.name, name)
    was_active = draft.old is None or draft.old.active
    active = draft.body.setdefault("Active", True)
    if active:
        if not was_active:
            name = _SUFFIX.sub("", name)
        if _is_taken(books, draft, name):
            raise faults.duplicate_name(party=kind.family == "party")
    elif was_active or not _SUFFIX.search(name):
        name = _free(books, draft, _SUFFIX.sub("", name))
    draft.body[kind.name] = name
    return _key(draft, name)


def place(books: Books, draft: Draft) -> None:
    """FullyQualifiedName and Level from the parent; 6180 below the fifth level."""
    name = str(draft.body[KINDS[draft.entity].name])
    level = 0
    parent = parent_of(books, draft.entity, ref(draft.body, "ParentRef"))
    if parent is not None:
        name = f"{parent.body['FullyQualifiedName']}:{name}"
    while parent is not None:
        level += 1
        if level >= _GREATEST_LEVEL or parent.id == draft.id:
            raise faults.too_deep()
        parent = parent_of(books, draft.entity, ref(parent.body, "ParentRef"))
    draft.body["FullyQualifiedName"] = name
    draft.body["_level"] = level


def replace_children(books: Books, parent: Stored) -> None:
    """Give everything below a renamed object its new FullyQualifiedName."""
    for child in list(
        books.find("entity=? AND parent=? ORDER BY number", (parent.entity, parent.id))
    ):
        name = child.body[KINDS[child.entity].name]
        full = f"{parent.body['FullyQualifiedName']}:{name}"
        if full != child.body.get("FullyQualifiedName"):
            child.body["FullyQualifiedName"] = full
            if books.behaviour.rename_bumps_children:
                books.save(child, unique_name=unique_name(child))
            else:
                books.rewrite(child)
            replace_children(books, child)


def unique_name(stored: Stored) -> str | None:
    """The key under which a stored object's name is unique, None for what has no name."""
    kind = KINDS[stored.entity]
    if not kind.name:
        return None
    draft = Draft(entity=stored.entity, id=stored.id, sent={}, body=stored.body)
    return _key(draft, str(stored.body[kind.name]))


def parent_of(books: Books, entity: str, parent: str) -> Stored | None:
    """The object above, if there is one."""
    return books.list_object(entity, parent) if parent else None


def _key(draft: Draft, name: str) -> str:
    kind = KINDS[draft.entity]
    if kind.family == "party":
        return f"party|{name.casefold()}"
    return f"{draft.entity}|{ref(draft.body, 'ParentRef')}|{name.casefold()}"


def _is_taken(books: Books, draft: Draft, name: str) -> bool:
    row = books.store.one("SELECT entity, id FROM object WHERE unique_name=?", (_key(draft, name),))
    return row is not None and tuple(row) != (draft.entity, draft.id)


def _free(books: Books, draft: Draft, name: str) -> str:
    found = f"{name} (deleted)"
    number = 0
    while _is_taken(books, draft, found):
        number += 1
        found = name + books.behaviour.deleted_suffix.format(n=number)
    return found
