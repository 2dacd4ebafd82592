"""Data extensions: custom fields (owner 0) and private data of an application."""

from __future__ import annotations

from collections.abc import Iterable

from .answer import Outcome, Printer
from .books import Books
from .check import Fields
from .lists.kinds import ENTITIES, ITEMS
from .lists.references import by_name
from .parse import Request
from .status import RefusedError, no_object

COMPANY = "company"
PUBLIC = "0"
_ALLOWED_PUBLIC = frozenset({"Customer", "Vendor", "Employee", "Item"})
_TYPE = "STR255TYPE"


def attached(books: Books, target: str, owners: Iterable[str]) -> list[dict[str, str]]:
    """The extensions of one object that belong to the owners asked for."""
    found = []
    for owner in owners:
        rows = books.store.all(
            "SELECT name, value FROM data_ext WHERE owner=? AND object=? ORDER BY name",
            (owner.lower(), target),
        )
        found += [_fields(owner, name, value) for name, value in rows]
    return found


def put(books: Books, request: Request) -> Outcome:
    """Carry out DataExtAdd or DataExtMod: both leave the value as given."""
    fields: Fields = request.fields[request.name]
    target = _target(books, fields)
    owner, name, value = fields["OwnerID"], fields["DataExtName"], fields["DataExtValue"]
    books.store.execute(
        "INSERT OR REPLACE INTO data_ext VALUES(?,?,?,?)", (owner.lower(), target, name, value)
    )
    printer = Printer(version=books.version, name=books.name)
    data = printer.object("DataExtRet", _fields(owner, name, value))
    return Outcome(data=tuple(data), identity=(("OwnerID", owner),))


def remove(books: Books, request: Request) -> Outcome:
    """Carry out DataExtDel."""
    fields: Fields = request.fields["DataExtDel"]
    target = _target(books, fields)
    gone = books.store.execute(
        "DELETE FROM data_ext WHERE owner=? AND object=? AND name=?",
        (fields["OwnerID"].lower(), target, fields["DataExtName"]),
    )
    if not gone.rowcount:
        raise no_object(fields["DataExtName"])
    return Outcome(identity=(("OwnerID", fields["OwnerID"]),))


def _fields(owner: str, name: str, value: str) -> dict[str, str]:
    return {
        "OwnerID": owner,
        "DataExtName": name,
        "DataExtType": _TYPE,
        "DataExtValue": value,
    }


def _target(books: Books, fields: Fields) -> str:
    kind = fields.get("ListDataExtType")
    if kind:
        if fields["OwnerID"] == PUBLIC and kind not in _ALLOWED_PUBLIC:
            raise RefusedError(3351, f"Public data extensions are not allowed on {kind}.")
        kinds = {"Item": ITEMS, "Entity": ENTITIES}.get(kind, (kind,))
        reference = fields["ListObjRef"]
        identity = reference.get("ListID")
        item = (
            books.object(identity)
            if identity
            else by_name(books, kinds, reference.get("FullName", ""))
        )
        if item is None or item.kind not in kinds:
            raise no_object(identity or reference.get("FullName", ""))
        return item.id
    if "TxnID" in fields:
        if books.store.one("SELECT 1 FROM document WHERE id=?", (fields["TxnID"],)) is None:
            raise no_object(fields["TxnID"])
        return str(fields.get("TxnLineID") or fields["TxnID"])
    return COMPANY
