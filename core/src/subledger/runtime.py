"""Everything nondeterministic, in one value, so that a whole system can be simulated."""

import datetime as dt
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from attrs import frozen


@frozen(kw_only=True)
class HttpResponse:
    """An answer: ``status``, ``headers`` (names in lower case) and the whole ``body``."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON with exact decimals (never floats). Raises ValueError for other text."""
        from decimal import Decimal  # noqa: PLC0415 - only JSON answers need it

        return json.loads(self.body, parse_float=Decimal)


class Http(Protocol):
    """Sends one HTTP request; no retries, no redirects.

    Raises :class:`subledger.errors.TemporaryError` when no whole answer arrived in ``timeout``
    seconds; whether the other side acted is then unknown.
    """

    async def __call__(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | list[tuple[str, str]] | None = None,
        body: bytes | None = None,
        timeout: float = 30.0,  # noqa: ASYNC109 - the transport's own limit, in virtual time too
    ) -> HttpResponse:
        """The answer to one request."""
        ...


@frozen(kw_only=True)
class Runtime:
    """Time, sleep, randomness, identifiers and HTTP.

    ``now`` returns an aware UTC datetime, ``sleep`` takes seconds, ``new_id`` returns an
    unguessable token of at least 26 characters.
    """

    now: Callable[[], dt.datetime]
    sleep: Callable[[float], Awaitable[None]]
    random: random.Random
    new_id: Callable[[], str]
    http: Http
