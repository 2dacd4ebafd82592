"""What PEX answers when it refuses, and what that means: one table."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from attrs import frozen

from subledger.errors import AuthenticationError, ConnectorError, TemporaryError


class TagsOff(ConnectorError):  # noqa: N818 - a state of the business, not a failure
    """The business does not use tags; its transactions have none."""


class NotThere(ConnectorError):  # noqa: N818 - for attachments it is an ordinary answer
    """PEX knows nothing under this address."""


@frozen(kw_only=True)
class Row:
    """One line of the table: it fits when the status is listed and every word is in the text.

    An empty ``statuses`` fits every status, empty ``words`` every text.
    """

    statuses: frozenset[int] = frozenset()
    words: tuple[str, ...] = ()
    error: type[ConnectorError]
    message: str
    hint: str = ""

    def fits(self, status: int, text: str) -> bool:
        """Whether the line is about this answer."""
        return (not self.statuses or status in self.statuses) and all(
            word in text for word in self.words
        )


_RECONNECT = (
    "Create a new token in PEX (Profile, Authorized Apps) and put it into the connection; "
    "mappings and history are kept."
)
_WAIT = "It is tried again on the next run."

TABLE: Final[Sequence[Row]] = (
    Row(words=("tag", "disabled"), error=TagsOff, message="Tags are switched off in PEX."),
    Row(words=("tag", "not enabled"), error=TagsOff, message="Tags are switched off in PEX."),
    Row(
        statuses=frozenset({401}),
        error=AuthenticationError,
        message="PEX does not accept the token: it has expired or was revoked.",
        hint=_RECONNECT,
    ),
    Row(
        statuses=frozenset({403}),
        error=AuthenticationError,
        message="PEX does not let this user read: the user is inactive or the business is closed.",
        hint="Make the user an active administrator in PEX, or use another administrator's token.",
    ),
    Row(
        statuses=frozenset({404}),
        error=NotThere,
        message="PEX does not know this address.",
        hint="Check environment and base_url of the connection.",
    ),
    Row(
        statuses=frozenset({429}),
        error=TemporaryError,
        message="PEX asked us to slow down.",
        hint=f"{_WAIT} Lower requests_per_second if it stays.",
    ),
    Row(
        statuses=frozenset({408, 500, 502, 503, 504}),
        error=TemporaryError,
        message="PEX could not answer.",
        hint=_WAIT,
    ),
    Row(
        error=ConnectorError,
        message="PEX refused the request.",
        hint="Run `subledger check`; if it stays, report it with the detail.",
    ),
)

_LONGEST_TEXT = 200


def of_answer(status: int, text: str, *, retry_after: float | None = None) -> ConnectorError:
    """Our error for an answer that is not a success; ``text`` is the vendor's own message."""
    row = next(row for row in TABLE if row.fits(status, text.casefold()))
    code, detail = str(status), text[:_LONGEST_TEXT]
    if row.error is TemporaryError:
        return TemporaryError(
            row.message, retry_after=retry_after, hint=row.hint, detail=detail, code=code
        )
    return row.error(row.message, hint=row.hint, detail=detail, code=code)


def unreadable(path: str) -> TemporaryError:
    """The answer was cut off or is not JSON."""
    return TemporaryError("The answer of PEX could not be read.", hint=_WAIT, detail=path)


def unexpected(path: str) -> ConnectorError:
    """The answer is JSON of another shape than the API's."""
    return ConnectorError(
        "PEX answered in a form that this version does not know.",
        hint="Report it with the detail; nothing of this window was taken over.",
        detail=path,
    )


def incomplete(day: dt.date, sent: int, total: int) -> ConnectorError:
    """PEX tells of more transactions on one day than it sends."""
    return ConnectorError(
        f"PEX sent {sent} of {total} transactions of {day.isoformat()}.",
        hint="Nothing of that day was taken over; report it if it stays.",
    )
