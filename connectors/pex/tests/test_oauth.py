"""Refresh tokens rotate, are saved before they are used, and are never spent twice."""

import datetime as dt
import json

import pytest
from attrs import define, field

from subledger.errors import AuthenticationError, TemporaryError
from subledger.runtime import HttpResponse
from subledger.secret import Secret
from subledger_pex.oauth import Client, RefreshingToken, Tokens, dump, load

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


@define
class Store:
    """Keeps every text that was saved."""

    texts: list[str] = field(factory=list)

    async def load(self):
        """The last text."""
        return self.texts[-1] if self.texts else None

    async def save(self, text):
        """Keeps one more text."""
        self.texts.append(text)


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


def make(context, store, *answers):
    http = Script(list(answers))
    runtime = context(http, NOW)[0].runtime
    client = Client(oauth_url="https://oauth.example", id="demo-app")
    return (
        RefreshingToken(client=client, first=Secret("r0"), store=store, runtime=runtime),
        http,
    )


GOOD = (200, {"access_token": "a1", "refresh_token": "r1", "expires_in": 3600})


async def test_the_rotated_token_is_saved_before_it_is_used(context):
    """What is stored after a refresh is the new refresh token."""
    store = Store()
    token, _ = make(context, store, GOOD)
    assert await token.header() == "Bearer a1"
    kept = load(store.texts[-1])
    assert kept.refresh == Secret("r1")
    assert not kept.spent


async def test_the_store_says_spent_while_the_request_is_on_its_way(context):
    """A crash between request and answer is remembered."""
    store = Store()
    token, _ = make(context, store, GOOD)
    await token.header()
    assert load(store.texts[0]).spent


async def test_a_valid_access_token_is_used_again(context):
    """One refresh serves an hour of requests, also after a restart."""
    store = Store()
    token, http = make(context, store, GOOD)
    await token.header()
    await token.header()
    assert http.posts == 1
    again, http = make(context, store)
    assert await again.header() == "Bearer a1"
    assert http.posts == 0


async def test_a_lost_answer_is_never_repeated(context):
    """A used refresh token shown twice would revoke everything, so a person connects again."""
    store = Store()
    token, http = make(context, store, TemporaryError("no answer"))
    with pytest.raises(TemporaryError):
        await token.header()
    with pytest.raises(AuthenticationError, match="may be used up"):
        await token.header()
    restarted, later = make(context, store, GOOD)
    with pytest.raises(AuthenticationError, match="may be used up"):
        await restarted.header()
    assert (http.posts, later.posts) == (1, 0)


async def test_being_told_to_slow_down_spends_nothing(context):
    """A 429 of the token endpoint leaves the refresh token as it was."""
    store = Store()
    token, _ = make(context, store, (429, {}), GOOD)
    with pytest.raises(TemporaryError):
        await token.header()
    assert await token.header() == "Bearer a1"


async def test_a_refused_refresh_token_asks_for_a_new_connection(context):
    """invalid_grant is final."""
    token, _ = make(context, Store(), (400, {"error": "invalid_grant"}))
    with pytest.raises(AuthenticationError, match="refuses") as caught:
        await token.header()
    assert caught.value.detail == "invalid_grant"


def test_tokens_survive_storage():
    """What is dumped is what is loaded."""
    tokens = Tokens(refresh=Secret("r"), access=Secret("a"), expires=NOW, spent=True)
    assert load(dump(tokens)) == tokens


async def test_an_access_token_that_dies_in_mid_run_is_renewed(world):
    """With OAuth a run survives the end of its access token."""
    async with world(transactions=250) as pex:
        pex.faults(expire_token_at=(12, 30))
        store = Store()
        settings = {
            "token": None,
            "client_id": "demo-app",
            "refresh_token": Secret("demo-refresh"),
            "oauth_url": pex.url,
        }
        async with pex.source(store=store, **settings) as source:
            pages = [page async for page in source.extract(pex.request())]
        assert pages[-1].done == pages[-1].of
        assert len({load(text).refresh.reveal() for text in store.texts}) == 4


async def test_oauth_without_a_store_is_refused(world):
    """A renewed token that nobody keeps would lock the connection out, so it does not start."""
    async with world(transactions=250) as pex:
        with pytest.raises(AuthenticationError, match="cannot be kept"):
            async with pex.source(token=None, client_id="x", refresh_token=Secret("r")):
                pass
        assert pex.asked() == []
