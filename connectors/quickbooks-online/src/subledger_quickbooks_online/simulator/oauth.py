"""The OAuth 2.0 and OpenID endpoints, all on one host: discovery, consent, tokens, revoke.

After Intuit's OAuth 2.0 guide. An id_token is not issued: userinfo tells who agreed.
"""

from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import timedelta
from html import escape
from typing import TypeAlias
from urllib.parse import urlencode

from .jsonform import from_json
from .state import Simulation
from .tokens import Consent, GrantRefusedError
from .wire import Request, Response

AUTHORIZE = "/connect/oauth2"
TOKEN = "/oauth2/v1/tokens/bearer"  # noqa: S105 - an address
REVOKE = "/v2/oauth2/tokens/revoke"
USERINFO = "/v1/openid_connect/userinfo"
SANDBOX_USERINFO = "/sandbox/v1/openid_connect/userinfo"
JWKS = "/op/v1/jwks"
DISCOVERY = "/.well-known/openid_configuration"
SANDBOX_DISCOVERY = "/.well-known/openid_sandbox_configuration"
SCOPES = frozenset(
    {
        *("com.intuit.quickbooks.accounting", "com.intuit.quickbooks.payment"),
        *("openid", "profile", "email", "phone", "address"),
    }
)
Handler: TypeAlias = Callable[[Simulation, Request, Mapping[str, str]], Response]


def answer(
    simulation: Simulation, request: Request, incident: Mapping[str, str]
) -> Response | None:
    """The answer of an OAuth endpoint, or None when the path is none."""
    found = _ROUTES.get((request.method, request.path))
    return found(simulation, request, incident) if found else None


def _discovery(simulation: Simulation, request: Request, _: Mapping[str, str]) -> Response:
    base = simulation.base_url
    userinfo = SANDBOX_USERINFO if request.path == SANDBOX_DISCOVERY else USERINFO
    return Response.json(
        {
            "issuer": f"{base}/op/v1",
            "authorization_endpoint": base + AUTHORIZE,
            "token_endpoint": base + TOKEN,
            "userinfo_endpoint": base + userinfo,
            "revocation_endpoint": base + REVOKE,
            "jwks_uri": base + JWKS,
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile", "address", "phone"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": ["sub", "email", "emailVerified", "givenName", "familyName"],
        }
    )


def _jwks(_simulation: Simulation, _request: Request, _: Mapping[str, str]) -> Response:
    return Response.json({"keys": []})


def _sorry(text: str) -> Response:
    page = f"<!doctype html><title>Error</title><h1>Sorry</h1><p>{escape(text)}</p>"
    return Response.text(page, 400, "text/html")


def _authorize(simulation: Simulation, request: Request, _: Mapping[str, str]) -> Response:
    """The page that a person comes to; wrong requests never lead back to the app."""
    asked = {**request.query, **(request.form() if request.method == "POST" else {})}
    if asked.get("client_id") != simulation.app.client_id:
        return _sorry("The client_id is unknown.")
    target, allowed = asked.get("redirect_uri", ""), simulation.app.redirect_uris
    if not target or (allowed and target not in allowed):
        return _sorry("The redirect_uri is not one of the app's.")
    if asked.get("response_type") != "code" or not asked.get("state"):
        return _sorry("response_type=code and a state are needed.")
    scopes = asked.get("scope", "").split()
    if not scopes or not SCOPES.issuperset(scopes):
        return _back(target, error="invalid_scope", state=asked["state"])
    consent = simulation.switches.consent
    if request.method == "POST":
        consent = "always" if asked.get("decision") == "connect" else "deny"
    if consent == "ask":
        return _form(simulation, asked)
    realm = asked.get("realm") or simulation.chosen_realm
    if consent == "deny" or realm not in simulation.companies:
        return _back(target, error="access_denied", state=asked["state"])
    challenge = asked.get("code_challenge", "")
    given = Consent(
        client=asked["client_id"],
        realm=realm,
        scope=asked["scope"],
        redirect_uri=target,
        challenge=challenge,
        method=asked.get("code_challenge_method", "plain") if challenge else "",
        expires=simulation.now + timedelta(seconds=simulation.switches.code_life),
    )
    code = simulation.tokens.consent(given)
    return _back(target, code=code, state=asked["state"], realmId=realm)


def _back(target: str, **fields: str) -> Response:
    joint = "&" if "?" in target else "?"
    return Response(status=302, headers={"Location": f"{target}{joint}{urlencode(fields)}"})


