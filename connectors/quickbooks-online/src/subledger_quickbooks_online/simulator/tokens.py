"""Connections between an app and a company, and the tokens that prove them.

After Intuit's OAuth 2.0 guide and its blog "Important changes to refresh token policy" (2025):
the value of a refresh token is replaced about once a day, the one before goes on working for a
day, unused ones die after a hundred days and all of them five years after the consent.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from attrs import define, field, frozen

from .switches import Switches


class GrantRefusedError(Exception):
    """A code or token is not accepted; `description` tells why, for error_description."""

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description


@frozen(kw_only=True)
class Consent:
    """What a person agreed to, behind an authorisation code."""

    client: str
    realm: str
    scope: str
    redirect_uri: str
    challenge: str = ""
    method: str = ""
    expires: datetime


@define(kw_only=True)
class Connection:
    """One app's way into one company."""

    client: str
    realm: str
    scope: str
    since: datetime
    used: datetime
    current: str = ""
    issued: datetime
    previous: dict[str, datetime] = field(factory=dict)
    """Replaced values, and until when each is still taken."""
    access: dict[str, datetime] = field(factory=dict)


@define(kw_only=True)
class Tokens:
    """All connections; token values follow from the seed and a counter."""

    clock: Callable[[], datetime]
    seed: int = 1
    connections: list[Connection] = field(factory=list)
    codes: dict[str, Consent] = field(factory=dict)
    serial: int = 0

    def _new(self, prefix: str) -> str:
        self.serial += 1
        return f"{prefix}{sha256(f'{self.seed}:{self.serial}'.encode()).hexdigest()[:40]}"

    def consent(self, consent: Consent) -> str:
        """A code, good once and for a short while."""
        code = self._new("XAB1")
        self.codes[code] = consent
        return code

    def exchange(
        self, code: str, *, client: str, redirect_uri: str, verifier: str, switches: Switches
    ) -> dict[str, Any]:
        """Tokens for a code; GrantRefusedError where anything differs from the consent."""
        consent = self.codes.pop(code, None)
        if consent is None or consent.client != client or consent.expires <= self.clock():
            raise GrantRefusedError("Invalid authorization code")
        if consent.redirect_uri != redirect_uri:
            raise GrantRefusedError("Invalid redirect_uri")
        if consent.challenge and _challenge(verifier, consent.method) != consent.challenge:
            raise GrantRefusedError("Invalid code_verifier")
        return self.connect(client, consent.realm, consent.scope, switches)

    def connect(self, client: str, realm: str, scope: str, switches: Switches) -> dict[str, Any]:
        """A new connection and its first tokens, as the token endpoint answers them."""
        now = self.clock()
        connection = Connection(
            client=client, realm=realm, scope=scope, since=now, used=now, issued=now
        )
        connection.current = self._new("RT1-117-H0-")
        self.connections.append(connection)
        return self._answer(connection, switches)

    def refresh(
        self, token: str, *, client: str, switches: Switches, replace: str = ""
    ) -> dict[str, Any]:
        """New tokens for a refresh token; GrantRefusedError when it is unknown or too old.

        `replace` not empty puts a new value in place whatever the old one's age; `hard` leaves
        the old one no grace.
        """
        now = self.clock()
        connection = self._of_refresh(token, client, switches)
        if connection is None:
            raise GrantRefusedError("Token invalid")
        due = now - connection.issued >= timedelta(seconds=switches.rotate_every)
        if replace or (due and token == connection.current):
            grace = 0 if replace == "hard" else switches.grace
            connection.previous[connection.current] = now + timedelta(seconds=grace)
            connection.current = self._new("RT1-117-H0-")
            connection.issued = now
        connection.used = now
        return self._answer(connection, switches)

    def _of_refresh(self, token: str, client: str, switches: Switches) -> Connection | None:
        now = self.clock()
        for connection in self.connections:
            alive = (
                connection.client == client
                and now - connection.used < timedelta(seconds=switches.refresh_life)
                and now - connection.since < timedelta(seconds=switches.hard_life)
            )
            taken = token == connection.current or connection.previous.get(token, now) > now
            if alive and taken:
                return connection
        return None

    def _answer(self, connection: Connection, switches: Switches) -> dict[str, Any]:
        now = self.clock()
        access = self._new("eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..")
        connection.access = {
            token: until for token, until in connection.access.items() if until > now
        }
        connection.access[access] = now + timedelta(seconds=switches.access_life)
        hard = connection.since + timedelta(seconds=switches.hard_life) - now
        return {
            "access_token": access,
            "refresh_token": connection.current,
            "token_type": "bearer",
            "expires_in": switches.access_life,
            "x_refresh_token_expires_in": min(switches.refresh_life, int(hard.total_seconds())),
            "x_refresh_token_hard_expires_in": int(hard.total_seconds()),
        }

    def of_access(self, token: str) -> Connection | None:
        """The connection that an access token opens now."""
        now = self.clock()
        for connection in self.connections:
            if connection.access.get(token, now) > now:
                return connection
        return None

    def expire_access(self, token: str | None = None) -> None:
        """End one access token, or all."""
        for connection in self.connections:
            if token is None:
                connection.access.clear()
            connection.access.pop(token or "", None)

    def revoke(self, token: str) -> bool:
        """End the connection that an access or refresh token belongs to; False for none."""
        ended = [
            each
            for each in self.connections
            if token and (token == each.current or token in {*each.access, *each.previous})
        ]
        self.connections = [each for each in self.connections if each not in ended]
        return bool(ended)

    def disconnect(self, realm: str) -> None:
        """End every app's connection to a company, as its owner does in QuickBooks."""
        self.connections = [each for each in self.connections if each.realm != realm]


def _challenge(verifier: str, method: str) -> str:
    if method == "plain":
        return verifier
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
