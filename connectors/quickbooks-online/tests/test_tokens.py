"""Tokens are renewed early, once, and stored before they are used."""

import asyncio
import datetime as dt

import attrs
import pytest

from subledger.errors import AuthenticationError, TemporaryError
from subledger.runtime import HttpResponse
from subledger.secret import Secret
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.grants import NotGranted, grant_of
from subledger_quickbooks_online.tokens import TOKEN_ENDPOINT, Tokens
from subledger_quickbooks_online.wire import requests


def refreshes(world):
    return [entry for entry in world.simulation.log if entry.path.endswith("/tokens/bearer")]


def forward(world, **span):
    world.simulation.clock.advance(dt.timedelta(**span))


async def test_a_token_is_used_until_five_minutes_before_its_end(world):
    """An hour's token is renewed after 55 minutes, not before and not on every request."""
    tokens = Tokens(world.config, world.context)
    first = await tokens.current()
    forward(world, minutes=54)
    assert await tokens.current() == first
    forward(world, minutes=2)
    second = await tokens.current()
    assert second.access != first.access
    assert world.vault.kept == second
    assert await tokens.current() == second
    assert len(refreshes(world)) == 1


async def test_facts_and_lifetimes_survive_a_renewal(world):
    """The company stays known, and the day of the forced reconnect is noted."""
    forward(world, minutes=56)
    grant = await Tokens(world.config, world.context).current()
    assert grant.facts["realm"] == world.simulation.chosen_realm
    assert grant.reconnect_by - world.simulation.now > dt.timedelta(days=4 * 365)
    assert grant.refresh_expires - world.simulation.now > dt.timedelta(days=99)


@attrs.define
class SlowHttp:
    """Lets other tasks run before each request, as a network does."""

    http: object

    async def __call__(self, *args, **values):
        """One answer, after a while."""
        for _ in range(5):
            await asyncio.sleep(0)
        return await self.http(*args, **values)


def slow(world, vault=None):
    runtime = attrs.evolve(world.context.runtime, http=SlowHttp(world.http))
    return attrs.evolve(world.context, runtime=runtime, vault=vault or world.vault)


async def renew_by_many(world, context):
    every = [Tokens(world.config, context) for _ in range(5)]
    for tokens in every:
        await tokens.current()
    forward(world, minutes=56)
    return await asyncio.gather(*(tokens.current() for tokens in every))


async def test_many_callers_renew_once(world):
    """Five processes that need a token at once make one request and share its answer."""
    grants = await renew_by_many(world, slow(world))
    assert len({grant.access for grant in grants}) == 1
    assert len(refreshes(world)) == 1


async def test_without_one_turn_many_callers_are_seen(world):
    """The negative control: a vault without turns makes five requests of it."""

    class Careless(type(world.vault)):
        async def renewed(self, stale, renew):
            self.kept = await renew(self.kept or stale)
            return self.kept

    await renew_by_many(world, slow(world, Careless(world.vault.kept)))
    assert len(refreshes(world)) == 5


async def test_a_refused_token_is_looked_up_once_more(world):
    """Where another process has stored a newer refresh token, that one is used."""
    good = world.vault.kept
    stale = attrs.evolve(
        good, refresh=Secret("stolen"), access=Secret("old"), expires=world.simulation.now
    )

    class Behind(type(world.vault)):
        async def renewed(self, _stale, renew):
            self.kept = await renew(stale)
            return self.kept

    context = attrs.evolve(world.context, vault=Behind(good))
    tokens = Tokens(world.config, context)
    grant = await tokens.renew(stale)
    assert grant.access != good.access
    assert len(refreshes(world)) == 2


async def test_a_revoked_connection_needs_a_person(world):
    """A refresh token that is refused for good stops the connection and keeps the grant."""
    world.vault.kept = attrs.evolve(
        world.vault.kept, refresh=Secret("gone"), expires=world.simulation.now
    )
    with pytest.raises(AuthenticationError, match="Run `subledger connect`"):
        await Tokens(world.config, world.context).current()
    assert world.vault.kept.refresh == Secret("gone")
    assert len(refreshes(world)) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b'{"access_token": "a"}'),
        (200, b'{"refresh_token": "r"}'),
        (200, b'{"access_token": "", "refresh_token": null}'),
        (200, b"<html>"),
        (429, b"{}"),
        (503, b'{"access_token": "a", "refresh_token": "r"}'),
    ],
)
def test_an_answer_without_both_tokens_is_no_grant(status, body):
    """Whatever comes instead of two tokens is put off, and replaces nothing."""
    with pytest.raises(TemporaryError) as caught:
        grant_of(status, body, now=dt.datetime.now(dt.UTC), facts={})
    assert bool(caught.value.retry_after) is (status == 429)


