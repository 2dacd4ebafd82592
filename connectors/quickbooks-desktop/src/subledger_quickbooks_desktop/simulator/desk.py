"""The person at the keyboard of QuickBooks, for the faults that touch the books."""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen

from .com import ComError
from .quickbooks import CompanyFile, RefusedError, create_sample_company

OTHER_NAME = "Southwind Dental LLC"
OTHER_FILE = r"C:\Books\Southwind.qbw"
_OPENING_MEMO = "Account Opening Balance"
_BACKUP = "backup.db"


@frozen(kw_only=True)
class Desk:
    """A `BooksDoor` over a company file: a backup of the start, edits by hand, another company."""

    books: CompanyFile
    clock: Callable[[], dt.datetime]
    folder: Path
    stack: ExitStack

    def restore_backup(self) -> str:
        """Go back to the state in which the desk was opened."""
        self.books.restore(self.folder / _BACKUP)
        return "the backup of the start is restored"

    def edit_something(self) -> str:
        """Change the memo of the last document that can be changed."""
        return self._first("changed", self._edit)

    def delete_something(self) -> str:
        """Delete the last document that can be deleted."""
        return self._first("deleted", self._delete)

    def other_company(self) -> CompanyFile:
        """Open another sample company, which knows nothing of the application."""
        other = CompanyFile(self.folder / "other.db", self.clock)
        self.stack.callback(other.close)
        year_start = self.clock().date().replace(month=1, day=1)
        create_sample_company(other, year_start=year_start, closing_date=None)
        other.configure(company_name=OTHER_NAME, company_file=OTHER_FILE)
        return other

    def _edit(self, document: dict[str, Any]) -> None:
        memo = f"{document['memo']} (checked by hand)".strip()
        self.books.human.edit_document(document["txn_id"], {"Memo": memo})

    def _delete(self, document: dict[str, Any]) -> None:
        self.books.human.delete_document(document["txn_id"])

    def _first(self, done: str, act: Callable[[dict[str, Any]], None]) -> str:
        made = [row for row in self.books.documents() if row["memo"] != _OPENING_MEMO]
        for document in sorted(made, key=_newest_first):
            try:
                act(document)
            except (RefusedError, ComError, KeyError):
                continue
            return f"{document['type']} {document['txn_id']} of {document['amount']} is {done}"
        return f"no document can be {done}"


@contextmanager
def open_desk(books: CompanyFile, clock: Callable[[], dt.datetime]) -> Iterator[Desk]:
    """Sit down at QuickBooks: the backup is made now, and removed at the end."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        desk = Desk(books=books, clock=clock, folder=Path(folder), stack=stack)
        books.backup(desk.folder / _BACKUP)
        yield desk


def _newest_first(document: dict[str, Any]) -> tuple[int, int]:
    number = int(document["txn_id"].partition("-")[0], 16)
    return -int(document["edit_sequence"]), -number
