"""Refresh tokens rotate, are saved before they are used, and are never spent twice."""

import datetime as dt
import json

import pytest
from attrs import define, field

from subledger.errors import AuthenticationError, TemporaryError
from subledger.ports import Grant
from subledger.runtime import HttpResponse
from subledger.secret import Secret
from subledger.testing.vault import MemoryVault
from subledger_pex.oauth import Client, RefreshingToken

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


@define
class Keeping(MemoryVault):
    """A vault that remembers everything it was given."""

    grants: list[Grant] = field(factory=list)

    async def keep(self, grant):
        """Keeps a grant."""
        self.grants.append(grant)
        await super().keep(grant)


def restarted(vault):
    """The vault as another process finds it."""
    return Keeping(kept=vault.kept)


@define
class Script:
    """Answers the discovery, then each token request from a list."""

    answers: list
    posts: int = 0

    async def __call__(self, method, url, **_):
        """The next answer."""
        if method == "GET":
            return HttpResponse(status=200, headers={}, body=b'{"token_endpoint": "https://x/t"}')
        self.posts += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        return HttpResponse(status=status, headers={}, body=json.dumps(body).encode())


def make(context, vault, *answers, first="r0"):
    http = Script(list(answers))
    runtime = context(http, NOW)[0].runtime
    client = Client(oauth_url="https://oauth.example", id="demo-app")
    return (
        RefreshingToken(client=client, first=Secret(first), vault=vault, runtime=runtime),
        http,
    )


GOOD = (200, {"access_token": "a1", "refresh_token": "r1", "expires_in": 3600})


async def test_the_rotated_token_is_saved_before_it_is_used(context):
    """What is stored after a refresh is the new refresh token."""
    vault = Keeping()
    token, _ = make(context, vault, GOOD)
    assert await token.header() == "Bearer a1"
    assert vault.kept.refresh == Secret("r1")
    assert "spent" not in vault.kept.facts


async def test_the_store_says_spent_while_the_request_is_on_its_way(context):
    """A crash between request and answer is remembered."""
    vault = Keeping()
    token, _ = make(context, vault, GOOD)
    await token.header()
    assert vault.grants[-1].facts["spent"] == "yes"
    assert vault.grants[-1].refresh == Secret("r0")


async def test_a_valid_access_token_is_used_again(context):
    """One refresh serves an hour of requests, also after a restart."""
    vault = Keeping()
    token, http = make(context, vault, GOOD)
    await token.header()
    await token.header()
    assert http.posts == 1
    again, http = make(context, restarted(vault))
    assert await again.header() == "Bearer a1"
    assert http.posts == 0


async def test_a_lost_answer_is_never_repeated(context):
    """A used refresh token shown twice would revoke everything, so a person connects again."""
    vault = Keeping()
    token, http = make(context, vault, TemporaryError("no answer"))
    with pytest.raises(TemporaryError):
        await token.header()
    with pytest.raises(AuthenticationError, match="may be used up"):
        await token.header()
    restarted, later = make(context, vault, GOOD)
    with pytest.raises(AuthenticationError, match="may be used up"):
        await restarted.header()
    assert (http.posts, later.posts) == (1, 0)


async def test_being_told_to_slow_down_spends_nothing(context):
    """A 429 of the token endpoint leaves the refresh token as it was."""
    vault = Keeping()
    token, _ = make(context, vault, (429, {}), GOOD)
    with pytest.raises(TemporaryError):
        await token.header()
    assert await token.header() == "Bearer a1"


async def test_a_refused_refresh_token_asks_for_a_new_connection(context):
    """invalid_grant is final."""
    token, _ = make(context, Keeping(), (400, {"error": "invalid_grant"}))
    with pytest.raises(AuthenticationError, match="refuses") as caught:
        await token.header()
    assert caught.value.detail == "invalid_grant"


async def test_an_access_token_that_dies_in_mid_run_is_renewed(world):
    """With OAuth a run survives the end of its access token."""
    async with world(transactions=250) as pex:
        pex.faults(expire_token_at=(12, 30))
        vault = pex.context.vault
        settings = {
            "token": None,
            "client_id": "demo-app",
            "refresh_token": Secret("demo-refresh"),
            "oauth_url": pex.url,
        }
        async with pex.source(**settings) as source:
            pages = [page async for page in source.extract(pex.request())]
        assert pages[-1].done == pages[-1].of
        assert vault.kept.refresh != Secret("demo-refresh")
