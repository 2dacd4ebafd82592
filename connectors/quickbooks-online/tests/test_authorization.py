"""A person connects a company: the address, the code that comes back, and the way out."""

import datetime as dt
import json
from urllib.parse import parse_qs, urlsplit

import attrs
import pytest

from subledger.errors import AuthenticationError, ConnectorError, TemporaryError
from subledger.ports import Consent
from subledger.runtime import HttpResponse
from subledger_quickbooks_online.authorization import AUTHORIZATION, exchange, realm_of, revoke
from subledger_quickbooks_online.simulator import door
from subledger_quickbooks_online.simulator.wire import Request
from subledger_quickbooks_online.tokens import Tokens

CONSENT = Consent(
    state="secret-state", verifier="v" * 43, redirect="http://localhost:8700/connected"
)


def browse(world, consent=CONSENT):
    """What comes back to our address after a person agreed."""
    url = AUTHORIZATION.address(world.config, consent)
    answer = door.answer(world.simulation, Request.of("GET", url))
    back = urlsplit(answer.headers["Location"])
    return {name: values[0] for name, values in parse_qs(back.query).items()}


def test_the_address_carries_state_scope_and_challenge(world):
    """The browser goes to Intuit with a state, and with the verifier's hash, not itself."""
    query = parse_qs(urlsplit(AUTHORIZATION.address(world.config, CONSENT)).query)
    assert query["state"] == ["secret-state"]
    assert query["scope"] == ["com.intuit.quickbooks.accounting"]
    assert query["code_challenge_method"] == ["S256"]
    assert query["code_challenge"] != [CONSENT.verifier]
    assert query["redirect_uri"] == [CONSENT.redirect]


async def test_a_consent_becomes_a_grant_of_the_company(world):
    """The grant knows its company, and works."""
    grant = await exchange(world.config, world.context, CONSENT, browse(world))
    assert grant.facts["realm"] == world.simulation.chosen_realm
    world.vault.kept = grant
    assert (await world.sink().check())[0].startswith("Made-up Company")
    world.simulation.clock.advance(dt.timedelta(minutes=58))
    assert (await Tokens(world.config, world.context).current()).access != grant.access


async def test_another_state_is_refused_before_anything_is_sent(world):
    """An answer to somebody else's attempt is not traded."""
    parameters = {**browse(world), "state": "other"}
    world.simulation.log.clear()
    with pytest.raises(AuthenticationError, match="attempt"):
        await exchange(world.config, world.context, CONSENT, parameters)
    assert not world.simulation.log


async def test_a_declined_consent_says_so(world):
    """Whoever says no in QuickBooks reads that they did."""
    world.simulation.set(consent="deny")
    with pytest.raises(AuthenticationError, match="declined"):
        await exchange(world.config, world.context, CONSENT, browse(world))


async def test_another_company_than_the_configured_one_is_refused(world):
    """A connection that names its company takes no other."""
    config = attrs.evolve(world.config, realm="1")
    with pytest.raises(AuthenticationError, match="belongs to company 1"):
        await exchange(config, world.context, CONSENT, browse(world))


async def test_the_configured_company_is_taken(world):
    """A connection that names its company takes that one, whatever an older grant tells."""
    config = attrs.evolve(world.config, realm=world.simulation.chosen_realm)
    grant = await exchange(config, world.context, CONSENT, browse(world))
    assert realm_of(config, grant) == config.realm
    assert realm_of(config, attrs.evolve(grant, facts={})) == config.realm
    with pytest.raises(ConnectorError, match="which company"):
        realm_of(world.config, attrs.evolve(grant, facts={}))


@pytest.mark.parametrize("lacking", [{"realmId": "abc"}, {"realmId": ""}, {"code": ""}])
async def test_an_answer_without_company_or_code_is_not_traded(world, lacking):
    """What comes back has to name the company and bring a code."""
    parameters = {**browse(world), **lacking}
    world.simulation.log.clear()
    with pytest.raises(AuthenticationError, match="names no company"):
        await exchange(world.config, world.context, CONSENT, parameters)
    assert not world.simulation.log


async def test_a_code_works_once(world):
    """A code that was traded is of no use to anybody else."""
    parameters = browse(world)
    await exchange(world.config, world.context, CONSENT, parameters)
    with pytest.raises(AuthenticationError):
        await exchange(world.config, world.context, CONSENT, parameters)


async def test_a_wrong_secret_names_the_settings(world):
    """Keys that do not fit are told by their names."""
    world.simulation.app = attrs.evolve(world.simulation.app, client_secret="new")
    with pytest.raises(AuthenticationError, match="client_secret"):
        await exchange(world.config, world.context, CONSENT, browse(world))


async def test_without_discovery_the_usual_addresses_serve(world):
    """A discovery document that cannot be had does not stop a person from connecting."""
    parameters = browse(world)
    world.simulation.faults.set("error-before~GET .well-known*")
    assert await exchange(world.config, world.context, CONSENT, parameters)


@pytest.mark.parametrize(
    ("status", "told"), [(500, "https://discovered.example/token"), (200, 7), (200, None)]
)
async def test_what_discovery_cannot_tell_is_not_used(world, status, told):
    """Of a failed or an odd discovery the usual addresses are left."""
    asked = []

    async def http(method, url, **_):
        asked.append(url)
        tokens = {"access_token": "a", "refresh_token": "r"}
        content = json.dumps({"token_endpoint": told} if method == "GET" else tokens).encode()
        return HttpResponse(status=status if method == "GET" else 200, headers={}, body=content)

    context = attrs.evolve(world.context, runtime=attrs.evolve(world.context.runtime, http=http))
    await exchange(world.config, context, CONSENT, browse(world))
    assert asked[-1] == world.config.endpoints.token


async def test_discovered_addresses_serve(world):
    """Codes are traded and tokens revoked where discovery says, if nobody can read along."""
    told = {
        "token_endpoint": "https://discovered.example/token",
        "revocation_endpoint": "http://open.example/revoke",
    }
    asked = []

    async def http(method, url, **_):
        asked.append((method, url))
        tokens = {"access_token": "a", "refresh_token": "r", "expires_in": 3600}
        content = json.dumps(told if method == "GET" else tokens).encode()
        return HttpResponse(status=200, headers={}, body=content)

    context = attrs.evolve(world.context, runtime=attrs.evolve(world.context.runtime, http=http))
    config = attrs.evolve(world.config, oauth_url="")
    grant = await exchange(config, context, CONSENT, browse(world))
    assert ("POST", told["token_endpoint"]) in asked
    await revoke(config, context, grant)
    assert asked[-1] == ("POST", config.endpoints.revoke)


async def test_revoking_ends_the_connection_and_can_be_repeated(world):
    """After the way out neither token works; once more is no error, keys that do not fit are."""
    grant = await world.vault.grant()
    await revoke(world.config, world.context, grant)
    with pytest.raises(AuthenticationError):
        await world.sink().check()
    await revoke(world.config, world.context, grant)
    world.simulation.app = attrs.evolve(world.simulation.app, client_secret="new")
    with pytest.raises(AuthenticationError, match="client_secret"):
        await revoke(world.config, world.context, grant)


async def test_a_revocation_without_an_answer_can_be_tried_again(world):
    """Trouble at Intuit is not taken for success."""
    grant = await world.vault.grant()
    world.simulation.faults.set("error-before~POST v2*")
    with pytest.raises(TemporaryError):
        await revoke(world.config, world.context, grant)
