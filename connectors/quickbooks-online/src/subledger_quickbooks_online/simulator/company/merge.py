"""Merging one list object into another, as a person does it in QuickBooks."""

from __future__ import annotations

from . import currencies, faults
from .books import Books, Stored
from .kinds import KINDS
from .lists import naming
from .references import target, walk

_MERGEABLE = frozenset({"Customer", "Vendor", "Account", "Class", "Department", "Item"})


def merge(books: Books, entity: str, keep: str, drop: str) -> Stored:
    """Let everything that names `drop` name `keep`, and take `drop` away."""
    if entity not in _MERGEABLE:
        raise faults.unsupported_operation(entity, "merge")
    stays, goes = books.get(entity, keep), books.get(entity, drop)
    if stays is None or goes is None or keep == drop:
        raise faults.not_found()
    if stays.body.get("AccountType") != goes.body.get("AccountType"):
        raise faults.business("Accounts of different types cannot be merged.")
    if currencies.of(books, stays.body) != currencies.of(books, goes.body):
        raise faults.business("What has different currencies cannot be merged.")
    for stored in list(books.find("body LIKE ?", (f'%"{drop}"%',))):
        _rename(books, stored, entity, keep, drop)
    if entity in {"Customer", "Vendor"}:
        # customers and vendors share one counter, so that an Id alone is enough
        books.store.execute("UPDATE posting SET name=? WHERE name=?", (keep, drop))
    elif entity == "Account":
        books.store.execute("UPDATE posting SET account=? WHERE account=?", (keep, drop))
    elif entity == "Item":
        books.store.execute("UPDATE movement SET item=? WHERE item=?", (keep, drop))
    else:
        column = {"Class": "class", "Department": "department"}[entity]
        books.store.execute(f"UPDATE posting SET {column}=? WHERE {column}=?", (keep, drop))
    books.store.execute("DELETE FROM object WHERE entity=? AND id=?", (entity, drop))
    books.store.execute(
        "INSERT OR REPLACE INTO deleted VALUES(?,?,?)", (entity, drop, books.micros)
    )
    stays = books.get(entity, keep) or stays
    books.save(stays, "Update", unique_name=naming.unique_name(stays))
    naming.replace_children(books, stays)
    books.store.execute(
        "UPDATE change SET operation='Merge', deleted_id=? WHERE rowid="
        "(SELECT max(rowid) FROM change)",
        (drop,),
    )
    return stays


def _rename(books: Books, stored: Stored, entity: str, keep: str, drop: str) -> None:
    changed = False
    for name, reference, _ in walk(stored.body):
        found = target(name, reference, stored.entity)
        if found is not None and found[0] == entity and reference["value"] == drop:
            reference["value"] = keep
            changed = True
    if stored.body.get("_from") == drop and entity == "Account":
        stored.body["_from"] = keep
        changed = True
    if not changed:
        return
    if KINDS[stored.entity].is_transaction:
        books.save(stored)
    else:
        key = naming.unique_name(stored)
        taken = books.store.one("SELECT id FROM object WHERE unique_name=?", (key,))
        if key and taken and taken[0] != stored.id:
            raise faults.duplicate_name()
        parent = stored.body.get("ParentRef", {}).get("value")
        books.rewrite(stored)
        books.store.execute(
            "UPDATE object SET parent=?, unique_name=? WHERE entity=? AND id=?",
            (parent, key, stored.entity, stored.id),
        )
