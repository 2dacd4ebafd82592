"""Two flows into the books of one kernel: one from a sound source, one from a hostile one."""

import asyncio
import contextlib
import datetime as dt
import logging
import random
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog
from structlog.testing import CapturingLogger

from subledger import guarding
from subledger.config import load_settings
from subledger.guarding import Limits
from subledger.kernel import Kernel
from subledger.runtime import Runtime
from subledger.store.engine import memory_store
from subledger.store.schema import FINDING
from subledger.testing import virtual_time

from ..configuration.conftest import Site, site  # noqa: F401, TID252 - the folder of distributions

NOON = dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC)
SILENT = structlog.wrap_logger(logging.getLogger("silent"), processors=[lambda *_: ""])
SOURCE = """
import asyncio, datetime, re, sys, time
from contextlib import asynccontextmanager
from subledger.errors import *
from subledger.model import *
from subledger.money import Money
from subledger.testing import builders

@frozen(kw_only=True)
class Config:
    token: Secret | None = field(default=None, metadata=describe("The token."))

def record(number=1): return RawRecord(id=str(number), data={"cents": 500})
class Hostile(Exception):
    def __str__(self): raise SystemExit("even its text")
class Base(BaseException): pass

class Source:
    async def check(self): return ["it works"]
    async def extract(self, request):
        yield Page(records=[record(1), record(2)], cursor="c1")
@asynccontextmanager
async def open_(config, context): yield Source()
def normalise(raw): return [builders.fee(raw.id, "5.00", date=datetime.date(2026, 3, 1))]
def balance(raw): return Money(-500)
def webhook(config, headers, body): return WebhookVerdict.RUN
async def fetch(config, context, url): return File(name="a", media_type="b", content=b"c")

# HERE

MANIFEST = Manifest(
    name="{name}", title="T", api=2, direction=Direction.SOURCE, roles=(), kinds={FEE: R},
    frequency=Frequency(default=minutes(60), minimum=minutes(5)),
)
@hookimpl
def register_sources():
    return [SourceType(manifest=MANIFEST, config=Config, open=open_, normalise=normalise,
                       balance=balance, webhook=webhook, fetch=fetch)]
"""
SINK = """
import asyncio, time
from contextlib import asynccontextmanager
from subledger.errors import *
from subledger.findings import Finding
from subledger.money import Money

POSTED = []
@frozen
class Config: pass
def posted(delivery): return Posted(type="Fee", id=f"T{delivery.effect}", amount=Money(-500))
class Books:
    async def check(self): return ["they work"]
    async def deliver(self, deliveries):
        POSTED.extend(delivery.entity.id for delivery in deliveries)
        return [posted(delivery) for delivery in deliveries]
    async def find(self, delivery): return posted(delivery)
    async def read(self, question): yield [BookEntry(kind=ACCOUNT, id="1", name="Cards")], ()
    async def closing_date(self): return None
@asynccontextmanager
async def open_(config, context): yield Books()
def preview(delivery, books):
    return Preview(type="Fee", number="", memo="", party="", postings=())
def fit_name(kind, name): return name

# HERE

MANIFEST = Manifest(
    name="{name}", title="T", api=2, direction=Direction.SINK, roles=(),
    kinds={FEE: C, ACCOUNT: R}, frequency=Frequency(default=minutes(60), minimum=minutes(5)),
)
@hookimpl
def register_sinks():
    return [SinkType(manifest=MANIFEST, config=Config, open=open_, preview=preview, batch=2,
                     fit_name=fit_name)]
"""
STEP = """
import sys, time
from subledger.findings import Finding
from subledger.testing import builders
@frozen
class Config: pass
class Step:
    def apply(self, entity, books): return Keep(entity)
def make(config): return Step()

# HERE

@hookimpl
def register_steps(): return [StepType(name="{name}", api=2, config=Config, make=make)]
"""
TOML = """
[connections.bad]
connector = "bad"
[connections.good]
connector = "good"
[connections.books]
connector = "books"
[connections.other]
connector = "other"
[flows.bad]
source = "bad"
sink = "{bad_sink}"
kinds = ["fee"]
steps = [{steps}]
[flows.good]
source = "good"
sink = "{good_sink}"
kinds = ["fee"]
"""


class World:
    """A kernel with a sound flow ``good`` and one with a hostile plugin, ``bad``."""

    def __init__(self, site: Site, folder: Path):  # noqa: F811 - it is the fixture
        self.site, self.folder = site, folder
        self.limits = Limits()
        self.codes = {"bad": SOURCE, "good": SOURCE, "books": SINK, "other": SINK}
        self.values = {"bad_sink": "books", "good_sink": "books", "steps": ""}
        self.modules = {}
        self.log = CapturingLogger()
        self.store = memory_store

    def hostile(self, name, code, base=None):
        """Makes a plugin hostile: ``code`` comes after all that is sound of it."""
        self.codes[name] = (base or self.codes[name]).replace("# HERE", code)

    def settings(self):
        """The settings, with every plugin installed as a distribution of its own."""
        for name, code in self.codes.items():
            if name not in self.modules:
                self.modules[name] = self.site.add(name, code)
        path = self.folder / "subledger.toml"
        text = TOML
        for name, value in self.values.items():
            text = text.replace(f"{{{name}}}", value)
        path.write_text(text)
        return load_settings(path, lambda files: self.site.catalogue(files, limits=self.limits))

    def kernel(self, now=lambda: NOON, sleep=asyncio.sleep):
        """A kernel on these settings."""
        runtime = Runtime(
            now=now,
            sleep=sleep,
            random=random.Random(1),  # noqa: S311 - a seed to repeat
            new_id=lambda: "i" * 32,
            http=None,
        )
        return Kernel(self.settings(), self.store(), runtime, SILENT, "me")

    def posted(self, sink="books"):
        """Identifiers of what a sink was given."""
        import sys  # noqa: PLC0415

        return sorted(sys.modules[self.modules[sink]].POSTED)

    def play(self, work, *, real=False):
        """Runs ``work(kernel)`` in virtual time, or in real time."""

        async def whole(loop):
            kernel = self.kernel(loop.clock(NOON) if not real else lambda: NOON)
            try:
                return await work(kernel)
            finally:
                kernel.store.close()

        if real:

            async def watched():
                with guarding.watching(self.log, self.limits):
                    return await whole(asyncio.get_running_loop())

            return asyncio.run(watched())
        return virtual_time.run(whole)

    def both(self, *, real=False):
        """Runs the bad flow, then the good one, and delivers; what became of them."""

        async def work(kernel):
            reports = {name: await kernel.run_flow(name) for name in ("bad", "good")}
            for sink in {self.values["bad_sink"], self.values["good_sink"]}:
                reports[sink] = await kernel.dispatch(sink)
            found = await kernel.store.tx(lambda c: c.execute(sa.select(FINDING)).all())
            return reports, found

        return self.play(work, real=real)


@pytest.fixture
def world(site, tmp_path):  # noqa: F811 - the fixture
    """The world; nothing in it is hostile yet."""
    folder = tmp_path / "config"
    folder.mkdir()
    yield World(site, folder)
    guarding.forgive()
    with contextlib.suppress(KeyError):
        logging.getLogger().handlers.clear()
