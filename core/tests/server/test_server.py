"""The server: routes, health, webhooks; nothing of the inside reaches the outside."""

import asyncio
import datetime as dt
import io
import logging
import random
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from attrs import evolve, frozen

from subledger.config.settings import ConnectionSettings, FlowSettings, Settings
from subledger.errors import Problem, SubledgerError
from subledger.kernel import Kernel
from subledger.manifest import Direction, Frequency, Initiative, Manifest, Role
from subledger.model.kinds import CARD_TRANSACTION
from subledger.ports import FlowPlan, Keep, SinkType, SourceType, WebhookVerdict
from subledger.runtime import Runtime
from subledger.server.app import Plant, make_app
from subledger.server.run import Listen, listening, reloading
from subledger.store.engine import memory_store
from subledger.store.schema import FLOW

NOON = dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SECRET = "c4nary-secret"
SILENT = structlog.wrap_logger(logging.getLogger("silent"), processors=[lambda *_: ""])


@frozen(kw_only=True)
class Config:
    """Settings of a connection."""

    name: str = "a"
    secret: str = SECRET
    news: bytes = b"news"


def manifest(name, **more):
    values = {"roles": {Role.CARD_PLATFORM}, "direction": Direction.SOURCE, "kinds": {}}
    return Manifest(
        name=name, title=name, frequency=Frequency(default=HOUR, minimum=HOUR), **values | more
    )


class Peer:
    """A peer that answers with its name, or fails."""

    def __init__(self, config, context):
        self.config, self.context = config, context

    async def handle(self, request):
        """An answer."""
        if request.query.get("fail"):
            raise RuntimeError(SECRET)
        return web.Response(text=f"{self.config.name} {await request.text()}")


def hook(config, headers, body):
    """Judges a webhook call by its secret."""
    if headers.get("x-secret") != config.secret:
        return WebhookVerdict.REFUSED
    if body == b"crash":
        raise KeyError(SECRET)
    return WebhookVerdict.RUN if body == config.news else WebhookVerdict.IGNORED


SOURCE = SourceType(
    manifest=manifest("cards"), config=Config, open=None, normalise=None, webhook=hook
)
SINK = SinkType(
    manifest=manifest("books", direction=Direction.SINK, initiative=Initiative.PEER),
    config=Config,
    preview=None,
    peer=Peer,
    mount="door",
)
CONNECTIONS = {
    "cards": ConnectionSettings(name="cards", connector="cards", config=Config(), type=SOURCE),
    "deaf": ConnectionSettings(
        name="deaf", connector="cards", config=Config(), type=evolve(SOURCE, webhook=None)
    ),
    "other": ConnectionSettings(
        name="other", connector="cards", config=Config(news=b"other"), type=SOURCE
    ),
    "stranger": ConnectionSettings(
        name="stranger", connector="cards", config=Config(secret="another"), type=SOURCE
    ),
    "books": ConnectionSettings(name="books", connector="books", config=Config(), sink=SINK),
}
FLOW_SETTINGS = FlowSettings(
    name="flow",
    source="cards",
    sink="books",
    kinds=frozenset({CARD_TRANSACTION}),
    look_back=HOUR,
    plan=FlowPlan(kinds=frozenset(), account="", steps=(), draft=lambda e, _b: Keep(e)),
    digest="d",
)


@pytest.fixture
def plant():
    """A plant with a webhook and a peer."""
    store = memory_store()
    flows = {
        "flow": FLOW_SETTINGS,
        **{name: evolve(FLOW_SETTINGS, name=name, source=name) for name in ("other", "stranger")},
    }
    settings = Settings(folder=Path(), connections=CONNECTIONS, flows=flows)
    runtime = Runtime(
        now=lambda: NOON,
        sleep=None,
        random=random.Random(1),  # noqa: S311 - a seed to repeat
        new_id=lambda: "i" * 26,
        http=None,
    )
    made = Plant(Kernel(settings, store, runtime, SILENT, "me"))
    made.furnish()
    yield made
    store.close()


@pytest.fixture
async def client(plant):
    """Somebody outside."""
    async with TestClient(TestServer(make_app(plant))) as made:
        yield made


async def test_health_and_ready(client, plant):
    """The server tells that it lives, that its database answers, and which companies do not."""
    assert await (await client.get("/health")).json() == {"status": "ok"}
    answer = await client.get("/ready")
    assert (answer.status, (await answer.json())["status"]) == (200, "ready")
    plant.problems = {"acme": ["x"]}
    assert (await (await client.get("/ready")).json())["companies_with_problems"] == ["acme"]


async def test_not_ready(client, plant, monkeypatch):
    """With a database that does not answer the server is not ready, and tells no more than why."""

    async def broken(_self, _function):
        raise OSError(SECRET)

    monkeypatch.setattr(type(plant.kernel.store), "tx", broken)
    answer = await client.get("/ready")
    assert answer.status == 503
    text = await answer.text()
    assert "OSError" in text
    assert SECRET not in text


async def test_support(client):
    """The page that a Web Connector links to says in plain words what to do."""
    answer = await client.get("/support")
    assert "QuickBooks Web Connector" in await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_peer(client):
    """A call reaches the peer of its connection, with any method."""
    answer = await client.post("/door/books", data="hello")
    assert (answer.status, await answer.text()) == (200, "a hello")


@pytest.mark.parametrize(
    "path", ["/door/nobody", "/other/books", "/door/cards", "/", "/door", "/webhooks/books/x"]
)
async def test_unknown_address(client, path):
    """An address that nobody serves is not found, and says nothing about those that are there."""
    answer = await client.post(path)
    assert answer.status == 404
    assert "cards" not in await answer.text()


