"""Connecting: what a browser brings back counts once, for the attempt it belongs to."""

import datetime as dt
import itertools
import logging
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
import structlog
from aiohttp.test_utils import TestClient, TestServer
from attrs import define, evolve, field, frozen

from subledger import connecting
from subledger.cli import connect
from subledger.config import Settings, VaultSettings
from subledger.config.settings import ConnectionSettings, FlowSettings
from subledger.connecting import LASTS, begin, disconnect
from subledger.errors import AuthenticationError, ConfigError, TemporaryError
from subledger.kernel import Kernel
from subledger.manifest import Direction, Frequency, Manifest, Role
from subledger.ports import Authorization, FlowPlan, Grant, Keep, SourceType
from subledger.runtime import HttpResponse, Runtime
from subledger.secret import Secret
from subledger.server.app import Plant, make_app
from subledger.store.engine import memory_store
from subledger.store.schema import FLOW, TOKEN
from subledger.vault import Keyring

NOON = dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SILENT = structlog.wrap_logger(logging.getLogger("silent"), processors=[lambda *_: ""])
BACK = "https://we.example/oauth/callback"


@frozen
class Config:
    """Settings of a connection."""


@define
class Desk:
    """The other side's OAuth server, and our clock."""

    now: dt.datetime = NOON
    exchanged: list[tuple[str, str]] = field(factory=list)
    revoked: list[str] = field(factory=list)

    def address(self, _config, consent):
        """Where the browser goes."""
        return f"https://they.example/authorize?state={consent.state}&back={consent.redirect}"

    async def exchange(self, _config, context, consent, parameters):
        """A grant for a code."""
        if parameters.get("code") == "bad":
            raise AuthenticationError("The code is not accepted.")
        self.exchanged.append((context.connection, consent.verifier))
        access = f"acc-{len(self.exchanged)}"
        return Grant(access=Secret(access), refresh=Secret("ref"), expires=NOON + HOUR)

    async def revoke(self, _config, context, _grant):
        """Gives it up."""
        self.revoked.append(context.connection)


@pytest.fixture
def they():
    """The other side."""
    return Desk()


@pytest.fixture
def kernel(they):
    """A kernel with two connections that are authorised in a browser, and one that is not."""
    manifest = Manifest(
        name="shop",
        title="Shop",
        roles={Role.PSA},
        direction=Direction.SOURCE,
        kinds={},
        frequency=Frequency(default=HOUR, minimum=HOUR),
    )
    way = Authorization(address=they.address, exchange=they.exchange, revoke=they.revoke)
    connections = {}
    for name, authorization in (("a", way), ("b~c", way), ("plain", None)):
        source = SourceType(
            manifest=manifest,
            config=Config,
            open=None,
            normalise=None,
            authorization=authorization,
        )
        connections[name] = ConnectionSettings(
            name=name, connector="shop", config=Config(), type=source
        )
    settings = Settings(
        folder=Path(),
        connections=connections,
        vault=VaultSettings(key=Secret("a2" * 20 + "a2s=")),
    )
    numbers = itertools.count()
    runtime = Runtime(
        now=lambda: they.now,
        sleep=None,
        random=None,
        new_id=lambda: f"{next(numbers):032}",
        http=None,
    )
    store = memory_store()
    yield Kernel(settings, store, runtime, SILENT, "me")
    store.close()


@pytest.fixture
async def browser(kernel):
    """A person's browser that comes back to us."""
    async with TestClient(TestServer(make_app(Plant(kernel)))) as client:

        async def comes_back(**parameters):
            answer = await client.get("/oauth/callback", params=parameters)
            assert answer.content_type == "text/plain"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            return answer.status, await answer.text()

        yield comes_back


async def state_of(kernel, connection="a"):
    """The state of a new attempt."""
    return parse_qs(urlsplit(await begin(kernel, connection, BACK)).query)["state"][0]


@pytest.mark.parametrize("connection", ["a", "b~c"])
async def test_connected_once(kernel, they, browser, connection):
    """A person who allows the access connects it; the same answer counts once."""
    state = await state_of(kernel, connection)
    status, text = await browser(state=state, code="1")
    assert (status, connection in text) == (200, True)
    assert (await kernel.vault(connection).grant()).access == Secret("acc-1")
    assert (await browser(state=state, code="1"))[0] == 400
    assert [name for name, _verifier in they.exchanged] == [connection]


