"""Statements of the query language (Accounting API: query operations and syntax)."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from attrs import evolve, frozen

MOST: Final = 1000
"""Objects on one page at most."""
EVERYTHING: Final = "Active IN (true, false)"
"""The condition that finds inactive list entries too; without it they are left out."""


def quoted(text: str) -> str:
    """A literal in single quotes; a backslash escapes an apostrophe and itself."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def moment(at: dt.datetime) -> str:
    """A time stamp with its offset, to the second; ``at`` is aware."""
    return at.replace(microsecond=0).isoformat()


@frozen(kw_only=True)
class Select:
    """One page of a query: in the order of ``Id``, so that pages neither overlap nor leave gaps."""

    entity: str
    where: Sequence[str] = ()
    fields: str = "*"
    start: int = 1
    most: int = MOST

    def text(self) -> str:
        """The statement."""
        condition = f" WHERE {' AND '.join(self.where)}" if self.where else ""
        return (
            f"SELECT {self.fields} FROM {self.entity}{condition}"
            f" ORDERBY Id STARTPOSITION {self.start} MAXRESULTS {self.most}"
        )

    def after(self, found: int) -> "Select":
        """The next page, after one with ``found`` objects."""
        return evolve(self, start=self.start + found)
