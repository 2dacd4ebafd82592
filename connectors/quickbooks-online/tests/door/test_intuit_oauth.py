"""Intuit's own OAuth client, intuit-oauth, works with the simulator over real HTTP."""

import json
import warnings
from importlib import import_module
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest

from subledger_quickbooks_online.simulator import NO_LIMITS, REALM, Simulation
from subledger_quickbooks_online.simulator.server import serving_in_thread


@pytest.fixture(scope="module")
def library():
    """The package; what it warns of while it is imported is its own affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("intuitlib", reason="intuit-oauth is not installed")
        client, enums, exceptions = (
            import_module(f"intuitlib.{name}") for name in ("client", "enums", "exceptions")
        )
    return SimpleNamespace(
        AuthClient=client.AuthClient,
        Scopes=enums.Scopes,
        AuthClientError=exceptions.AuthClientError,
    )


@pytest.fixture
def server():
    simulation = Simulation.open(switches=NO_LIMITS)
    with serving_in_thread(simulation) as url:
        yield url
    simulation.close()


@pytest.fixture(params=["openid_configuration", "openid_sandbox_configuration"])
def client(library, server, request):
    """A client that found the endpoints by discovery."""
    made = library.AuthClient(
        "simulated-client",
        "simulated-secret",
        "https://app.example/callback",
        f"{server}/.well-known/{request.param}/",
    )
    yield made
    made.close()


def order(server, method, path, body):
    data = json.dumps(body).encode()
    request = Request(f"{server}/simulator/{path}", data, method=method)  # noqa: S310 - our own address
    urlopen(request, timeout=20).close()  # noqa: S310 - our own address


@pytest.fixture
def connected(client, library):
    """The client after a person's consent."""
    url = client.get_authorization_url([library.Scopes.ACCOUNTING, library.Scopes.OPENID])
    response = client.get(url, allow_redirects=False, timeout=20)
    back = parse_qs(urlsplit(response.headers["Location"]).query)
    assert back["state"] == [client.state_token]
    client.get_bearer_token(back["code"][0], realm_id=back["realmId"][0])
    return client


def preferences(client, server):
    return client.get(
        f"{server}/v3/company/{REALM}/preferences",
        headers={"Authorization": f"Bearer {client.access_token}", "Accept": "application/json"},
        timeout=20,
    ).status_code


def test_the_whole_way(connected, server):
    """Discovery, consent, code, tokens, a call, who agreed, revocation."""
    assert connected.realm_id == REALM
    assert connected.x_refresh_token_expires_in == 8_726_400
    assert preferences(connected, server) == 200
    assert connected.get_user_info().json()["sub"]
    assert connected.revoke() is True
    assert preferences(connected, server) == 401


def test_refreshing(connected, server, library):
    """Within the day the value stays, a day later it is replaced, and then it ends."""
    first = connected.refresh_token
    connected.refresh()
    assert connected.refresh_token == first
    order(server, "POST", "clock", {"days": 1})
    connected.refresh()
    assert connected.refresh_token != first
    assert preferences(connected, server) == 200
    order(server, "POST", "clock", {"days": 1})
    with pytest.raises(library.AuthClientError) as told:
        connected.refresh(refresh_token=first)
    assert told.value.status_code == 400
    assert "invalid_grant" in str(told.value.content)


def test_a_lost_refresh(connected, server):
    """When the answer of a refresh is lost, the old value leads on within its grace."""
    first = connected.refresh_token
    order(server, "PUT", "faults", {"plan": "lost-refresh@1"})
    with pytest.raises(OSError, match="Connection"):
        connected.refresh()
    connected.refresh()
    assert connected.refresh_token != first
    assert preferences(connected, server) == 200
