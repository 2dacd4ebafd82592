"""Everything nondeterministic, in one value, so that a whole system can be simulated."""

import datetime as dt
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from attrs import frozen


@frozen(kw_only=True)
class HttpResponse:
    """A whole answer, whatever its status."""

    status: int
    """The HTTP status; one of 300 to 399 is handed over as well, nothing is followed."""
    headers: Mapping[str, str]
    """The headers, names in lower case; of one that came twice, the last."""
    body: bytes
    """The body, decompressed; 64 MiB at the most."""

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
        """The answer to one request; ``timeout`` are seconds for all of it."""
        ...


@frozen(kw_only=True)
class Runtime:
    """Time, sleep, randomness, identifiers and HTTP."""

    now: Callable[[], dt.datetime]
    """The moment, aware and in UTC."""
    sleep: Callable[[float], Awaitable[None]]
    """Waits for some seconds."""
    random: random.Random
    """Chance, for pauses and samples; not for secrets."""
    new_id: Callable[[], str]
    """An unguessable token of at least 26 letters and digits."""
    http: Http
    """The way out: ``await runtime.http("GET", url, headers=..., params=...)``."""