async def test_what_reads_from_it_runs_at_once(kernel, browser):
    """Flows that read from a connection are due once it is connected, those by hand are not."""
    flow = FlowSettings(
        name="often",
        source="a",
        sink="plain",
        kinds=frozenset(),
        every=HOUR,
        look_back=HOUR,
        plan=FlowPlan(kinds=frozenset(), account="", steps=(), draft=lambda e, _b: Keep(e)),
        digest="d",
    )
    flows = [flow, evolve(flow, name="by hand", every=None), evolve(flow, name="b", source="b~c")]
    kernel.settings = evolve(kernel.settings, flows={one.name: one for one in flows})
    later = kernel.now_ms() + 3_600_000
    rows = [{"name": one.name, "next_due": later} for one in flows]
    await kernel.store.tx(lambda c: c.execute(sa.insert(FLOW), rows))
    await browser(state=await state_of(kernel), code="1")
    due = sa.select(FLOW.c.name).where(FLOW.c.next_due <= kernel.now_ms())
    assert await kernel.store.read(lambda c: list(c.execute(due).scalars())) == ["often"]


async def test_attempts_at_a_state(kernel, they, browser):
    """A wrong state connects nothing, and does not end the attempt of the person."""
    state = await state_of(kernel)
    other = await state_of(kernel, "b~c")
    wrong = ["", "a", "a~", "~", f"{state}x", state.upper(), "plain~1", "nobody~1", "a~\ud7ff"]
    swapped = ["b~c~" + state.rpartition("~")[2], "a~" + other.rpartition("~")[2]]
    for attempt in [*wrong, *swapped]:
        status, text = await browser(state=attempt, code="1")
        assert (status, "not known" in text) == (400, True), attempt
    assert await browser(code="1") == await browser(state="x", code="1")
    assert they.exchanged == []
    assert (await browser(state=state, code="1"))[0] == 200


async def test_an_attempt_ends(kernel, they, browser):
    """An attempt is over after a quarter of an hour, and with the next one."""
    first = await state_of(kernel)
    second = await state_of(kernel)
    assert (await browser(state=first, code="1"))[0] == 400
    they.now += LASTS + dt.timedelta(seconds=1)
    assert (await browser(state=second, code="1"))[0] == 400
    assert they.exchanged == []


async def test_refused(kernel, they, browser):
    """A refusal is told as plain text, and ends the attempt."""
    state = await state_of(kernel)
    status, text = await browser(state=state, error="<script>alert(1)</script>" + "x" * 500)
    assert (status, len(text) < 300) == (400, True)
    assert (await browser(state=state, code="1"))[0] == 400
    assert they.exchanged == []
    bad = await state_of(kernel)
    assert "not accepted" in (await browser(state=bad, code="bad"))[1]
    assert await kernel.vault("a").grant() is None


async def test_an_attempt_that_was_replaced_while_it_was_looked_up(kernel, monkeypatch, browser):
    """A new attempt that begins in that moment is not ended by the old one."""
    state = await state_of(kernel)
    newer = []
    real = connecting.hmac.compare_digest

    def compare(one, other):
        kernel.store.writer._connection.execute(
            sa.update(TOKEN).values(sealed=kernel.keys().seal(newer[0], "consent:a"))
        )
        monkeypatch.setattr("subledger.connecting.hmac.compare_digest", real)
        return real(one, other)

    newer.append(b'["a~new", "v", "https://we.example", "2026-03-15T12:15:00+00:00"]')
    monkeypatch.setattr("subledger.connecting.hmac.compare_digest", compare)
    assert (await browser(state=state, code="1"))[0] == 400
    assert (await browser(state="a~new", code="1"))[0] == 200


async def test_nothing_of_an_attempt_in_clear(kernel):
    """Neither state nor verifier stand in the database in clear."""
    state = await state_of(kernel)
    (sealed,) = await kernel.store.tx(lambda c: c.execute(sa.select(TOKEN.c.sealed)).scalars())
    assert state.encode() not in sealed


