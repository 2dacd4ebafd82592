"""Deleting objects of the lists."""

from __future__ import annotations

from subledger_quickbooks_desktop.simulator.quickbooks.answer import Outcome
from subledger_quickbooks_desktop.simulator.quickbooks.books import Books, ListObject
from subledger_quickbooks_desktop.simulator.quickbooks.parse import Request
from subledger_quickbooks_desktop.simulator.quickbooks.status import cannot_delete, no_object
from subledger_quickbooks_desktop.simulator.quickbooks.text import escaped

from .kinds import KINDS

_USED = "The list element is in use."


def delete(books: Books, request: Request) -> Outcome:
    """Carry out ListDel; in multi-user mode the object is only deactivated."""
    kind, identity = request.fields["ListDelType"], request.fields["ListID"]
    item = books.object(identity)
    if item is None or item.kind != kind:
        raise no_object(identity)
    if books.settings.multi_user:
        books.store.execute(
            "UPDATE list_object SET active=0, modified=? WHERE id=?", (books.now, identity)
        )
    else:
        delete_object(books, item)
    rows = (
        ("ListDelType", kind),
        ("ListID", identity),
        ("TimeDeleted", books.stamp(books.now)),
        ("FullName", item.full_name),
    )
    data = tuple(f"<{tag}>{escaped(value)}</{tag}>" for tag, value in rows)
    return Outcome(data=data, identity=(("ListID", identity),))


def delete_object(books: Books, item: ListObject) -> None:
    """Remove one object; raises 3160 where anything still names it."""
    if _is_used(books, item.id):
        raise cannot_delete(item.id, _USED)
    books.store.execute("DELETE FROM list_object WHERE id=?", (item.id,))
    books.store.execute("DELETE FROM data_ext WHERE object=?", (item.id,))
    books.store.execute(
        "INSERT INTO deleted VALUES('list',?,?,?,?,?)",
        (KINDS[item.kind].name, item.id, item.created, books.now, item.full_name),
    )
    books.forget_names()


def _is_used(books: Books, identity: str) -> bool:
    found = books.store.one(
        "SELECT 1 WHERE EXISTS(SELECT 1 FROM posting WHERE account=?1 OR entity=?1 OR class=?1)"
        " OR EXISTS(SELECT 1 FROM list_object WHERE parent=?1 OR instr(body, ?1))"
        " OR EXISTS(SELECT 1 FROM document WHERE instr(body, ?1))",
        (identity,),
    )
    return found is not None
