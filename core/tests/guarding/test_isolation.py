"""Whatever a hostile plugin does, it is named and its own work ends; the other flow goes on."""

import pytest

from subledger.guarding import Limits

from .conftest import STEP

CALLS = {
    "open": ("@asynccontextmanager\nasync def open_(config, context):\n  {}\n  yield Source()", ""),
    "open_itself": ("def open_(config, context):\n  {}", "open()"),
    "extract": ("async def extract(self, request):\n  {}\n  yield\nSource.extract = extract", ""),
    "extract_itself": ("def extract(self, request):\n  {}\nSource.extract = extract", "extract()"),
    "normalise": ("def normalise(raw):\n  {}", "normalise()"),
}
RAISED = ["SystemExit(3)", "Base('x')", "asyncio.CancelledError()"]
CRASHES = [
    "KeyError('amount')",
    "Hostile()",
    "OSError(5, 'x')",
    "StopAsyncIteration()",
    "StopIteration()",
]


def told(world, *, real=False):
    """What the bad flow's report says; the good flow and its documents are as ever."""
    reports, findings = world.both(real=real)
    assert reports["good"].state == "done", reports["good"]
    assert world.posted() == ["1", "2"]
    assert reports["bad"].state == "failed", reports["bad"]
    (finding,) = findings
    assert finding.connection == "bad"
    assert finding.category == "plugin_failed"
    assert finding.message == reports["bad"].message
    assert "bad (from dist-bad 1.0)" in finding.message
    assert finding.hint == "Upgrade dist-bad, or tell its makers; the others go on."
    return finding.message


def test_sound(world):
    """Control: without hostility both flows end well, and nothing is found."""
    reports, findings = world.both()
    assert {report.state for report in reports.values()} == {"done"}
    assert world.posted() == ["1", "1", "2", "2"]
    assert findings == []


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("what", RAISED)
def test_what_would_end_the_program(world, call, what):
    """An exit, or an exception of no sort that is caught, ends nothing but the plugin's own run."""
    code, name = CALLS[call]
    world.hostile("bad", code.format(f"raise {what}"))
    message = told(world)
    assert (name or f"{call}()") in message


@pytest.mark.parametrize("call", [call for call in CALLS if call != "normalise"])
@pytest.mark.parametrize("what", CRASHES)
def test_what_it_may_not_raise(world, call, what):
    """A bug of a connector ends the run of its connection; its class and text are told."""
    world.hostile("bad", CALLS[call][0].format(f"raise {what}"))
    assert "failed in a way it must not" in told(world)


@pytest.mark.parametrize("what", [*CRASHES, "ValueError('x' * 10_000_000)"])
def test_bug_about_one_record(world, what):
    """A bug while a record is read parks that record; the others of its page go on."""
    world.hostile(
        "bad",
        "sound = normalise\ndef normalise(raw):\n"
        f"  if raw.id == '1': raise {what}\n  return sound(raw)",
    )
    reports, (finding,) = world.both()
    assert reports["bad"].state == reports["good"].state == "done"
    assert world.posted() == ["1", "2", "2"]
    assert finding.category == "unreadable"
    assert "bad (from dist-bad 1.0)" in finding.detail
    assert len(finding.detail) < 600


FAULTY_ERRORS = {
    "TemporaryError('x', retry_after='soon')": "retry_after 'soon' is not a number",
    "TemporaryError('x', retry_after=float('nan'))": "retry_after nan is not a number",
    "TemporaryError('x', retry_after=-1)": "retry_after -1 is not a number",
    "ConnectorError(5)": "message is int",
    "AuthenticationError('x', hint=None)": "hint is NoneType",
    "RecordRejected('x', category='nonsense')": "category 'nonsense' is none",
}


@pytest.mark.parametrize("what", FAULTY_ERRORS)
def test_errors_with_odd_fields(world, what):
    """An error that a connector may raise is believed only if its fields are what they must be."""
    world.hostile("bad", CALLS["extract"][0].format(f"raise {what}"))
    assert FAULTY_ERRORS[what] in told(world)


HANGS = {
    "open": ("open()", CALLS["open"][0].format("await asyncio.Event().wait()")),
    "extract": ("extract()", CALLS["extract"][0].format("await asyncio.Event().wait()")),
    "not to be stopped": (
        "extract()",
        (
            "async def extract(self, request):\n  while True:\n    try:\n"
            "      await asyncio.sleep(1e6)\n    except BaseException: pass\n  yield\n"
            "Source.extract = extract"
        ),
    ),
    "awaits nothing": ("extract()", "Source.extract = lambda *given: 5"),
    "opens nothing": ("opened", "open_ = lambda *given: object()"),
    "a source of nothing": (
        "which has no extract()",
        "del Source.extract",
    ),
}


@pytest.mark.parametrize("case", HANGS)
def test_hangs(world, case):
    """A connector that never answers, even one that will not be stopped, is given up."""
    words, code = HANGS[case]
    world.hostile("bad", code)
    assert words in told(world)