@pytest.mark.parametrize("connection", ["plain", "nobody"])
async def test_without_authorisation(kernel, connection):
    """A connection without authorisation in a browser is named, with those that have it."""
    with pytest.raises(ConfigError, match="Known: a, b~c"):
        await begin(kernel, connection, BACK)


async def test_disconnect(kernel, they, browser):
    """The grant is given up there and here; again, there is nothing left to give up."""
    await browser(state=await state_of(kernel), code="1")
    await disconnect(kernel, "a")
    await disconnect(kernel, "a")
    assert they.revoked == ["a"]
    assert await kernel.vault("a").grant() is None


async def test_a_renewal_is_not_taken_for_a_connection(kernel, browser):
    """Who waits for the browser does not take a grant that a server renewed for the person's."""
    await browser(state=await state_of(kernel), code="1")
    before = await kernel.vault("a").grant()
    state = await state_of(kernel)
    renewed = Grant(access=Secret("new"), refresh=Secret("ref"), expires=NOON)
    await kernel.vault("a").keep(renewed)
    steps = [None, None, browser(state=state, code="1")]

    async def sleep(_seconds):
        step = steps.pop(0)
        if step is not None:
            await step

    kernel.runtime = Runtime(
        now=kernel.runtime.now, sleep=sleep, random=None, new_id=lambda: "i", http=None
    )
    assert await connect._until_granted(kernel, "a", before) == "connected"
    assert steps == []


async def lose_the_key(kernel, browser):
    """A connection whose grant no key opens any more."""
    await browser(state=await state_of(kernel), code="1")
    kernel.keys = lambda: Keyring([b"x" * 32])
    kernel._vaults.clear()


async def test_connected_again_after_the_key_was_lost(kernel, browser, capsys):
    """Where no key opens the old grant, a person connects again, as the finding says."""
    await lose_the_key(kernel, browser)
    steps = []

    async def sleep(_seconds):
        address = next(word for word in capsys.readouterr().err.split() if "https://they" in word)
        steps.append(await browser(state=parse_qs(urlsplit(address).query)["state"][0], code="1"))

    server = HttpResponse(status=200, headers={"server": "subledger"}, body=b"")

    async def http(_method, _url, **_more):
        return server

    kernel.runtime = evolve(kernel.runtime, sleep=sleep, http=http)
    assert await connect._authorise(kernel, "a", browser=False) == "connected"
    assert [status for status, _text in steps] == [200]


async def test_given_up_after_the_key_was_lost(kernel, they, browser):
    """A grant that no key opens can be given up here; the other side cannot be told."""
    await lose_the_key(kernel, browser)
    assert await connect._given_up(kernel, "a") == "forgotten"
    assert they.revoked == []
    assert await kernel.vault("a").grant() is None
    assert await connect._given_up(kernel, "a") == "disconnected"


async def test_a_server_with_another_key(kernel, browser):
    """A server that runs with another key than the command tells the person so."""
    state = await state_of(kernel)
    kernel.keys = lambda: Keyring([b"x" * 32])
    status, text = await browser(state=state, code="1")
    assert status == 400
    assert "cannot be decrypted" in text
    assert "[vault]" in text


@pytest.mark.parametrize(("server", "ours"), [("subledger", True), ("nginx", False), (None, False)])
async def test_only_our_server_is_waited_for(kernel, server, ours):
    """Another program at the port would not hand over what the browser brings back."""

    async def http(_method, _url, **_more):
        if server is None:
            raise TemporaryError("no answer")
        return HttpResponse(status=200, headers={"server": server}, body=b"")

    kernel.runtime = evolve(kernel.runtime, http=http)
    assert await connect._is_ours(kernel, "http://127.0.0.1:8080/health", "subledger") is ours


async def test_a_refusal_ends_the_waiting(kernel, browser):
    """Who waits for the browser hears of a refusal within a minute."""
    state = await state_of(kernel)
    await browser(state=state, error="access_denied")
    waited = []

    async def sleep(seconds):
        waited.append(seconds)

    kernel.runtime = Runtime(
        now=kernel.runtime.now, sleep=sleep, random=None, new_id=lambda: "i", http=None
    )
    assert await connect._until_granted(kernel, "a", None) == "refused"
    assert sum(waited) <= 60
