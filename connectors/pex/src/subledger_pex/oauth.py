"""OAuth 2.1 refresh: each refresh token works once, and the next one is saved before it is used."""

import asyncio
import datetime as dt
import json
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from attrs import evolve, frozen

from subledger.errors import AuthenticationError, TemporaryError
from subledger.runtime import HttpResponse, Runtime
from subledger.secret import Secret
from subledger_pex.wire.requests import authorization

_DISCOVERY: Final = "/.well-known/openid-configuration"
_EARLY: Final = dt.timedelta(minutes=2)
_OK: Final = 200
_THROTTLED: Final = 429
_SERVER: Final = 500
_RECONNECT: Final = "Connect PEX again; mappings and history are kept."


class TokenStore(Protocol):
    """Keeps one secret text for a connection, durably and encrypted."""

    async def load(self) -> str | None:
        """The text that was saved last; None before the first."""
        ...

    async def save(self, text: str) -> None:
        """Returns once the text is durable."""
        ...


@frozen(kw_only=True)
class Client:
    """The OAuth client's registration; ``secret`` is None for a public client."""

    oauth_url: str
    id: str
    secret: Secret | None = None


@frozen(kw_only=True)
class Tokens:
    """What is kept between refreshes; ``spent`` while a refresh is under way."""

    refresh: Secret
    access: Secret | None = None
    expires: dt.datetime | None = None
    spent: bool = False


def dump(tokens: Tokens) -> str:
    """The tokens as text, for a :class:`TokenStore` only."""
    return json.dumps(
        {
            "refresh": tokens.refresh.reveal(),
            "access": tokens.access.reveal() if tokens.access else None,
            "expires": tokens.expires.isoformat() if tokens.expires else None,
            "spent": tokens.spent,
        }
    )


def load(text: str) -> Tokens:
    """The tokens that :func:`dump` wrote."""
    body = json.loads(text)
    return Tokens(
        refresh=Secret(body["refresh"]),
        access=Secret(body["access"]) if body["access"] else None,
        expires=dt.datetime.fromisoformat(body["expires"]) if body["expires"] else None,
        spent=body["spent"],
    )


class RefreshingToken:
    """Access tokens out of a refresh token that rotates.

    A refresh is posted once and never repeated: replaying a used refresh token makes PEX revoke the
    whole family. So the store says "spent" before the request leaves; if the answer is lost, a
    person has to connect again.
    """

    def __init__(
        self, *, client: Client, first: Secret, store: TokenStore, runtime: Runtime
    ) -> None:
        self._client = client
        self._first = first
        self._store = store
        self._runtime = runtime
        self._tokens: Tokens | None = None
        self._lock = asyncio.Lock()

    async def header(self) -> str:
        """The header with an access token that is valid for some minutes."""
        async with self._lock:
            return self._header(await self._valid())

    async def renew(self, refused: str) -> bool:
        """Refreshes, unless another task has done so since the ``refused`` header."""
        async with self._lock:
            tokens = await self._valid()
            if self._header(tokens) == refused:
                self._tokens = await self._refreshed(tokens)
            return True

    @staticmethod
    def _header(tokens: Tokens) -> str:
        return authorization("bearer", tokens.access.reveal()) if tokens.access else ""

    async def _valid(self) -> Tokens:
        if self._tokens is None:
            text = await self._store.load()
            self._tokens = load(text) if text else Tokens(refresh=self._first)
        tokens = self._tokens
        if (
            tokens.access is None
            or tokens.expires is None
            or tokens.expires - _EARLY <= self._runtime.now()
        ):
            self._tokens = tokens = await self._refreshed(tokens)
        return tokens

    async def _refreshed(self, tokens: Tokens) -> Tokens:
        if tokens.spent:
            raise AuthenticationError(
                "The last renewal of the PEX access got no answer, so its token may be used up.",
                hint=_RECONNECT,
            )
        endpoint = await self._endpoint()
        self._tokens = evolve(tokens, spent=True)
        await self._store.save(dump(self._tokens))
        response = await self._runtime.http(
            "POST",
            endpoint,
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            },
            body=self._form(tokens).encode(),
        )
        if response.status == _THROTTLED:
            self._tokens = tokens
            await self._store.save(dump(tokens))
            raise TemporaryError("PEX asked us to slow down.", code=str(response.status))
        fresh = self._parsed(response)
        await self._store.save(dump(fresh))
        return fresh

    def _form(self, tokens: Tokens) -> str:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": tokens.refresh.reveal(),
            "client_id": self._client.id,
        }
        if self._client.secret:
            form["client_secret"] = self._client.secret.reveal()
        return urlencode(form)

    async def _endpoint(self) -> str:
        url = self._client.oauth_url.rstrip("/") + _DISCOVERY
        response = await self._runtime.http("GET", url, headers={"Accept": "application/json"})
        endpoint = _object(response).get("token_endpoint")
        if response.status != _OK or not isinstance(endpoint, str):
            raise TemporaryError(
                "The sign-in service of PEX could not be reached.", code=str(response.status)
            )
        return endpoint

    def _parsed(self, response: HttpResponse) -> Tokens:
        body = _object(response)
        if response.status != _OK or not body.get("access_token") or not body.get("refresh_token"):
            lost = response.status >= _SERVER or response.status == _OK
            raise AuthenticationError(
                "The renewal of the PEX access got no usable answer."
                if lost
                else "PEX refuses to renew the access: it has expired or was revoked.",
                hint=_RECONNECT,
                detail=str(body.get("error", "")),
                code=str(response.status),
            )
        lifetime = dt.timedelta(seconds=int(body.get("expires_in") or 0))
        return Tokens(
            refresh=Secret(str(body["refresh_token"])),
            access=Secret(str(body["access_token"])),
            expires=self._runtime.now() + lifetime,
        )


def _object(response: HttpResponse) -> dict[str, Any]:
    """The answer's JSON object; empty for anything else."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