def _form(simulation: Simulation, asked: Mapping[str, str]) -> Response:
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in asked.items()
    )
    options = "".join(
        f'<option value="{escape(realm)}">{escape(simulation.company_name(realm))}</option>'
        for realm in simulation.companies
    )
    page = (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Connect to QuickBooks</title>"
        f"<h1>Connect an app to QuickBooks</h1><form method=post action={AUTHORIZE}>{hidden}"
        f"<label>Company <select name=realm>{options}</select></label>"
        "<button name=decision value=connect>Connect</button>"
        "<button name=decision value=cancel>Cancel</button></form></html>"
    )
    return Response.text(page, media="text/html")


def _refused(error: str, status: int = 400, description: str = "") -> Response:
    more = {"error_description": description} if description else {}
    return Response.json({**more, "error": error}, status)


def _client(simulation: Simulation, request: Request, form: Mapping[str, str]) -> str:
    """The client's id, or nothing where id or secret are wrong."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    given = form.get("client_id", ""), form.get("client_secret", "")
    if scheme.lower() == "basic":
        try:
            user, _, password = b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            return ""
        given = user, password
    app = simulation.app
    return app.client_id if given == (app.client_id, app.client_secret) else ""


def _token(simulation: Simulation, request: Request, incident: Mapping[str, str]) -> Response:
    """Tokens for a code or a refresh token (RFC 6749, sections 4.1.3, 5 and 6)."""
    form = request.form()
    client = _client(simulation, request, form)
    if not client:
        return _refused("invalid_client", 401)
    tokens, switches = simulation.tokens, simulation.switches
    try:
        match form.get("grant_type"):
            case "authorization_code":
                found = tokens.exchange(
                    form.get("code", ""),
                    client=client,
                    redirect_uri=form.get("redirect_uri", ""),
                    verifier=form.get("code_verifier", ""),
                    switches=switches,
                )
            case "refresh_token":
                replace = incident.get("lost-refresh")
                found = tokens.refresh(
                    form.get("refresh_token", ""),
                    client=client,
                    switches=switches,
                    replace="" if replace is None else replace or "soft",
                )
            case None:
                return _refused("invalid_request")
            case _:
                return _refused("unsupported_grant_type")
    except GrantRefusedError as refused:
        return _refused("invalid_grant", description=refused.description)
    if request.headers.get("x-include-refresh-token-hard-expires-in", "").lower() != "true":
        found.pop("x_refresh_token_hard_expires_in")
    return Response.json(found)


def _revoke(simulation: Simulation, request: Request, _: Mapping[str, str]) -> Response:
    """End a connection; the token comes as JSON or as a form."""
    try:
        is_json = request.content_type == "application/json"
        body = from_json(request.body) if is_json else request.form()
    except ValueError:
        return _refused("invalid_request")
    if not isinstance(body, dict) or not isinstance(body.get("token"), str):
        return _refused("invalid_request")
    if not _client(simulation, request, body if not is_json else {}):
        return _refused("invalid_client", 401)
    if not simulation.tokens.revoke(body["token"]):
        return _refused("invalid_request", description="Token invalid")
    return Response()


def _userinfo(simulation: Simulation, request: Request, _: Mapping[str, str]) -> Response:
    """Who agreed; needs the scope openid."""
    token = request.headers.get("authorization", "").partition(" ")[2].strip()
    connection = simulation.tokens.of_access(token)
    if connection is None:
        return _refused("invalid_token", 401)
    scopes = connection.scope.split()
    if "openid" not in scopes:
        return _refused("insufficient_scope", 403)
    person: dict[str, object] = {"sub": "1182d6ec-2a1f-4aa3-af3f-bb3b95db45af"}
    if "email" in scopes:
        person |= {"email": "owner@example.com", "emailVerified": True}
    if "profile" in scopes:
        person |= {"givenName": "Olivia", "familyName": "Owner"}
    return Response.json(person)


_ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", DISCOVERY): _discovery,
    ("GET", SANDBOX_DISCOVERY): _discovery,
    ("GET", JWKS): _jwks,
    ("GET", AUTHORIZE): _authorize,
    ("POST", AUTHORIZE): _authorize,
    ("POST", TOKEN): _token,
    ("POST", REVOKE): _revoke,
    ("GET", USERINFO): _userinfo,
    ("GET", SANDBOX_USERINFO): _userinfo,
}
