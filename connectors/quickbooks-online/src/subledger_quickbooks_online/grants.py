"""What Intuit's OAuth server answers, as a grant or an error. Pure."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from subledger.errors import AuthenticationError, ConnectorError, TemporaryError
from subledger.ports import Grant
from subledger.secret import Secret
from subledger_quickbooks_online.errors import AGAIN
from subledger_quickbooks_online.wire.oauth import object_of

_OK: Final = 200
_THROTTLED: Final = 429
_SERVER: Final = 500
_RECONNECT: Final = "Run `subledger connect`; mappings and history are kept."


class NotGranted(AuthenticationError):  # noqa: N818 - the name is the fate of the request
    """The refresh token or the code is not accepted (``invalid_grant``)."""


def grant_of(
    status: int, content: bytes, *, now: dt.datetime, facts: Mapping[str, str], tid: str = ""
) -> Grant:
    """The grant in an answer of the token endpoint. Raises what :func:`refusal` returns.

    An answer without both tokens never replaces a grant that works.
    """
    body = object_of(content)
    access, refresh = body.get("access_token"), body.get("refresh_token")
    if status != _OK or not access or not refresh:
        raise refusal(status, body, tid)
    return Grant(
        access=Secret(str(access)),
        refresh=Secret(str(refresh)),
        expires=_after(now, body.get("expires_in")) or now,
        refresh_expires=_after(now, body.get("x_refresh_token_expires_in")),
        reconnect_by=_after(now, body.get("x_refresh_token_hard_expires_in")),
        facts=dict(facts),
    )


def refusal(status: int, body: Mapping[str, Any], tid: str = "") -> ConnectorError:
    """What an answer without tokens means: only a clear refusal needs a person."""
    code = str(body.get("error") or status)
    detail = " ".join([str(body.get("error_description") or ""), f"intuit_tid {tid}"]).strip()
    if code == "invalid_grant":
        return NotGranted(
            "Intuit no longer renews the access: it was revoked, or unused for 100 days.",
            hint=_RECONNECT,
            detail=detail,
            code=code,
        )
    if status in (_THROTTLED, _OK) or status >= _SERVER:
        return TemporaryError(
            "The sign-in service of Intuit did not answer.",
            retry_after=AGAIN if status == _THROTTLED else None,
            detail=detail,
            code=code,
        )
    if code == "invalid_client":
        return AuthenticationError(
            "Intuit does not know the app: client_id and client_secret do not fit.",
            hint="Copy both from the app's keys of the same environment.",
            detail=detail,
            code=code,
        )
    return AuthenticationError(
        "Intuit refuses to let us in.", hint=_RECONNECT, detail=detail, code=code
    )


def _after(now: dt.datetime, seconds: object) -> dt.datetime | None:
    try:
        return now + dt.timedelta(seconds=int(str(seconds)))
    except (ValueError, OverflowError):
        return None
