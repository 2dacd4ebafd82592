"""Code that holds up the event loop is interrupted and named; it is then left alone for a while."""

import asyncio
import os
import signal
import threading
import time

import pytest

from subledger.guarding import Limits, Overran, Owner, claims, culprit, watching

from .conftest import SINK, SOURCE, STEP
from .test_isolation import CALLS, told

SHORT = Limits(held=0.2)
HELD = {
    "sleeps": "time.sleep(60)",
    "computes": "while True: pass",
    "matches": "re.match('(a+)+$', 'a' * 40 + 'b')",
    "does not let itself be stopped at once": (
        "\n  for _ in range(3):\n    try:\n      time.sleep(60)\n    except BaseException: pass"
        "\n  raise KeyError('x')"
    ),
}


def logged(world):
    """What the watch wrote."""
    return [call.kwargs for call in world.log.calls if call.args == ("loop_held",)]


@pytest.mark.parametrize("how", HELD)
def test_a_held_loop_is_freed(world, how):
    """A connector that blocks, computes or loops for ever is interrupted in its own code."""
    world.limits = SHORT
    world.hostile("bad", CALLS["extract"][0].format(HELD[how]))
    began = time.monotonic()
    message = told(world, real=True)
    assert time.monotonic() - began < 15
    assert "extract()" in message
    assert {line["by"] for line in logged(world)} == {"bad (from dist-bad 1.0)"}


@pytest.mark.parametrize(
    ("name", "base", "code"),
    [
        ("bad", SOURCE, "def normalise(raw): time.sleep(60)"),
        ("sieve", STEP, "def apply(self, entity, books): time.sleep(60)\nStep.apply = apply"),
    ],
)
def test_left_alone(world, name, base, code):
    """A plugin that held up everything once is not called for every other record."""
    world.limits = SHORT
    world.values["steps"] = '"sieve"'
    world.hostile("sieve", "", STEP)
    world.hostile(name, code, base)
    began = time.monotonic()
    reports, findings = world.both(real=True)
    assert time.monotonic() - began < 10
    assert reports["good"].state == "done"
    assert world.posted() == ["1", "2"]
    texts = [finding.message for finding in findings]
    assert texts
    assert all(f"{name} (from dist-{name} 1.0) held up everything else" in text for text in texts)
    assert len(logged(world)) == 1


def test_hostile_fit_name(world):
    """Names are fitted while records are decided: a book's fitting that blocks is seen as well."""
    world.limits = SHORT
    world.values["bad_sink"] = "other"
    world.hostile("other", "def fit_name(kind, name): time.sleep(60)", SINK)
    world.hostile(
        "bad",
        "def normalise(raw): return [builders.fee(raw.id, '5.00', account='Cards', "
        "date=datetime.date(2026, 3, 1))]",
    )
    reports, findings = world.both(real=True)
    assert reports["bad"].state == reports["good"].state == "done"
    texts = [finding.message for finding in findings]
    assert any(
        "other (from dist-other 1.0) held up everything else in fit" in text for text in texts
    )
    assert world.posted() == ["1", "2"]


async def watched(action, log, held=0.2):
    """Runs something that holds the loop while it is watched."""
    with watching(log, Limits(held=held)):
        await asyncio.sleep(0)
        return action()


def test_the_kernel_is_never_interrupted(world):
    """Where our own code holds the loop, also on a plugin's behalf, it is told and left to end."""
    began = time.monotonic()

    def ours():
        end = time.monotonic() + 2
        while time.monotonic() < end:
            pass
        return "ended"

    ours.__globals__  # noqa: B018 - the test's module belongs to nobody
    assert asyncio.run(watched(ours, world.log)) == "ended"
    assert time.monotonic() - began >= 2
    assert [line["by"] for line in logged(world)] == ["the kernel"]


def test_a_turning_loop_is_left_alone(world):
    """Control: many short calls, longer together than the limit, are nobody's fault."""

    async def busy():
        with watching(world.log, Limits(held=0.5)):
            end = time.monotonic() + 2.5
            while time.monotonic() < end:
                time.sleep(0.01)  # noqa: ASYNC251 - that is what the test is about
                await asyncio.sleep(0)

    asyncio.run(busy())
    assert world.log.calls == []


def test_unwatched_loop_is_held(world):
    """Control: without the watch the same connector holds up everything until it is done."""
    world.hostile("bad", CALLS["extract"][0].format("time.sleep(2); raise KeyError('x')"))
    began = time.monotonic()
    told(world)
    assert time.monotonic() - began > 2


def test_named_where_it_cannot_be_interrupted(world):
    """On a thread that takes no signals the culprit is named in the log, and nothing is raised."""
    owner = Owner("slow", "dist-slow 1.0")
    claims("made_up_slow", owner)
    scope = {"__name__": "made_up_slow.inner", "time": time}
    exec("def hold(): time.sleep(2)", scope)  # noqa: S102 - code of a module that is none
    thread = threading.Thread(target=lambda: asyncio.run(watched(scope["hold"], world.log)))
    thread.start()
    thread.join()
    assert [line["by"] for line in logged(world)] == [str(owner)]
    assert logged(world)[0]["at"] == "made_up_slow.inner:1"


def test_a_program_that_stood_still_is_no_culprit(world, tmp_path):
    """Time in which the whole program was stopped is not held against whoever ran just then."""
    script = tmp_path / "still.py"
    script.write_text(
        "import asyncio, sys, time\n"
        "from structlog.testing import CapturingLogger\n"
        "from subledger.guarding import Limits, watching\n"
        "async def main():\n"
        "    log = CapturingLogger()\n"
        "    with watching(log, Limits(held=2)):\n"
        "        await asyncio.sleep(1.1)\n"
        "        print('now', flush=True)\n"
        "        end = time.process_time() + 0.4\n"
        "        while time.process_time() < end: pass\n"
        "        await asyncio.sleep(0.5)\n"
        "    print(len(log.calls), flush=True)\n"
        "asyncio.run(main())\n"
    )
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout.readline() == "now\n"
        time.sleep(0.2)
        os.kill(one.pid, signal.SIGSTOP)
        time.sleep(3)
        os.kill(one.pid, signal.SIGCONT)
        assert one.stdout.readline() == "0\n"


def test_the_signal_is_put_back(world):
    """After the watch the signal does what it did before: nothing."""

    async def nothing():
        with watching(world.log):
            assert signal.getsignal(signal.SIGURG) is not signal.SIG_DFL

    asyncio.run(nothing())
    assert signal.getsignal(signal.SIGURG) is signal.SIG_DFL


def test_whose_frame(world):
    """Code is told by the package it is in, also below other packages of the same distributor."""
    owner = Owner("one", "dist-one 1.0")
    claims("acme.one", owner)
    for name, expected in [("acme.one.deep.er", owner), ("acme.oneself", None), ("acme", None)]:
        scope = {"__name__": name, "culprit": culprit}
        exec("import sys\ndef who(): return culprit(sys._getframe())", scope)  # noqa: S102
        assert scope["who"]() == expected
    assert issubclass(Overran, BaseException)
    assert not issubclass(Overran, Exception)