@pytest.mark.parametrize("connection", ["nobody", "books", "deaf"])
async def test_webhook_of_nobody(client, connection):
    """A connection without a webhook has none, whatever secret is shown."""
    answer = await client.post(f"/webhooks/{connection}", headers={"X-Secret": SECRET})
    assert answer.status == 404


@pytest.mark.parametrize(
    ("call", "status", "due"),
    [
        (("wrong", b"news"), 401, None),
        ((SECRET, b"nothing"), 204, None),
        ((SECRET, b"news"), 204, NOON.timestamp() * 1000),
    ],
)
async def test_webhook(client, plant, call, status, due):
    """A call with the right secret makes the flow due at once; another one changes nothing."""
    secret, body = call
    answer = await client.post("/webhooks/cards", headers={"X-Secret": secret}, data=body)
    assert answer.status == status
    assert await due_flows(plant) == ({} if due is None else {"flow": due})


async def due_flows(plant):
    """When each flow is due, where that was said."""

    def read(c):
        rows = c.execute(sa.select(FLOW.c.name, FLOW.c.next_due))
        return {row.name: row.next_due for row in rows if row.next_due is not None}

    return await plant.kernel.store.tx(read)


@pytest.mark.parametrize(
    ("call", "status", "due"),
    [
        ((SECRET, b"other"), 204, {"other"}),
        (("another", b"news"), 401, set()),
        (("another", b"other"), 401, set()),
    ],
)
async def test_webhook_of_several_companies(client, plant, call, status, due):
    """A vendor calls one address for all companies: each runs for its own news and proof."""
    secret, body = call
    answer = await client.post("/webhooks/cards", headers={"X-Secret": secret}, data=body)
    assert answer.status == status
    assert set(await due_flows(plant)) == due
    own = await client.post("/webhooks/stranger", headers={"X-Secret": "another"}, data=b"news")
    assert own.status == 204
    assert set(await due_flows(plant)) == due | {"stranger"}


async def test_webhooks_are_logged(client, plant):
    """Who sets a webhook up finds in the log whether it came, and what it made run."""
    lines = []

    def note(_logger, method, event):
        lines.append((method, event.pop("event"), event))
        raise structlog.DropEvent

    plant.kernel.log = structlog.wrap_logger(logging.getLogger("noted"), processors=[note])
    for secret, body in (("wrong", b"news"), (SECRET, b"nothing"), (SECRET, b"news")):
        await client.post("/webhooks/cards", headers={"X-Secret": secret}, data=body)
    assert lines == [
        ("warning", "webhook_refused", {"connection": "cards"}),
        ("info", "webhook", {"connection": "cards", "asks": False, "flows": []}),
        ("info", "webhook", {"connection": "cards", "asks": True, "flows": ["flow"]}),
    ]


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD"])
async def test_webhooks_are_posted(client, method):
    """Another method than POST is refused as such, for connections that exist and others."""
    for connection in ("cards", "nobody"):
        answer = await client.request(method, f"/webhooks/{connection}")
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")


async def test_webhook_too_large(client):
    """A call with a huge body is refused before anybody reads it."""
    answer = await client.post("/webhooks/cards", data=io.BytesIO(b"x" * (1024 * 1024 + 1)))
    assert answer.status == 413


@pytest.mark.parametrize(
    ("path", "body"), [("/door/books?fail=1", b""), ("/webhooks/cards", b"crash")]
)
async def test_no_traceback(client, path, body):
    """Where our own code fails the outside learns nothing but that."""
    answer = await client.post(path, data=body, headers={"X-Secret": SECRET})
    text = await answer.text()
    assert answer.status == 400
    assert "Traceback" not in text
    assert SECRET not in text
    assert "could not be processed" in text


async def test_new_settings(plant):
    """After a reload changed peers are new, unchanged ones stay, and removed ones are gone."""
    first = plant.peers["books"]
    plant.furnish()
    assert plant.peers["books"] is first
    changed = evolve(CONNECTIONS["books"], config=Config(name="b"))
    plant.kernel.settings = evolve(plant.kernel.settings, connections={"books": changed})
    plant.furnish()
    assert plant.peers["books"].config.name == "b"
    plant.kernel.settings = evolve(plant.kernel.settings, connections={}, flows={})
    plant.furnish()
    assert (plant.peers, plant.mounts) == ({}, {})


async def test_port_in_use(plant):
    """A port that somebody else listens on is named, with what to do."""
    listen = Listen(host="127.0.0.1", port=0)
    async with listening(plant.kernel, listen) as address:
        taken = evolve(listen, port=int(address.rpartition(":")[2]))
        with pytest.raises(SubledgerError, match="already in use") as caught:
            async with listening(plant.kernel, taken):
                pass
    assert "--port" in caught.value.hint


async def test_a_company_that_is_left_out_is_told_in_the_log(plant):
    """After a reload the log says of each mistake in which file it is, what it is, what to do."""
    lines = []

    def note(_logger, _method, event):
        lines.append((event.pop("event"), event))
        raise structlog.DropEvent

    naps = iter([None])

    async def sleep(_seconds):
        if next(naps, plant) is plant:
            raise asyncio.CancelledError

    kernel = plant.kernel
    kernel.log = structlog.wrap_logger(logging.getLogger("noted"), processors=[note])
    kernel.runtime = evolve(kernel.runtime, sleep=sleep)
    mistake = Problem(path="flows.sales.recipe", message="no recipe", hint="Did you mean x?")
    with pytest.raises(asyncio.CancelledError):
        await reloading(plant, lambda: (kernel.settings, {"bolt.toml": [mistake]}))
    assert lines == [
        ("configuration_reloaded", {"problems": ["bolt.toml"]}),
        ("configuration_refused", {"file": "bolt.toml", "problem": str(mistake)}),
    ]
