"""Requests to Intuit's OAuth 2 server (RFC 6749, 7009, 7636) and what it answers."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen
from oauthlib.common import add_params_to_uri  # type: ignore[import-untyped] # has no types
from oauthlib.oauth2 import WebApplicationClient  # type: ignore[import-untyped] # has no types

SCOPE: Final = "com.intuit.quickbooks.accounting"
_FORM: Final = "application/x-www-form-urlencoded"


@frozen(kw_only=True)
class Endpoints:
    """The addresses of the OAuth server."""

    authorize: str = "https://appcenter.intuit.com/connect/oauth2"
    token: str = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"  # noqa: S105 - public
    revoke: str = "https://developer.api.intuit.com/v2/oauth2/tokens/revoke"
    discovery: str = "https://developer.api.intuit.com/.well-known/openid_configuration/"

    @classmethod
    def at(cls, base: str) -> "Endpoints":
        """The same paths at one other address, as a simulator has them."""
        return cls(
            authorize=f"{base}/connect/oauth2",
            token=f"{base}/oauth2/v1/tokens/bearer",
            revoke=f"{base}/v2/oauth2/tokens/revoke",
            discovery=f"{base}/.well-known/openid_configuration/",
        )


@frozen(kw_only=True)
class Post:
    """A POST to the OAuth server."""

    url: str
    headers: Mapping[str, str]
    body: bytes


def address(endpoint: str, *, client: str, redirect: str, state: str, verifier: str) -> str:
    """Where the browser goes for a person's consent, with PKCE (RFC 7636, S256)."""
    challenge = WebApplicationClient(client).create_code_challenge(verifier, "S256")
    params = [
        ("client_id", client),
        ("response_type", "code"),
        ("scope", SCOPE),
        ("redirect_uri", redirect),
        ("state", state),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ]
    found: str = add_params_to_uri(endpoint, params)
    return found


def _headers(client: str, secret: str, content_type: str) -> dict[str, str]:
    credentials = base64.b64encode(f"{client}:{secret}".encode()).decode()
    return {
        "Authorization": f"Basic {credentials}",
        "Accept": "application/json",
        "Content-Type": content_type,
    }


def _token_post(url: str, client: str, secret: str, body: str) -> Post:
    asked = {"x-include-refresh-token-hard-expires-in": "true"}
    headers = {**_headers(client, secret, _FORM), **asked}
    return Post(url=url, headers=headers, body=body.encode())


def exchange(
    url: str, *, client: str, secret: str, code: str, redirect: str, verifier: str
) -> Post:
    """Trades the code of a consent for tokens."""
    body = WebApplicationClient(client).prepare_request_body(
        code=code, redirect_uri=redirect, code_verifier=verifier, include_client_id=False
    )
    return _token_post(url, client, secret, body)


def refresh(url: str, *, client: str, secret: str, token: str) -> Post:
    """Asks for a new access token; the refresh token in the answer may be new too."""
    body = WebApplicationClient(client).prepare_refresh_body(refresh_token=token)
    return _token_post(url, client, secret, body)


def revoke(url: str, *, client: str, secret: str, token: str) -> Post:
    """Gives up the connection of the app and the company."""
    body = json.dumps({"token": token}).encode()
    return Post(url=url, headers=_headers(client, secret, "application/json"), body=body)


def object_of(body: bytes) -> Mapping[str, Any]:
    """The JSON object of an answer; empty for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, Mapping) else {}
