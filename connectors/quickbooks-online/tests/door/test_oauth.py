"""Consent, tokens, their rotation and their end."""

import base64
import hashlib
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from subledger_quickbooks_online.simulator import NO_LIMITS, REALM, Request, Simulation, answer

BACK = "https://app.example/callback"
BASIC = "Basic " + base64.b64encode(b"simulated-client:simulated-secret").decode()
SCOPE = "com.intuit.quickbooks.accounting"
DAY = timedelta(days=1)


@pytest.fixture
def simulation():
    made = Simulation.open(switches=NO_LIMITS)
    yield made
    made.close()


@pytest.fixture
def authorize(simulation):
    """Goes to the authorisation page; gives the fields that come back, or the page."""

    def go(**changes):
        asked = {
            "client_id": "simulated-client",
            "response_type": "code",
            "scope": SCOPE,
            "redirect_uri": BACK,
            "state": "abc",
            **changes,
        }
        response = answer(simulation, Request.of("GET", f"/connect/oauth2?{urlencode(asked)}"))
        if response.status != 302:
            return response
        target = urlsplit(response.headers["Location"])
        assert target._replace(query="").geturl() == BACK
        return {name: values[0] for name, values in parse_qs(target.query).items()}

    return go


@pytest.fixture
def token(simulation):
    """Calls the token endpoint; gives status and body."""

    def go(*, basic=BASIC, headers=None, **form):
        request = Request(
            method="POST",
            path="/oauth2/v1/tokens/bearer",
            headers={"Authorization": basic, **(headers or {})},
            body=urlencode(form).encode(),
        )
        response = answer(simulation, request)
        assert response.headers["intuit_tid"]
        return response.status, json.loads(response.body)

    return go


@pytest.fixture
def refresh(token):
    return lambda value: token(grant_type="refresh_token", refresh_token=value)


@pytest.fixture
def exchange(authorize, token):
    """A fresh connection: consent and code exchange."""

    def go(**more):
        code = authorize()["code"]
        status, body = token(grant_type="authorization_code", code=code, redirect_uri=BACK, **more)
        assert status == 200, body
        return body

    return go


def api_status(simulation, access):
    request = Request(
        method="GET",
        path=f"/v3/company/{REALM}/preferences",
        headers={"Authorization": f"Bearer {access}"},
    )
    return answer(simulation, request).status


@pytest.mark.parametrize(
    ("name", "userinfo"),
    [
        ("openid_configuration", "/v1/openid_connect/userinfo"),
        ("openid_sandbox_configuration", "/sandbox/v1/openid_connect/userinfo"),
    ],
)
def test_discovery(simulation, name, userinfo):
    """Discovery names every endpoint on this host; only userinfo differs for the sandbox."""
    simulation.base_url = "http://here:1"
    response = answer(simulation, Request.of("GET", f"/.well-known/{name}/"))
    found = json.loads(response.body)
    assert found["authorization_endpoint"] == "http://here:1/connect/oauth2"
    assert found["token_endpoint"] == "http://here:1/oauth2/v1/tokens/bearer"
    assert found["revocation_endpoint"] == "http://here:1/v2/oauth2/tokens/revoke"
    assert found["userinfo_endpoint"] == f"http://here:1{userinfo}"
    assert found["issuer"] == "http://here:1/op/v1"
    assert found["jwks_uri"] == "http://here:1/op/v1/jwks"


def test_the_company_comes_with_the_code_only(authorize, exchange):
    """The realmId arrives at the redirect address, never in the token response."""
    back = authorize()
    assert back.pop("code")
    assert back == {"state": "abc", "realmId": REALM}
    assert "realmId" not in exchange()


def test_the_token_response(exchange):
    """The fields of the token response, with lifetimes in seconds."""
    body = exchange()
    assert body.pop("access_token") != body.pop("refresh_token")
    assert body == {
        "token_type": "bearer",
        "expires_in": 3600,
        "x_refresh_token_expires_in": 8_726_400,
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"redirect_uri": ""},
        {"response_type": "token"},
        {"state": ""},
    ],
)
def test_a_wrong_request_is_told_to_the_person_only(authorize, changes):
    """Without a known app, an address and a state nobody is sent anywhere."""
    assert authorize(**changes).status == 400


def test_only_registered_addresses(simulation, authorize):
    """Where an app has redirect addresses, no other is used."""
    simulation.app = type(simulation.app)(redirect_uris=(BACK,))
    assert "code" in authorize()
    assert authorize(redirect_uri=BACK + "/").status == 400


def test_an_unknown_scope(authorize):
    """A scope that does not exist sends the person back with an error."""
    assert authorize(scope="com.intuit.quickbooks.everything") == {
        "error": "invalid_scope",
        "state": "abc",
    }


def test_denial(simulation, authorize):
    """A person who denies sends the app away with access_denied and its state."""
    simulation.set(consent="deny")
    assert authorize() == {"error": "access_denied", "state": "abc"}


