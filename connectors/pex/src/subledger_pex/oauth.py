"""OAuth 2.1 refresh: each refresh token works once, and the next one is saved before it is used."""

import datetime as dt
import hashlib
from typing import Any, Final
from urllib.parse import urlencode

from attrs import evolve, frozen

from subledger.errors import AuthenticationError, TemporaryError
from subledger.ports import Grant, Vault
from subledger.runtime import HttpResponse, Runtime
from subledger.secret import Secret
from subledger_pex.wire.requests import authorization

_DISCOVERY: Final = "/.well-known/openid-configuration"
_EARLY: Final = dt.timedelta(minutes=2)
_OK: Final = 200
_THROTTLED: Final = 429
_SERVER: Final = 500
_RECONNECT: Final = "Set a new refresh_token from PEX; mappings and history are kept."
_ORIGIN: Final = "origin"
"""Fact of a grant: the fingerprint of the configured token that it comes from."""
_SPENT: Final = "spent"
"""Fact of a grant whose renewal is under way, or was when the process ended."""
_LONG_AGO: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@frozen(kw_only=True)
class Client:
    """The OAuth client's registration; ``secret`` is None for a public client."""

    oauth_url: str
    id: str
    secret: Secret | None = None


class RefreshingToken:
    """Access tokens out of a refresh token that rotates, kept in the connection's vault.

    A refresh is posted once and never repeated: replaying a used refresh token makes PEX revoke the
    whole family. So the vault says "spent" before the request leaves; if the answer is lost, a
    person has to connect again, with a ``first`` token that was not seen before.
    """

    def __init__(self, *, client: Client, first: Secret, vault: Vault, runtime: Runtime) -> None:
        self._client = client
        self._first = first
        self._vault = vault
        self._runtime = runtime
        self._grant: Grant | None = None

    async def header(self) -> str:
        """The header with an access token that is valid for some minutes."""
        grant = self._grant or await self._known()
        if grant.expires - _EARLY <= self._runtime.now():
            grant = await self._vault.renewed(grant, self._refreshed)
        self._grant = grant
        return self._header(grant)

    async def renew(self, refused: str) -> bool:
        """Refreshes, unless somebody has done so since the ``refused`` header."""
        grant = await self._known()
        if self._header(grant) == refused:
            grant = await self._vault.renewed(grant, self._refreshed)
        self._grant = grant
        return True

    @staticmethod
    def _header(grant: Grant) -> str:
        access = grant.access.reveal()
        return authorization("bearer", access) if access else ""

    async def _known(self) -> Grant:
        """What the vault keeps; the configured token where it is new."""
        kept = await self._vault.grant()
        origin = hashlib.sha256(self._first.reveal().encode()).hexdigest()
        if kept is not None and kept.facts.get(_ORIGIN) == origin:
            return kept
        grant = Grant(
            access=Secret(""), refresh=self._first, expires=_LONG_AGO, facts={_ORIGIN: origin}
        )
        await self._vault.keep(grant)
        return grant

    async def _refreshed(self, grant: Grant) -> Grant:
        if _SPENT in grant.facts:
            raise AuthenticationError(
                "The last renewal of the PEX access got no answer, so its token may be used up.",
                hint=_RECONNECT,
            )
        endpoint = await self._endpoint()
        await self._vault.keep(evolve(grant, facts={**grant.facts, _SPENT: "yes"}))
        response = await self._runtime.http(
            "POST",
            endpoint,
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            },
            body=self._form(grant).encode(),
        )
        if response.status == _THROTTLED:
            await self._vault.keep(grant)
            raise TemporaryError("PEX asked us to slow down.", code=str(response.status))
        return self._parsed(response, grant)

    def _form(self, grant: Grant) -> str:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": grant.refresh.reveal(),
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

    def _parsed(self, response: HttpResponse, grant: Grant) -> Grant:
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
        return Grant(
            access=Secret(str(body["access_token"])),
            refresh=Secret(str(body["refresh_token"])),
            expires=self._runtime.now() + lifetime,
            facts={_ORIGIN: grant.facts.get(_ORIGIN, "")},
        )


def _object(response: HttpResponse) -> dict[str, Any]:
    """The answer's JSON object; empty for anything else."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
