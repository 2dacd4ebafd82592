"""How a person connects a company: Intuit's page, the code that comes back, and the way out."""

import hmac
from collections.abc import Mapping
from typing import Final

from subledger.errors import AuthenticationError, ConnectorError, TemporaryError
from subledger.ports import Authorization, Consent, Context, Grant
from subledger_quickbooks_online.config import QuickBooksOnlineConfig, is_private
from subledger_quickbooks_online.grants import grant_of, refusal
from subledger_quickbooks_online.tokens import TOKEN_ENDPOINT
from subledger_quickbooks_online.wire import oauth

REALM: Final = "realm"
"""The fact of a grant that names the company."""
_OK: Final = 200
_UNKNOWN_TOKEN: Final = 400
_AGAIN: Final = "Start again from the connection's page."


def address(config: QuickBooksOnlineConfig, consent: Consent) -> str:
    """Where the browser goes."""
    return oauth.address(
        config.endpoints.authorize,
        client=config.client_id,
        redirect=consent.redirect,
        state=consent.state,
        verifier=consent.verifier,
    )


async def exchange(
    config: QuickBooksOnlineConfig,
    context: Context,
    consent: Consent,
    parameters: Mapping[str, str],
) -> Grant:
    """The grant for the parameters that came back; its facts hold the company's number."""
    if not hmac.compare_digest(parameters.get("state", "").encode(), consent.state.encode()):
        raise AuthenticationError(
            "The answer does not belong to this attempt to connect.", hint=_AGAIN
        )
    if "error" in parameters:
        denied = parameters["error"] == "access_denied"
        raise AuthenticationError(
            "The consent was declined in QuickBooks." if denied else "Intuit refused the consent.",
            hint=_AGAIN,
            code=parameters["error"],
        )
    realm, code = parameters.get("realmId", ""), parameters.get("code", "")
    if not realm.isdecimal() or not code:
        raise AuthenticationError("Intuit's answer names no company.", hint=_AGAIN)
    if config.realm and realm != config.realm:
        raise AuthenticationError(
            f"Company {realm} was chosen, but this connection belongs to company {config.realm}.",
            hint="Connect again and choose the right company; nothing was stored.",
        )
    endpoint = await _discovered(config, context, "token_endpoint", config.endpoints.token)
    post = oauth.exchange(
        endpoint,
        client=config.client_id,
        secret=config.client_secret.reveal(),
        code=code,
        redirect=consent.redirect,
        verifier=consent.verifier,
    )
    runtime = context.runtime
    response = await runtime.http("POST", post.url, headers=post.headers, body=post.body)
    return grant_of(
        response.status,
        response.body,
        now=runtime.now(),
        facts={REALM: realm, TOKEN_ENDPOINT: endpoint},
        tid=response.headers.get("intuit_tid", ""),
    )


async def revoke(config: QuickBooksOnlineConfig, context: Context, grant: Grant) -> None:
    """Gives the connection up at Intuit; one that is gone already is no error."""
    endpoint = await _discovered(config, context, "revocation_endpoint", config.endpoints.revoke)
    post = oauth.revoke(
        endpoint,
        client=config.client_id,
        secret=config.client_secret.reveal(),
        token=grant.refresh.reveal(),
    )
    response = await context.runtime.http("POST", post.url, headers=post.headers, body=post.body)
    body = oauth.object_of(response.body)
    stranger = body.get("error") == "invalid_client"
    if response.status != _OK and (response.status != _UNKNOWN_TOKEN or stranger):
        raise refusal(response.status, body)


async def _discovered(
    config: QuickBooksOnlineConfig, context: Context, name: str, usual: str
) -> str:
    """An endpoint of the discovery document (OpenID Connect Discovery 1.0); else the usual one."""
    try:
        response = await context.runtime.http(
            "GET", config.endpoints.discovery, headers={"Accept": "application/json"}
        )
    except TemporaryError:
        return usual
    found = oauth.object_of(response.body).get(name)
    usable = response.status == _OK and isinstance(found, str) and is_private(found)
    return str(found) if usable else usual


AUTHORIZATION: Final[Authorization[QuickBooksOnlineConfig]] = Authorization(
    address=address, exchange=exchange, revoke=revoke
)


def realm_of(config: QuickBooksOnlineConfig, grant: Grant) -> str:
    """The company of a connection. Raises AuthenticationError where grant and config differ."""
    granted = grant.facts.get(REALM, "")
    if config.realm and granted and granted != config.realm:
        raise AuthenticationError(
            f"Company {granted} is connected, but realm says {config.realm}.",
            hint="Connect the right company, or correct realm.",
        )
    realm = config.realm or granted
    if not realm:
        raise ConnectorError(
            "It is not known which company is connected.",
            hint="Connect it again, or set realm in the configuration.",
        )
    return realm