def test_the_form(simulation, authorize, token):
    """With consent by hand there is a page; its buttons connect or cancel."""
    simulation.set(consent="ask")
    page = authorize(state='<"abc">')
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html;charset=UTF-8")
    text = page.body.decode()
    assert 'value="&lt;&quot;abc&quot;&gt;"' in text
    assert f'value="{REALM}"' in text
    fields = {
        "client_id": "simulated-client",
        "response_type": "code",
        "scope": SCOPE,
        "redirect_uri": BACK,
        "state": "abc",
        "realm": REALM,
    }
    for decision, expected in (("connect", "code"), ("cancel", "error")):
        body = urlencode({**fields, "decision": decision}).encode()
        request = Request(method="POST", path="/connect/oauth2", body=body)
        response = answer(simulation, request)
        assert response.status == 302
        assert expected in parse_qs(urlsplit(response.headers["Location"]).query)


def test_a_code_works_once(authorize, token):
    """The second exchange of a code is invalid_grant."""
    form = {
        "grant_type": "authorization_code",
        "code": authorize()["code"],
        "redirect_uri": BACK,
    }
    assert token(**form)[0] == 200
    assert token(**form) == (
        400,
        {"error_description": "Invalid authorization code", "error": "invalid_grant"},
    )


def test_a_code_does_not_live_long(simulation, authorize, token):
    """A code older than ten minutes is invalid_grant."""
    code = authorize()["code"]
    simulation.clock.advance(timedelta(minutes=10))
    status, body = token(grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert (status, body["error"]) == (400, "invalid_grant")


def test_the_address_has_to_be_the_same(authorize, token):
    """A code is exchanged only with the redirect address it was sent to."""
    code = authorize()["code"]
    status, body = token(grant_type="authorization_code", code=code, redirect_uri=BACK + "2")
    assert (status, body["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("method", ["S256", "plain"])
@pytest.mark.parametrize("verifier", ["right" * 10, "wrong" * 10, ""])
def test_pkce_is_checked_where_it_is_used(authorize, token, method, verifier):
    """A code with a challenge needs its verifier."""
    right = "right" * 10
    digest = base64.urlsafe_b64encode(hashlib.sha256(right.encode()).digest()).rstrip(b"=")
    challenge = digest.decode() if method == "S256" else right
    code = authorize(code_challenge=challenge, code_challenge_method=method)["code"]
    status, _ = token(
        grant_type="authorization_code", code=code, redirect_uri=BACK, code_verifier=verifier
    )
    assert status == (200 if verifier == right else 400)


@pytest.mark.parametrize(
    ("form", "basic", "expected"),
    [
        ({"grant_type": "refresh_token"}, "Basic bm9ib2R5Om5v", (401, "invalid_client")),
        ({"grant_type": "refresh_token"}, "Basic !", (401, "invalid_client")),
        ({"grant_type": "refresh_token"}, "Basic ÿ", (401, "invalid_client")),
        ({"grant_type": "refresh_token"}, "", (401, "invalid_client")),
        ({"grant_type": "password"}, BASIC, (400, "unsupported_grant_type")),
        ({}, BASIC, (400, "invalid_request")),
        ({"grant_type": "refresh_token", "refresh_token": "RT1"}, BASIC, (400, "invalid_grant")),
        ({"grant_type": "refresh_token"}, BASIC, (400, "invalid_grant")),
    ],
)
def test_errors_of_the_token_endpoint(token, form, basic, expected):
    """Errors are told by their OAuth names."""
    status, body = token(basic=basic, **form)
    assert (status, body["error"]) == expected


def test_the_client_may_stand_in_the_form(token):
    """Client id and secret are taken from the body too."""
    status, body = token(
        basic="",
        client_id="simulated-client",
        client_secret="simulated-secret",
        grant_type="password",
    )
    assert (status, body["error"]) == (400, "unsupported_grant_type")


def test_an_access_token_lives_an_hour(simulation, exchange):
    """After 3600 seconds the API answers 401."""
    access = exchange()["access_token"]
    assert api_status(simulation, access) == 200
    simulation.clock.advance(timedelta(seconds=3599))
    assert api_status(simulation, access) == 200
    simulation.clock.advance(timedelta(seconds=1))
    assert api_status(simulation, access) == 401


def test_a_refresh_within_the_day_gives_the_same_refresh_token(simulation, exchange, refresh):
    """Only the access token is new, and the older one lives on."""
    first = exchange()
    simulation.clock.advance(timedelta(minutes=59))
    status, second = refresh(first["refresh_token"])
    assert status == 200
    assert second["refresh_token"] == first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    assert api_status(simulation, first["access_token"]) == 200
    assert api_status(simulation, second["access_token"]) == 200


def test_the_refresh_token_is_replaced_once_a_day(simulation, exchange, refresh):
    """A later refresh gives a new value; the old one works for a day more, then never."""
    first = exchange()["refresh_token"]
    simulation.clock.advance(DAY)
    second = refresh(first)[1]["refresh_token"]
    assert second != first
    assert refresh(first)[1]["refresh_token"] == second
    simulation.clock.advance(DAY)
    assert refresh(first)[0] == 400
    assert refresh(second)[0] == 200


def test_the_old_value_never_leads_further(simulation, exchange, refresh):
    """Control: using the old value in its grace does not prolong it."""
    first = exchange()["refresh_token"]
    simulation.clock.advance(DAY)
    refresh(first)
    simulation.clock.advance(DAY - timedelta(seconds=1))
    assert refresh(first)[0] == 200
    simulation.clock.advance(timedelta(seconds=1))
    assert refresh(first)[0] == 400


def test_every_refresh_can_be_made_to_replace(simulation, exchange, refresh):
    """A switch replaces the value every time and leaves the old one no grace."""
    simulation.set(rotate_every=0, grace=0)
    first = exchange()["refresh_token"]
    second = refresh(first)[1]["refresh_token"]
    assert second != first
    assert refresh(first)[0] == 400
    assert refresh(second)[0] == 200


def test_an_unused_refresh_token_dies(simulation, exchange, refresh):
    """Each use prolongs the life; without use it ends."""
    value = exchange()["refresh_token"]
    for _ in range(3):
        simulation.clock.advance(timedelta(days=100))
        status, body = refresh(value)
        assert status == 200
        value = body["refresh_token"]
    simulation.clock.advance(timedelta(days=101))
    assert refresh(value)[0] == 400


def test_five_years_are_the_end(simulation, exchange, refresh, token):
    """The hard end is told to whoever asks for it, and no use prolongs it."""
    value = exchange()["refresh_token"]
    told = {}
    for _ in range(18):
        simulation.clock.advance(timedelta(days=100))
        status, told = token(
            grant_type="refresh_token",
            refresh_token=value,
            headers={"x-include-refresh-token-hard-expires-in": "true"},
        )
        assert status == 200
        value = told["refresh_token"]
    assert told["x_refresh_token_hard_expires_in"] == 25 * 86_400
    assert told["x_refresh_token_expires_in"] == 25 * 86_400
    assert "x_refresh_token_hard_expires_in" not in refresh(value)[1]
    simulation.clock.advance(timedelta(days=25))
    assert refresh(value)[0] == 400


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.parametrize("media", ["application/json", "application/x-www-form-urlencoded"])
def test_revoking_ends_the_whole_connection(simulation, exchange, refresh, kind, media):
    """Either token, as JSON or as a form, ends both; another connection lives on."""
    gone, kept = exchange(), exchange()
    fields = {"token": gone[kind]}
    body = json.dumps(fields) if media == "application/json" else urlencode(fields)
    request = Request(
        method="POST",
        path="/v2/oauth2/tokens/revoke",
        headers={"Authorization": BASIC, "Content-Type": media},
        body=body.encode(),
    )
    response = answer(simulation, request)
    assert (response.status, response.body) == (200, b"")
    assert refresh(gone["refresh_token"])[0] == 400
    assert api_status(simulation, gone["access_token"]) == 401
    assert api_status(simulation, kept["access_token"]) == 200
    assert answer(simulation, request).status == 400


def test_revoking_needs_the_client(simulation, exchange):
    """Without the app's secret nothing is revoked."""
    access = exchange()["access_token"]
    body = urlencode({"token": access}).encode()
    request = Request(method="POST", path="/v2/oauth2/tokens/revoke", body=body)
    assert answer(simulation, request).status == 401
    assert api_status(simulation, access) == 200


def test_userinfo_needs_openid(simulation):
    """Who agreed is told to a token with the scope openid."""
    for scope, expected in ((SCOPE, 403), (f"{SCOPE} openid email", 200)):
        access = simulation.connect(scope=scope)["access_token"]
        request = Request(
            method="GET",
            path="/v1/openid_connect/userinfo",
            headers={"Authorization": f"Bearer {access}"},
        )
        response = answer(simulation, request)
        assert response.status == expected
    person = json.loads(response.body)
    assert person["email"] == "owner@example.com"
    assert "givenName" not in person


def test_a_lost_refresh_leaves_the_grace(simulation, exchange, refresh, token):
    """The value was replaced and the answer lost: the old value still works for a day."""
    value = exchange()["refresh_token"]
    simulation.faults.set("lost-refresh@1")
    request = Request(
        method="POST",
        path="/oauth2/v1/tokens/bearer",
        headers={"Authorization": BASIC},
        body=urlencode({"grant_type": "refresh_token", "refresh_token": value}).encode(),
    )
    assert answer(simulation, request).lost
    status, body = refresh(value)
    assert status == 200
    assert body["refresh_token"] != value


def test_a_lost_refresh_can_cut_the_connection_for_good(simulation, exchange, refresh):
    """Without grace the old value is dead and nobody knows the new one."""
    value = exchange()["refresh_token"]
    simulation.faults.set("lost-refresh=hard@1")
    request = Request(
        method="POST",
        path="/oauth2/v1/tokens/bearer",
        headers={"Authorization": BASIC},
        body=urlencode({"grant_type": "refresh_token", "refresh_token": value}).encode(),
    )
    assert answer(simulation, request).lost
    assert refresh(value)[0] == 400
