"""Wheels of every distribution, and environments with exactly what some of them declare.

Everything is built once and installed once, by all processes of a test run together. An
environment for a test then holds links to the installed files of what its distributions declare,
directly and indirectly, and of nothing else. Other people's distributions are those of the
environment that runs the tests, as long as they are what is asked for: to fetch and to compile
them once more would show nothing more.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
import time
import tomllib
import venv
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import Distribution as Installed
from pathlib import Path

import pytest
from attrs import frozen

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "docs" / "examples" / "csv-folder"
_OFFLINE = ("Could not find a version", "No matching distribution", "connection", "timed out")
_PATIENCE = 240.0


@frozen
class Distribution:
    """A distribution in this repository: its folder, its name and the package inside."""

    folder: Path
    name: str

    @property
    def package(self) -> Path:
        """The folder of the package."""
        return self.folder / "src" / self.name.replace("-", "_")

    @property
    def tracked(self) -> list[str]:
        """The package's files that belong to the project, as they are named in a wheel."""
        listed = run("git", "-C", str(ROOT), "ls-files", "-z", str(self.package)).split("\0")
        paths = [ROOT / name for name in listed if name]
        return [path.relative_to(self.folder / "src").as_posix() for path in paths if path.exists()]


def run(*command: str, **more) -> str:
    """What a command prints; its complaint is in the message where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def distributions() -> list[Distribution]:
    """The distributions of the workspace, and the sample of the docs."""
    files = sorted([*ROOT.glob("*/pyproject.toml"), *ROOT.glob("*/*/pyproject.toml")])
    files = [path for path in files if not path.parent.name.startswith(".")]
    return [
        Distribution(path.parent, tomllib.loads(path.read_text())["project"]["name"])
        for path in [*files, SAMPLE / "pyproject.toml"]
    ]


MEMBERS = distributions()


def once(tmp_path_factory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that one process of the test run makes, and the others wait for.

    Skips where it needs a package index and there is none.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    folder, done = shared / f"third-party-{name}", shared / f"third-party-{name}.done"
    try:
        folder.mkdir()
    except FileExistsError:
        ends = time.monotonic() + _PATIENCE
        while not done.exists():
            assert time.monotonic() < ends, f"nobody made {folder}"
            time.sleep(0.1)
    else:
        reason = "it could not be made"
        try:
            make(folder)
            reason = ""
        except Offline as offline:
            reason = str(offline)
        finally:
            written = done.with_suffix(".writing")
            written.write_text(reason)
            written.rename(done)
    reason = done.read_text()
    if reason:
        pytest.skip(reason=f"{name}: {reason}")
    return folder


class Offline(Exception):  # noqa: N818 - the state that it tells
    """There is no package index to install from."""


def installed(*command: str, **more) -> None:
    """Runs pip. Raises Offline where it would need a package index and there is none."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode and any(sign in done.stderr for sign in _OFFLINE):
        raise Offline(done.stderr[-300:])
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def wheels(tmp_path_factory) -> dict[str, Path]:
    """A wheel of each distribution, by name."""
    pytest.importorskip("hatchling", reason="hatchling builds the wheels; install it to test them")

    def make(target: Path) -> None:
        build(target, [member.folder for member in MEMBERS if member.folder != SAMPLE])
        # the sample has another back-end, which pip fetches as it would for anybody
        pip = (sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(target))
        installed(*pip, str(SAMPLE))

    target = once(tmp_path_factory, "wheels", make)
    return {path.name.split("-")[0].replace("_", "-"): path for path in target.glob("*.whl")}


def build(target: Path, folders: Sequence[Path]) -> None:
    """Builds a wheel of each project in a folder, by its back-end."""
    script = (
        "import os, sys; from hatchling.build import build_wheel; "
        "[(os.chdir(folder), build_wheel(sys.argv[1])) for folder in sys.argv[2:]]"
    )
    run(sys.executable, "-c", script, str(target), *map(str, folders))


@pytest.fixture(scope="session")
def everything(wheels, tmp_path_factory) -> Path:
    """The folder of commands of an environment into which everything was installed."""

    def make(home: Path) -> None:
        site = _empty(home)
        pip = (sys.executable, "-m", "pip", "--python", str(commands(home) / "python"))
        install = (*pip, "install", "-q", "--no-compile", "--no-deps")
        run(*install, *(str(path) for path in wheels.values()))
        _link(_declared(["subledger[testing]", *wheels], site), site)

    return commands(once(tmp_path_factory, "everything", make))


def commands(home: Path) -> Path:
    """Where an environment has its commands."""
    return home / ("Scripts" if sys.platform == "win32" else "bin")


@pytest.fixture(scope="session")
def environment(everything, tmp_path_factory) -> Callable[..., Path]:
    """A function: the Python of an environment with what some distributions declare, no more.

    ``environment("subledger-pex")``; extras are asked for as ``subledger[testing]``.
    """
    made: dict[tuple[str, ...], Path] = {}

    def python(*wanted: str) -> Path:
        if wanted not in made:
            home = tmp_path_factory.mktemp("clean")
            _link(_declared(wanted, _site(everything.parent)), _empty(home))
            assert shutil.which("python", path=str(commands(home)))
            made[wanted] = commands(home) / "python"
        return made[wanted]

    return python


def _empty(home: Path) -> Path:
    """Makes an environment with nothing in it; where its packages go."""
    venv.create(home, symlinks=sys.platform != "win32")
    return _site(home)


def _site(home: Path) -> Path:
    (site,) = home.glob("[Ll]ib/**/site-packages")
    return site


def _declared(wanted: Sequence[str], site: Path) -> Iterator[Installed]:
    """The distributions, and what they declare; what is not in a folder is in this environment."""
    # the environment that is looked at need not have what reads the declarations
    from packaging.requirements import Requirement  # noqa: PLC0415

    places = [str(site), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    extras: dict[str, set[str]] = {}
    found: dict[str, Installed] = {}
    todo = [Requirement(text) for text in wanted]
    while todo:
        asked = todo.pop()
        name = re.sub(r"[-_.]+", "-", asked.name).lower()
        if name not in found:
            there = [*Installed.discover(name=asked.name, path=places)]
            assert there, f"{asked} is declared, and not installed here"
            found[name] = there[0]
        assert asked.specifier.contains(found[name].version, prereleases=True), asked
        before = extras.get(name, set())
        if before >= {"", *asked.extras}:
            continue
        known = extras[name] = before | {"", *asked.extras}
        todo += [
            more
            for more in map(Requirement, found[name].requires or ())
            if more.marker is None or any(more.marker.evaluate({"extra": e}) for e in known)
        ]
    return iter(found.values())


def _link(distributions: Iterator[Installed], site: Path) -> None:
    """Links to the installed files of distributions, unless they are there."""
    for one in distributions:
        for top in {file.parts[0] for file in one.files or ()} - {"..", "__pycache__"}:
            link = site / top
            if not link.exists():
                link.symlink_to(one.locate_file(top))
