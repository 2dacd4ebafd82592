"""Who may call: long-lived API tokens, and OAuth access tokens with rotating refresh tokens."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from attrs import define, field, frozen

API_TOKEN_LIFE = timedelta(days=182)
ACCESS_TOKEN_LIFE = timedelta(hours=1)
REFRESH_TOKEN_LIFE = timedelta(days=90)


@frozen(kw_only=True)
class Grant:
    """A refresh token: which family it belongs to and until when it holds."""

    family: int
    expires: datetime


class GrantRefusedError(Exception):
    """The token endpoint refuses; the text is the OAuth error code."""


@define(kw_only=True)
class Tokens:
    """All tokens of the simulated business; ``clock`` is the simulated clock.

    A refresh token works once. Using an old one again revokes everything that came out of the
    same sign-in, as RFC 9700, section 4.14.2, recommends.
    """

    clock: Callable[[], datetime]
    app_id: str = "demo-app"
    live: dict[str, datetime] = field(factory=dict)
    _families: dict[str, int] = field(factory=dict)
    _refresh: dict[str, Grant] = field(factory=dict)
    _spent: dict[str, int] = field(factory=dict)
    _codes: dict[str, str] = field(factory=dict)
    _serial: int = 0

    def _next(self, prefix: str) -> str:
        self._serial += 1
        digest = hashlib.sha256(f"{prefix}-{self._serial}".encode()).hexdigest()
        return f"{prefix}-{self._serial}-{digest[:16]}"

    def admit(self, token: str) -> None:
        """Make a given API token valid for six months."""
        self.live[token] = self.clock() + API_TOKEN_LIFE

    def admit_refresh(self, token: str) -> None:
        """Make a given refresh token valid, as the first of its family."""
        self._serial += 1
        self._refresh[token] = Grant(family=self._serial, expires=self.clock() + REFRESH_TOKEN_LIFE)

    def is_valid(self, token: str) -> bool:
        """Whether the token opens the API now."""
        expires = self.live.get(token)
        return expires is not None and expires > self.clock()

    def expire(self, token: str) -> None:
        """Make the token useless."""
        self.live.pop(token, None)

    def expire_all(self) -> None:
        """Make every API and access token useless; refresh tokens live on."""
        self.live.clear()

    def issue(self) -> str:
        """A new API token."""
        token = self._next("api")
        self.admit(token)
        return token

    def issue_code(self, challenge: str) -> str:
        """An authorisation code bound to a PKCE challenge (S256)."""
        code = self._next("code")
        self._codes[code] = challenge
        return code

    def exchange_code(self, code: str, verifier: str) -> dict[str, Any]:
        """Tokens for an authorisation code; GrantRefusedError when code or verifier are wrong."""
        challenge = self._codes.pop(code, None)
        digest = hashlib.sha256(verifier.encode()).digest()
        if challenge is None or urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
            raise GrantRefusedError("invalid_grant")
        self._serial += 1
        return self._pair(self._serial)

    def refresh(self, token: str) -> dict[str, Any]:
        """New tokens for a refresh token; GrantRefusedError when it is unknown, old or used."""
        if (family := self._spent.get(token)) is not None:
            self._revoke(family)
            raise GrantRefusedError("invalid_grant")
        grant = self._refresh.pop(token, None)
        if grant is None or grant.expires <= self.clock():
            raise GrantRefusedError("invalid_grant")
        self._spent[token] = grant.family
        return self._pair(grant.family)

    def _revoke(self, family: int) -> None:
        self._refresh = {k: v for k, v in self._refresh.items() if v.family != family}
        for token in [token for token, owner in self._families.items() if owner == family]:
            self.expire(token)

    def _pair(self, family: int) -> dict[str, Any]:
        access, refresh = self._next("access"), self._next("refresh")
        self.live[access] = self.clock() + ACCESS_TOKEN_LIFE
        self._families[access] = family
        self._refresh[refresh] = Grant(family=family, expires=self.clock() + REFRESH_TOKEN_LIFE)
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(ACCESS_TOKEN_LIFE.total_seconds()),
            "refresh_token": refresh,
            "refresh_token_expires_in": int(REFRESH_TOKEN_LIFE.total_seconds()),
            "scope": "openid offline_access",
            "id_token": None,
        }
