"""Hostile books: named, never repeated blindly, and the other books go on."""

import pytest
import sqlalchemy as sa
from aiohttp.test_utils import TestClient, TestServer

from subledger.guarding import Limits
from subledger.preview import preview
from subledger.server.app import Plant, make_app
from subledger.store import open_store
from subledger.store.schema import EFFECT, FINDING

DELIVER = "async def deliver(self, deliveries):\n  {}\nBooks.deliver = deliver"
FOUND = "async def find(self, delivery):\n  {}\nBooks.find = find"


@pytest.fixture
def apart(world):
    """The hostile flow has books of its own."""
    world.values["bad_sink"] = "other"
    world.values["good_sink"] = "books"
    return world


def told(world):
    """What is found of the hostile books; the other ones got everything."""
    reports, findings = world.both()
    assert reports["good"].state == reports["books"].state == "done"
    assert world.posted("books") == ["1", "2"]
    assert reports["other"].state == "failed"
    (finding,) = findings
    assert (finding.connection, finding.category) == ("other", "plugin_failed")
    assert "other (from dist-other 1.0)" in finding.message
    return finding.message


OUTCOMES = {
    "return []": "gave 0 outcomes for 2 deliveries",
    "return [posted(deliveries[0])] * 3": "gave 3 outcomes for 2 deliveries",
    "return None": "it is NoneType, not",
    "return [True, True]": "[0] is bool",
    "return [Posted(type='Fee', id=5)] * 2": "[0].id is int",
    "return [Posted(type='Fee', id='5', amount=-5.0)] * 2": "[0].amount is float",
    "return [Unknown(None)] * 2": "[0].reason is NoneType",
    "raise SystemExit": "raised SystemExit in deliver()",
    "raise KeyError('x')": "deliver() raised KeyError",
    "await asyncio.Event().wait()": "did not end deliver() within 900 seconds",
    "yield 5": "gave nothing to await in deliver()",
}


@pytest.mark.parametrize("code", OUTCOMES)
def test_outcomes_that_are_none(apart, code):
    """Books that answer a write with nothing that can be believed are named."""
    apart.hostile("other", DELIVER.format(code))
    assert OUTCOMES[code] in told(apart)


READ = "async def read(self, question):\n  {}\nBooks.read = read"
ANSWERS = {
    READ.format("yield 5"): "it is int, not",
    READ.format("yield [5], ()"): "read() what it must not",
    READ.format("yield [BookEntry(kind=ACCOUNT, id=1, name='x')], ()"): "read() what it must not",
    READ.format("while True: yield (), ()"): "did not end read()",
    READ.format("raise SystemExit; yield"): "raised SystemExit in read()",
    "async def date(self): return '2026-01-01'\nBooks.closing_date = date": "it is str, not",
    "del Books.find": "has no find()",
    "del Books.closing_date": "has no closing_date()",
}


@pytest.mark.parametrize("code", ANSWERS)
def test_lists_that_are_none(apart, code):
    """Books whose lists cannot be believed are named; nothing is posted to them."""
    apart.limits = Limits(idle=100)
    apart.hostile("other", code)
    assert ANSWERS[code] in told(apart)
    assert apart.posted("other") == []


async def _states(kernel):
    rows = await kernel.store.tx(lambda c: c.execute(sa.select(EFFECT.c.state)).all())
    return sorted(row.state for row in rows)


def test_nothing_is_sent_again_blindly(apart):
    """A write whose outcome cannot be believed counts as lost: it is looked for, not repeated."""
    apart.hostile(
        "other",
        "sound = Books.deliver\nasync def deliver(self, deliveries):\n"
        "  await sound(self, deliveries)\n  return None\nBooks.deliver = deliver",
    )

    async def work(kernel):
        await kernel.run_flow("bad")
        first = await kernel.dispatch("other")
        between = await _states(kernel)
        second = await kernel.dispatch("other")
        return first, between, second, await _states(kernel)

    first, between, second, after = apart.play(work)
    assert first.state == "failed"
    assert between == ["sent", "sent"]
    assert (second.state, after) == ("done", ["settled", "settled"])
    assert apart.posted("other") == ["1", "2"]


def test_hang_while_looking_holds_up_nobody_else(apart):
    """Books that hang when they are asked for a lost write are left after one hang, not each."""
    apart.hostile(
        "other",
        f"{DELIVER.format('return [Unknown(chr(120))] * 2')}\n"
        + FOUND.format("await asyncio.Event().wait()"),
    )

    async def work(kernel):
        await kernel.run_flow("bad")
        await kernel.dispatch("other")
        before = kernel.runtime.now()
        report = await kernel.dispatch("other")
        return report, (kernel.runtime.now() - before).total_seconds()

    report, seconds = apart.play(work)
    assert report.state == "failed"
    assert "did not end find() within 900 seconds" in report.message
    assert seconds < 1000


def test_its_own_errors_are_cleared(apart):
    """Once the books behave, what was found of them is closed."""
    apart.hostile(
        "other",
        "CALLS = []\nsound = Books.deliver\nasync def deliver(self, deliveries):\n"
        "  CALLS.append(1)\n  if len(CALLS) == 1: raise KeyError('x')\n"
        "  return await sound(self, deliveries)\nBooks.deliver = deliver",
    )

    async def work(kernel):
        await kernel.run_flow("bad")
        await kernel.dispatch("other")
        await kernel.dispatch("other")
        await kernel.run_flow("bad")
        rows = await kernel.store.tx(lambda c: c.execute(sa.select(FINDING)).all())
        return [row.state for row in rows]

    assert apart.play(work) == ["closed"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def preview(*given): raise KeyError('x')", "preview() raised KeyError"),
        ("def preview(*given): raise SystemExit", "raised SystemExit in preview()"),
        ("def preview(*given): return 5", "it is int, not"),
    ],
)
def test_preview(apart, code, words):
    """A document that the books cannot show is told with the culprit; the preview goes on."""
    apart.hostile("other", code)

    async def work(kernel):
        await kernel.run_flow("bad")
        return await preview(kernel, "bad", lambda *_: None)

    apart.store = lambda: open_store(apart.folder / "s.db")
    shown = apart.play(work, real=True)
    assert len(shown.documents) == 2
    for document in shown.documents:
        assert words in document.problem.message
        assert "other (from dist-other 1.0)" in document.problem.message


async def _call(client, path):
    return (await client.post(path, data=b"{}")).status


@pytest.mark.parametrize("code", ["raise SystemExit", "raise KeyError('x')", "return 'run'"])
async def test_webhooks(world, code):
    """A webhook that fails answers with an error, makes nothing due, and the server goes on."""
    world.hostile("bad", f"def webhook(config, headers, body): {code}")
    kernel = world.kernel()
    async with TestClient(TestServer(make_app(Plant(kernel)))) as client:
        assert await _call(client, "/webhooks/bad") == 400
        assert await _call(client, "/webhooks/good") == 204
    due = await kernel.store.tx(lambda c: c.exec_driver_sql("SELECT name FROM flow").all())
    assert [row.name for row in due] == ["good"]
    kernel.store.close()
