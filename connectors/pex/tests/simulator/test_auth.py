"""Tokens of both kinds."""

import hashlib
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import parse_qs, urlsplit

import pytest

REFUSED = (401, {"Message": "Token expired or does not exist"})


@pytest.mark.parametrize("scheme", ["token", "Bearer", "TOKEN"])
async def test_both_header_schemes_open_the_api(pex, scheme):
    """The same token may come as ``token`` or as ``Bearer``."""
    pex.authorization = f"{scheme} demo-token"
    assert await pex.get("Business/Balance")


@pytest.mark.parametrize("header", ["", "token wrong", "Basic demo-token", "demo-token", "token"])
async def test_anything_else_is_refused_with_the_vendors_words(pex, header):
    """A missing, wrong or misnamed token is answered 401."""
    pex.authorization = header
    assert await pex.call("GET", "/v4/Business/Balance") == REFUSED


async def test_ping_needs_no_token(pex):
    """A sign of life is free."""
    pex.authorization = ""
    assert (await pex.call("GET", "/v4/Ping"))[0] == 200


async def test_a_token_dies_after_six_months_unless_renewed(pex):
    """Renewal gives a new token; the old one runs out at its own time."""
    await pex.admin("POST", "clock", {"days": 160})
    current = await pex.get("Token/Current")
    assert current["Token"] == "demo-token"
    status, renewed = await pex.call("POST", "/v4/Token/Renew")
    assert status == 200
    assert set(renewed) == {"Username", "Token", "AppId", "TokenExpiration"}
    assert renewed["TokenExpiration"] > current["TokenExpiration"]
    assert len((await pex.get("Token"))["Tokens"]) == 2
    await pex.admin("POST", "clock", {"days": 30})
    assert await pex.call("GET", "/v4/Business/Balance") == REFUSED
    pex.authorization = f"token {renewed['Token']}"
    assert await pex.get("Business/Balance")


async def test_renewal_can_end_the_old_token(pex):
    """A switch makes renewal revoke what it replaces."""
    await pex.admin("PUT", "behaviour", {"renewal_revokes": True})
    assert (await pex.call("POST", "/v4/Token/Renew"))[0] == 200
    assert await pex.call("GET", "/v4/Business/Balance") == REFUSED


async def test_a_token_can_be_deleted(pex):
    """A deleted token opens nothing any more."""
    assert (await pex.call("DELETE", "/v4/Token"))[0] == 200
    assert await pex.call("GET", "/v4/Business/Balance") == REFUSED


async def grant(pex, **form):
    async with pex.session.post(
        f"{pex.url}/token", data={"client_id": "demo-app", **form}
    ) as response:
        return response.status, await response.json()


async def test_a_refresh_token_rotates_and_its_replay_revokes_the_family(pex):
    """Each refresh gives a new pair; using an old refresh token again ends every token of it."""
    status, first = await grant(pex, grant_type="refresh_token", refresh_token="demo-refresh")
    assert status == 200
    assert first["token_type"] == "Bearer"
    assert first["expires_in"] == 3600
    pex.authorization = f"Bearer {first['access_token']}"
    assert await pex.get("Business/Balance")
    status, second = await grant(
        pex, grant_type="refresh_token", refresh_token=first["refresh_token"]
    )
    assert status == 200
    assert second["refresh_token"] != first["refresh_token"]
    replay = await grant(pex, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert replay == (400, {"error": "invalid_grant"})
    lost = await grant(pex, grant_type="refresh_token", refresh_token=second["refresh_token"])
    assert lost == (400, {"error": "invalid_grant"})
    pex.authorization = f"Bearer {second['access_token']}"
    assert await pex.call("GET", "/v4/Business/Balance") == REFUSED


async def test_an_access_token_lives_an_hour_of_simulated_time(pex):
    """The access token runs out when the simulated clock has moved an hour."""
    _, pair = await grant(pex, grant_type="refresh_token", refresh_token="demo-refresh")
    pex.authorization = f"Bearer {pair['access_token']}"
    await pex.admin("POST", "clock", {"seconds": 3599})
    assert await pex.get("Business/Balance")
    await pex.admin("POST", "clock", {"seconds": 1})
    assert await pex.call("GET", "/v4/Business/Balance") == REFUSED


async def test_sign_in_with_a_code_and_its_verifier(pex):
    """The code works once, and only with the verifier behind its challenge."""
    verifier = "v" * 50
    digest = hashlib.sha256(verifier.encode()).digest()
    query = {
        "redirect_uri": "http://127.0.0.1:9/back",
        "state": "abc",
        "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }

    async def code() -> str:
        url = f"{pex.url}/authorize"
        async with pex.session.get(url, params=query, allow_redirects=False) as response:
            assert response.status == 302
            back = parse_qs(urlsplit(response.headers["Location"]).query)
        assert back["state"] == ["abc"]
        return back["code"][0]

    form = {"grant_type": "authorization_code"}
    good = await code()
    status, _ = await grant(pex, **form, code=good, code_verifier=verifier)
    assert status == 200
    assert (await grant(pex, **form, code=good, code_verifier=verifier))[0] == 400
    assert (await grant(pex, **form, code=await code(), code_verifier="wrong"))[0] == 400


async def test_the_older_token_request_takes_user_name_and_password(pex):
    """Basic application credentials and a JSON body give an API token."""
    pex.authorization = f"Basic {b64encode(b'demo-app:secret').decode()}"
    login = {"Username": "plee", "Password": "x", "UserAgentString": "test"}
    status, body = await pex.call("POST", "/token", login)
    assert status == 200
    pex.authorization = f"token {body['Token']}"
    assert await pex.get("Business/Balance")
    pex.authorization = f"Basic {b64encode(b'other:secret').decode()}"
    assert (await pex.call("POST", "/token", login))[0] == 401


async def test_discovery_names_the_endpoints(pex):
    """The OpenID configuration points back at the simulator."""
    _, body = await pex.call("GET", "/.well-known/openid-configuration")
    assert body["token_endpoint"] == f"{pex.url}/token"
