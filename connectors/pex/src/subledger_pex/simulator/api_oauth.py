"""The OAuth host, served beside the API: sign-in without a page, and the token endpoint.

A simulated person always consents. Tokens follow RFC 6749 and RFC 7636 (S256 only).
"""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from .query import RefusedError
from .routing import Call, Reply, Row
from .tokens import GrantRefusedError


def discovery(call: Call) -> Reply:
    """Where the endpoints are."""
    base = call.simulation.base_url
    return Reply(
        body={
            "issuer": base,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
        }
    )


def authorize(call: Call) -> Reply:
    """Consent at once: back to the caller's address with a code."""
    query = call.query
    target, challenge = query.text("redirect_uri"), query.text("code_challenge")
    if not target or not challenge or query.text("code_challenge_method") != "S256":
        raise RefusedError(400, "redirect_uri and an S256 code_challenge are required")
    code = call.simulation.tokens.issue_code(challenge)
    back = urlencode({"code": code, "state": query.text("state")})
    return Reply(status=302, headers={"Location": f"{target}?{back}"})


def basic_user(header: str) -> str:
    """The user part of a Basic authorization header, or nothing."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(value, validate=True).decode().partition(":")[0]
    except (Base64Error, UnicodeDecodeError):
        return ""


def _oauth_error(error: str, status: int = 400) -> Reply:
    return Reply(status=status, body={"error": error}, headers={"Cache-Control": "no-store"})


def token(call: Call) -> Reply:
    """Tokens for a code, for a refresh token, or (JSON body) for user name and password."""
    tokens = call.simulation.tokens
    form: Mapping[str, Any] = call.fields()
    client = basic_user(call.token) or form.get("client_id")
    if client != tokens.app_id:
        return _oauth_error("invalid_client", 401)
    if "Username" in form:
        return Reply(body={"Token": tokens.issue()})
    try:
        match form.get("grant_type"):
            case "refresh_token":
                pair = tokens.refresh(str(form.get("refresh_token", "")))
            case "authorization_code":
                pair = tokens.exchange_code(
                    str(form.get("code", "")), str(form.get("code_verifier", ""))
                )
            case _:
                return _oauth_error("unsupported_grant_type")
    except GrantRefusedError as refused:
        return _oauth_error(str(refused))
    return Reply(body=pair, headers={"Cache-Control": "no-store"})


ROWS: tuple[Row, ...] = (
    ("GET", ".well-known/openid-configuration", discovery),
    ("GET", "authorize", authorize),
    ("POST", "token", token),
)