@pytest.mark.parametrize(
    ("body", "sort", "words"),
    [
        (b'{"error": "invalid_grant"}', NotGranted, "Run `subledger connect`"),
        (b'{"error": "invalid_client"}', AuthenticationError, "client_id"),
        (b'{"error": "invalid_scope"}', AuthenticationError, "Run `subledger connect`"),
    ],
)
def test_a_clear_refusal_is_for_a_person(body, sort, words):
    """Each refusal of the token endpoint says what to do about it."""
    with pytest.raises(sort, match=words):
        grant_of(400, body, now=dt.datetime.now(dt.UTC), facts={})


@pytest.mark.parametrize(
    ("fact", "ours", "used"),
    [
        ("https://discovered.example/token", "", "https://discovered.example/token"),
        ("http://open.example/token", "", "https://oauth.platform.intuit.com"),
        ("", "", "https://oauth.platform.intuit.com"),
        ("https://discovered.example/token", "https://own.example", "https://own.example"),
    ],
)
async def test_tokens_are_renewed_at_the_discovered_address(world, fact, ours, used):
    """What discovery told serves, unless all could read it or the settings name another."""
    asked = []

    async def http(method, url, **_):
        asked.append(url)
        content = b'{"access_token": "a", "refresh_token": "r", "expires_in": 3600}'
        return HttpResponse(status=200, headers={}, body=content)

    world.vault.kept = attrs.evolve(
        world.vault.kept, facts={TOKEN_ENDPOINT: fact}, expires=world.simulation.now
    )
    runtime = attrs.evolve(world.context.runtime, http=http)
    config = attrs.evolve(world.config, oauth_url=ours)
    await Tokens(config, attrs.evolve(world.context, runtime=runtime)).current()
    [url] = asked
    assert url.startswith(used)


async def test_trouble_at_the_token_endpoint_is_not_a_lost_connection(world):
    """A server error there is put off: the old token still works, and nothing is overwritten."""
    before = world.vault.kept
    world.simulation.faults.set("error-before~POST oauth2/v1/tokens/bearer")
    tokens = Tokens(world.config, world.context)
    forward(world, minutes=56)
    assert await tokens.current() == before
    forward(world, minutes=10)
    with pytest.raises(TemporaryError):
        await tokens.current()
    assert world.vault.kept == before


async def test_a_lost_renewal_is_repeated_with_the_old_token(world):
    """An answer that was lost after the token was replaced does not cut the connection."""
    forward(world, days=2)
    world.simulation.faults.set("lost-refresh@1")
    tokens = Tokens(world.config, world.context)
    with pytest.raises(TemporaryError):
        await tokens.current()
    assert (await tokens.current()).expires > world.simulation.now


async def test_nobody_connected(world):
    """Without a grant the error says how to connect."""
    world.vault.kept = None
    with pytest.raises(AuthenticationError, match="subledger connect"):
        await Tokens(world.config, world.context).current()


async def test_a_refused_access_token_is_renewed_and_the_request_repeated(world, make, delivery):
    """After 401 the same request goes once more, under the same requestid."""
    world.simulation.faults.set("expired-token~POST invoice@1")
    sent = delivery(make.document())
    [outcome] = await world.sink().deliver([sent])
    assert outcome.type == "Invoice"
    writes = [entry for entry in world.simulation.log if entry.path.endswith("/invoice")]
    assert [entry.status for entry in writes] == [401, 200]
    assert {entry.query["requestid"] for entry in writes} == {sent.attempt_key}


async def test_a_second_refusal_stops(world):
    """A token that is refused twice is a matter for a person, after one renewal."""
    world.simulation.faults.set("expired-token~GET preferences")
    with pytest.raises(AuthenticationError):
        await Client(world.config, world.context).get(requests.preferences())
    assert len(refreshes(world)) == 1


async def test_secrets_are_never_logged(world, make, delivery):
    """Neither tokens nor bodies reach the log."""
    forward(world, minutes=56)
    await world.sink().deliver([delivery(make.document(memo="private words"))])
    text = repr(world.log.events)
    kept = world.vault.kept
    for secret in (
        kept.access.reveal(),
        kept.refresh.reveal(),
        "simulated-secret",
        "private words",
    ):
        assert secret not in text
