"""What a sink knows of its company is read once, and not kept for long."""

import asyncio
import datetime as dt

import pytest

from subledger.ports import Posted


def asked(world, word):
    """How often something was asked for."""
    return sum(word in url for _method, url, _headers, _body in world.http.seen)


async def test_a_company_is_read_once_for_batches_that_leave_at_once(world, delivery, make):
    """Two deliveries that are under way at once read the company together."""
    sink = world.sink()
    sent = [sink.deliver([delivery(make.document(id=name), effect=1)]) for name in "12"]
    outcomes = await asyncio.gather(*sent)
    assert all(isinstance(one, Posted) for each in outcomes for one in each)
    assert (asked(world, "/preferences"), asked(world, "/companyinfo/")) == (1, 1)


@pytest.mark.parametrize(("minutes", "questions"), [(0, 1), (2, 2)])
async def test_the_settings_are_asked_for_once_a_minute(world, delivery, make, minutes, questions):
    """Settings that were read for the closing date do for what is written right after it."""
    sink = world.sink()
    assert await sink.closing_date() is None
    world.simulation.clock.advance(dt.timedelta(minutes=minutes))
    await sink.deliver([delivery(make.document())])
    assert asked(world, "/preferences") == questions


async def test_the_closing_date_is_always_asked_for(world, delivery, make):
    """Books that were closed a moment ago are known to be closed."""
    sink = world.sink()
    await sink.deliver([delivery(make.document())])
    world.person.close_books(dt.date(2026, 2, 28))
    assert await sink.closing_date() == dt.date(2026, 2, 28)
