"""Two plugin interfaces are spoken at once: the older one is adapted, and its end is announced."""

import asyncio
import warnings

import pytest

from subledger.cli.main import main
from subledger.errors import SubledgerRemovedInApi3Warning
from subledger.manifest import API, SUPPORTED_APIS

OLD_SINK = """
from contextlib import asynccontextmanager
@frozen
class Config: pass
class Old:
    async def check(self): return ["known"]
    async def deliver(self, delivery): return Posted(type="Bill", id=f"T{delivery}")
    async def find(self, delivery): return Absent("not there")
    async def read(self, question): yield (), ()
@asynccontextmanager
async def open_(config, context): yield Old()
MANIFEST = Manifest(
    name="old", title="Old", api=1, direction=Direction.SINK, roles=(),
    kinds={BILL: C}, frequency=Frequency(default=minutes(9), minimum=minutes(1)),
)
@hookimpl
def register_sinks():
    return [SinkType(manifest=MANIFEST, config=Config, preview=print, open=open_, batch=30)]
"""


@pytest.fixture
def old(site):
    """A site with a sink as plugin interface 1 had it."""
    site.add("old", OLD_SINK)
    return site


def test_two_interfaces_are_spoken():
    """The newest interface is spoken, and the one before it."""
    assert {API - 1, API} == SUPPORTED_APIS


def test_sink_of_the_interface_before_is_adapted(old):
    """A sink that takes one delivery at a time is asked for one at a time, as a list of one."""
    with pytest.warns(SubledgerRemovedInApi3Warning, match=r"old \(from dist-old 1\.0\)"):
        sink = old.catalogue().sink("old")
    assert sink.batch == 1

    async def use():
        async with sink.open(None, None) as opened:
            outcomes = await opened.deliver([7])
            assert await opened.closing_date() is None
            assert await opened.check() == ["known"]
            assert [page async for page in opened.read(None)] == [((), ())]
            return outcomes

    (outcome,) = asyncio.run(use())
    assert outcome.id == "T7"


def test_kit_refuses_it(old):
    """Where warnings are errors, as in the kit, a plugin of the interface before is refused."""
    catalogue = old.catalogue()
    assert catalogue.sink("old") is None
    (refused,) = catalogue.refusals
    assert "is too old: SubledgerRemovedInApi3Warning" in refused.reason
    assert "interface 1" in refused.reason
    assert str(API + 1) in refused.reason


def test_warnings_of_removal_are_errors_in_the_kit(pytestconfig):
    """The kit's plugin makes errors of them for every project that has it, whatever it sets."""
    assert pytestconfig.getini("filterwarnings")[-1].startswith("error::subledger.errors.")


def test_newest_is_not_warned_of(old):
    """Control: a plugin of the newest interface loads without a word."""
    old.add("new", OLD_SINK.replace("api=1", "api=2").replace('"old"', '"new"'))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        catalogue = old.catalogue()
        catalogue.load(["new"])
    assert catalogue.sink("new") is not None
    assert catalogue.refusals == ()


def test_command_line_says_it_once(old, monkeypatch, write, capsys):
    """A person is told which package is too old, once, however many companies use it."""
    monkeypatch.setattr("subledger.catalogue.catalogue.installed", old.installed)
    folder = write('[connections.a]\nconnector = "old"\n', "one.toml").parent
    write('[connections.b]\nconnector = "old"\n', "two.toml")
    assert main(["check", "--config", str(folder)]) == 0
    said = capsys.readouterr().err
    assert said.count("was made for plugin interface 1") == 1
    assert "old (from dist-old 1.0)" in said
