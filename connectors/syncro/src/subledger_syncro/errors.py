"""What Syncro answers when it refuses, and what that means: one table."""

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from subledger.errors import AuthenticationError, ConnectorError, TemporaryError


class NotThere(ConnectorError):  # noqa: N818 - for deleted records it is an ordinary answer
    """Syncro knows nothing under this address: the record was deleted, or the account is wrong."""


class NoAccount(ConnectorError):  # noqa: N818 - what the web page says
    """A web page instead of the API: the account is not there, or has no such address."""


class OtherForm(ConnectorError):  # noqa: N818 - what the answer has
    """The answer is JSON of another shape than the API's."""


class Unreadable(TemporaryError):  # noqa: N818 - what the answer is
    """The answer was cut off, is a web page, or belongs to another request."""


class NotPermitted(ConnectorError):  # noqa: N818 - a state of the token, not a failure
    """The token is good, but may not do this."""


class Invalid(ConnectorError):  # noqa: N818 - the name is the fate of the write
    """Syncro certainly did not take a write, because of what it says."""


class OutcomeUnknown(TemporaryError):  # noqa: N818 - the name is the fate of the write
    """The answer to a write was lost: nobody knows whether Syncro took it."""


@frozen(kw_only=True)
class Row:
    """One line of the table: it fits when the status is listed and one of the words is in the text.

    An empty ``statuses`` fits every status, empty ``words`` every text.
    """

    statuses: frozenset[int] = frozenset()
    words: tuple[str, ...] = ()
    error: type[ConnectorError]
    message: str
    hint: str = ""

    def fits(self, status: int, text: str) -> bool:
        """Whether the line is about this answer."""
        return (not self.statuses or status in self.statuses) and (
            not self.words or any(word in text for word in self.words)
        )


_WAIT: Final = "It is tried again on the next run."
_RENEW: Final = (
    "Create a new token in Syncro (Admin, API Tokens) and put it into the connection; "
    "mappings and history are kept."
)
_OK: Final = frozenset({200, 201})

TABLE: Final[Sequence[Row]] = (
    Row(
        statuses=frozenset({401, 403}),
        words=("permission",),
        error=NotPermitted,
        message="The token may not do this in Syncro.",
        hint="Add the permission to the token in Syncro (Admin, API Tokens).",
    ),
    Row(
        statuses=frozenset({401, 403}),
        error=AuthenticationError,
        message="Syncro does not accept the token: it is wrong or was revoked.",
        hint=_RENEW,
    ),
    Row(
        statuses=frozenset({404}),
        error=NotThere,
        message="Syncro has nothing under this address.",
        hint="Check the subdomain of the connection.",
    ),
    Row(
        statuses=frozenset({429}),
        error=TemporaryError,
        message="Syncro asked us to slow down.",
        hint=f"{_WAIT} Lower requests_per_minute if other programs share this address.",
    ),
    Row(
        statuses=frozenset({408, 500, 502, 503, 504}),
        error=TemporaryError,
        message="Syncro could not answer.",
        hint=_WAIT,
    ),
    Row(
        statuses=frozenset({400, 422}) | _OK,
        error=Invalid,
        message="Syncro refused this.",
        hint="Correct what the detail names, then retry.",
    ),
    Row(
        error=ConnectorError,
        message="Syncro refused the request.",
        hint="Run `subledger check`; if it stays, report it with the detail.",
    ),
)

_LONGEST_TEXT: Final = 200


def of_answer(
    status: int, text: str, *, retry_after: float | None = None, permission: str = ""
) -> ConnectorError:
    """Our error for an answer that is not a success; ``text`` is the vendor's own message.

    ``permission`` is what the request needs, for the hint.
    """
    row = next(row for row in TABLE if row.fits(status, text.casefold()))
    code, detail = str(status), text[:_LONGEST_TEXT]
    if row.error is TemporaryError:
        return TemporaryError(
            row.message, retry_after=retry_after, hint=row.hint, detail=detail, code=code
        )
    hint = row.hint
    if row.error is NotPermitted and permission:
        hint = f"Add the permission {permission} to the token in Syncro (Admin, API Tokens)."
    return row.error(row.message, hint=hint, detail=detail, code=code)


def unreadable(path: str) -> Unreadable:
    """The answer was cut off, is a web page, or belongs to another request."""
    return Unreadable("The answer of Syncro could not be read.", hint=_WAIT, detail=path)


def unexpected(path: str) -> OtherForm:
    """The answer is JSON of another shape than the API's."""
    return OtherForm(
        "Syncro answered in a form that this version does not know.",
        hint="Report it with the detail; nothing of this page was taken over.",
        detail=path,
    )


def no_account(path: str) -> NoAccount:
    """A web page instead of the API: nothing can be said about any record."""
    return NoAccount(
        "Syncro has no such account.",
        hint="Check the subdomain of the connection; nothing was taken for deleted.",
        detail=path,
        code="404",
    )


def other_account(before: str, now: str) -> ConnectorError:
    """The connection leads to another account than the one that was read until now."""
    return ConnectorError(
        f"The connection leads to the Syncro account {now}, but {before} was read until now.",
        hint="Set subdomain and api_token back, or make a new connection for the other account.",
    )


def lost(path: str, cause: ConnectorError) -> OutcomeUnknown:
    """A write left, and no answer that tells what became of it came back."""
    return OutcomeUnknown(
        "The answer of Syncro to a write was lost.",
        hint="It is looked for before anything is sent again.",
        detail=f"{path}: {cause.message}",
        code=cause.code,
    )