def test_hangs_while_it_closes(world):
    """What was read before a connector did not let go is kept, and posted."""
    world.hostile(
        "bad",
        "@asynccontextmanager\nasync def open_(config, context):\n"
        "  yield Source()\n  await asyncio.Event().wait()",
    )
    reports, (finding,) = world.both()
    assert (reports["bad"].state, reports["good"].state) == ("failed", "done")
    assert "did not end open() within 900 seconds" in finding.message
    assert world.posted() == ["1", "1", "2", "2"]


PAGES = {
    "Page(records=5)": "records is int",
    "None": "it is NoneType, not",
    "Page(records=[None])": "records[0] is NoneType",
    "Page(records=[RawRecord(id=7, data={})])": "records[0].id is int",
    "Page(records=[RawRecord(id='7', data=None)])": "records[0].data is NoneType",
    "Page(records=[], cursor=5)": "cursor is int",
    "Page(records=[], done='many')": "done is str",
    "Page(records=[record()] * 1_000_000)": "a page of 1000000 records",
}


@pytest.mark.parametrize("page", PAGES)
def test_pages_that_are_none(world, page):
    """A page of another shape, or of a size that no memory holds, is refused as a whole."""
    world.hostile("bad", CALLS["extract"][0].format(f"yield {page}"))
    assert PAGES[page] in told(world)


@pytest.mark.parametrize("cursor", ["None", "'same'"])
def test_endless_pages(world, cursor):
    """Pages without end that bring nothing are not waited for."""
    world.limits = Limits(idle=100)
    world.hostile(
        "bad", CALLS["extract"][0].format(f"while True: yield Page(records=(), cursor={cursor})")
    )
    assert "without a record or another cursor" in told(world)


def test_large_page_is_stored_in_portions(world):
    """A page that is larger than one transaction should be is stored bit by bit, whole."""
    world.hostile(
        "bad",
        CALLS["extract"][0].format(
            "yield Page(records=[record(n) for n in range(503)], cursor='c'); return"
        ),
    )
    reports, findings = world.both()
    assert (reports["bad"].state, reports["bad"].read) == ("done", 503)
    assert findings == []
    assert len(world.posted()) == 505


MONEY = "Line(amount=Money(500), quantity={})"
ENTITIES = {
    "builders.purchase(raw.id)": "a card_transaction from normalise(), which its manifest does not",
    "'x'": "it is str, which is no entity",
    "builders.fee(raw.id, lines=[Line(amount=Money(500), price=4.99)])": "price is float",
    "builders.fee(raw.id, lines=[Line(amount=Money(500), quantity=True)])": "quantity is bool",
    "builders.fee(raw.id, date=datetime.datetime(2026, 3, 1))": "date is a moment without",
    "builders.fee(raw.id, date='2026-03-01', memo=None)": "memo is NoneType",
    "builders.fee(7)": "id is int, not str",
    "builders.fee(raw.id, detail={'a': 5})": "detail is dict",
}


@pytest.mark.parametrize("entity", ENTITIES)
def test_entities_that_are_none(world, entity):
    """Floats, naive moments, other classes and undeclared kinds never come into the store."""
    world.hostile("bad", f"def normalise(raw): return [{entity}]")
    assert ENTITIES[entity] in told(world)


def test_a_number_that_is_no_iterable(world):
    """What normalise returns is iterated; what cannot be is the bug of one record."""
    world.hostile("bad", "def normalise(raw): return 5")
    reports, findings = world.both()
    assert reports["bad"].state == "done"
    assert world.posted() == ["1", "2"]
    assert {finding.category for finding in findings} == {"unreadable"}


def test_balance_of_no_money(world):
    """An amount that is a float is not believed, also where the record was rejected."""
    world.hostile(
        "bad", "def balance(raw): return -5.0\ndef normalise(raw): raise KeyError('amount')"
    )
    assert "it is float" in told(world)


STEPS = {
    "raise KeyError('x')": "apply() raised KeyError: 'x'",
    "sys.exit()": "raised SystemExit in apply()",
    "return True": "returned bool, which is no verdict",
    "return Keep('x')": "it is str, which is no entity",
    "return Keep(builders.fee('other', date=entity.date))": "made another record of fee ",
    "return Hold('x')": "returned from apply() what it must not: it is str, not Finding",
}


@pytest.mark.parametrize("code", STEPS)
def test_hostile_steps(world, code):
    """A step that fails holds the records of its own flow, under its name."""
    world.hostile("sieve", f"def apply(self, entity, books): {code}\nStep.apply = apply", STEP)
    world.values["steps"] = '"sieve"'
    reports, (finding,) = world.both()
    assert reports["bad"].state == reports["good"].state == "done"
    assert world.posted() == ["1", "2"]
    assert finding.flow == "bad"
    assert finding.category == "plugin_failed"
    assert "sieve (from dist-sieve 1.0)" in finding.message
    assert STEPS[code] in finding.message
