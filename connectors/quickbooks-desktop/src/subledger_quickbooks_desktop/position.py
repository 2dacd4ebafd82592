"""Where a question to the books stands, as the kernel stores it between two calls. Pure."""

import json
from collections.abc import Mapping

from attrs import asdict, field, frozen

from subledger.ports import Question


@frozen(kw_only=True)
class Position:
    """The number of a question's next request, and the iterator that it continues.

    ``newest`` is the newest change that this request has brought so far. ``account_type`` is that
    of the question's account, which decides the requests.

    The rest is for a flow's question for records: ``since`` is the first posting date, ``marks``
    are the newest changes that earlier questions brought, ``found`` those of this one, each by
    request; ``failed`` are requests that QuickBooks did not answer. ``pending`` are list entries
    that documents named, as pairs of a request and a ListID; the request that is out asks for the
    first ``asked`` of them.
    """

    step: int = 0
    iterator: str = ""
    newest: str = ""
    seen: int = 0
    left: int = 0
    account_type: str = ""
    since: str = ""
    marks: Mapping[str, str] = field(factory=dict)
    found: Mapping[str, str] = field(factory=dict)
    failed: tuple[str, ...] = ()
    pending: tuple[tuple[str, str], ...] = ()
    asked: int = 0

    def text(self) -> str:
        """The position as the kernel stores it; what is empty is left out."""
        return json.dumps({name: value for name, value in asdict(self).items() if value})


def position_of(question: Question) -> Position:
    """The position of a question; the start for a new one.

    A position in the form of an earlier version is the start as well: it is asked again.
    """
    values = json.loads(question.position or "{}")
    if not isinstance(values, dict):
        return Position()
    values["failed"] = tuple(values.get("failed", ()))
    values["pending"] = tuple((name, number) for name, number in values.get("pending", ()))
    return Position(**values)
