"""Controls: without the guard the same plugins do the harm that the guard is there against."""

import pytest

from subledger.model.stored import load
from subledger.store.schema import RECORD

from .test_isolation import CALLS


@pytest.fixture
def unguarded(world, monkeypatch):
    """The world of plugins whose code is called as it is."""
    monkeypatch.setattr("subledger.catalogue.loading.guarded", lambda value, _guard: value)
    return world


def test_an_exit_ends_everything(unguarded):
    """One connector's exit ends the whole program, the other flow with it."""
    unguarded.hostile("bad", CALLS["extract"][0].format("raise SystemExit(3)"))
    with pytest.raises(SystemExit):
        unguarded.both()
    assert unguarded.posted() == []


def test_a_hang_lasts_for_ever(unguarded):
    """A connector that never answers is waited for until nothing else can happen."""
    unguarded.hostile("bad", CALLS["extract"][0].format("await asyncio.Event().wait()"))
    with pytest.raises(RuntimeError, match="nothing to run"):
        unguarded.both()


def test_floats_are_stored(unguarded):
    """A price that is a float comes into the store."""
    unguarded.hostile(
        "bad",
        "def normalise(raw): return [builders.fee(raw.id, date=datetime.date(2026, 3, 1), "
        "lines=[Line(amount=Money(500), price=4.99)])]",
    )

    async def work(kernel):
        report = await kernel.run_flow("bad")
        rows = await kernel.store.tx(lambda c: c.execute(RECORD.select()).all())
        return report, rows

    report, rows = unguarded.play(work)
    assert report.state == "done"
    assert "4.99" in rows[0].entity
    assert load(rows[0].entity).lines[0].price != load(rows[0].entity).lines[0].amount.amount


def test_the_culprit_is_not_named(unguarded):
    """A bug is told without the distribution that it is in."""
    unguarded.hostile("bad", CALLS["extract"][0].format("raise KeyError('x')"))
    reports, _findings = unguarded.both()
    assert reports["bad"].state == "failed"
    assert "dist-bad" not in reports["bad"].message
