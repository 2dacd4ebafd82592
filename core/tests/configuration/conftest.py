"""A folder of made-up distributions, as pip would have installed them, and sound plugins for it."""

import itertools
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from textwrap import dedent

import pytest

from subledger.catalogue import Catalogue, Installed, installed, local
from subledger.observe import redact

_COUNTER = itertools.count()

HEAD = """
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from subledger.config.fields import Duration, Secret, describe
from subledger.hooks import hookimpl
from subledger.manifest import *
from subledger.model.kinds import *
from subledger.model.kinds import Kind
from subledger.ports import *

def minutes(n): return dt.timedelta(minutes=n)
R = {Operation.READ}
C = {Operation.CREATE}
"""

CARDS = """
@frozen(kw_only=True)
class Config:
    token: Secret = field(metadata=describe("The token of the account."))
    time_zone: str = field(default="UTC", metadata=describe("Its time zone."))

def open_(config, context): ...
def normalise(raw): return ()

MANIFEST = Manifest(
    name="cards", title="Cards", direction=Direction.SOURCE, roles={Role.CARD_PLATFORM},
    kinds={CARD_TRANSACTION: R, FEE: R},
    frequency=Frequency(default=minutes(60), minimum=minutes(5)),
)
SOURCE = SourceType(manifest=MANIFEST, config=Config, open=open_, normalise=normalise)

@hookimpl
def register_sources(): return [SOURCE]
"""

BOOKS = """
@frozen(kw_only=True)
class Config:
    company_file: str = field(metadata=describe("The company file.", example="'A.qbw'"))

def peer(config, context): ...
def preview(delivery, books): ...

MANIFEST = Manifest(
    name="books", title="Books", direction=Direction.SINK, roles={Role.GENERAL_LEDGER},
    kinds={ACCOUNT: R, VENDOR: R | C, CARD_TRANSACTION: C, FEE: C, TRANSFER: C, DEPOSIT: C},
    frequency=Frequency(default=minutes(15), minimum=minutes(1)), initiative=Initiative.PEER,
)
SINK = SinkType(manifest=MANIFEST, config=Config, preview=preview, peer=peer, mount="books")

@hookimpl
def register_sinks(): return [SINK]
"""

RECIPE = """
@frozen(kw_only=True)
class Settings:
    account: str = field(metadata=describe("The account of the cards.", example='"Cards"'))

def plan(settings):
    if settings.account == "wrong":
        raise ValueError("the account is wrong")
    return FlowPlan(
        kinds=frozenset({CARD_TRANSACTION, FEE, TRANSFER, DEPOSIT}), account=settings.account,
        steps=(("rules", {"default": "Uncategorised"}),),
        draft=lambda entity, books: Keep(entity=entity),
    )

@hookimpl
def register_recipes():
    return [RecipeType(name="spend", title="Spend", api=2, source=Role.CARD_PLATFORM,
                       sink=Role.GENERAL_LEDGER, settings=Settings, plan=plan)]
"""

RULES = """
@frozen(kw_only=True)
class Config:
    default: str = field(default="", metadata=describe("The account where no rule fits."))
    file: Path | None = field(default=None, metadata=describe("A file with rules."))

class Rules:
    def __init__(self, config): self.config = config
    def apply(self, entity, books): return Keep(entity=entity)

@hookimpl
def register_steps(): return [StepType(name="rules", api=2, config=Config, make=Rules)]
"""

SIMULATOR = '''
@hookimpl
def register_simulators():
    return [SimulatorType(name="{name}", api=2, command="{module}:simulate")]
def simulate(*, port: int = 0, label: str = "none") -> None:
    """Simulates it."""
    print(f"simulating on {port} as {label}")
'''


class Site:
    """Stands for site-packages: distributions are added to it one by one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules: list[str] = []

    def add(self, name: str, code: str, *, distribution: str = "", version: str = "1.0") -> str:
        """Installs a distribution with one plugin; returns its module's name."""
        module = f"made_up_{next(_COUNTER)}"
        self.modules.append(module)
        text = code.replace("{module}", module).replace("{name}", name)
        (self.folder / f"{module}.py").write_text(dedent(HEAD) + dedent(text))
        self.metadata(distribution or f"dist-{name}", f"[subledger]\n{name} = {module}\n", version)
        return module

    def metadata(self, distribution: str, entry_points: str, version: str = "1.0") -> None:
        """Writes the metadata of a distribution alone."""
        info = self.folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        )
        (info / "entry_points.txt").write_text(entry_points)

    def installed(self) -> tuple[Installed, ...]:
        """What is found in this folder alone."""
        return installed(metadata.distributions(path=[str(self.folder)]))

    def catalogue(self, files: Mapping[str, Path] | None = None, **more) -> Catalogue:
        """A catalogue of this folder, without the product's own plugins."""
        more.setdefault("built_in", ())
        return Catalogue([*self.installed(), *local(files or {})], **more)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """An empty folder of distributions on the import path."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    made = Site(folder)
    yield made
    for module in made.modules:
        sys.modules.pop(module, None)


@pytest.fixture
def sound(site: Site) -> Site:
    """A card platform, books, a recipe between the two roles and a step."""
    for name, code in (("cards", CARDS), ("books", BOOKS), ("spend", RECIPE), ("rules", RULES)):
        site.add(name, code)
    return site


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a configuration file."""

    def written(text: str, name: str = "subledger.toml") -> Path:
        path = tmp_path / "config" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text))
        return path

    return written


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    redact.forget_all()
