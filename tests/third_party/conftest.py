"""Wheels of every distribution, and a clean environment with the kernel and one connector."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from attrs import frozen

ROOT = Path(__file__).parents[2]
_OFFLINE = ("Could not find a version", "No matching distribution", "connection", "timed out")


@frozen
class Distribution:
    """A member of the workspace: its folder, its name and the package inside."""

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


def members() -> list[Distribution]:
    """The distributions of the workspace."""
    files = sorted([*ROOT.glob("*/pyproject.toml"), *ROOT.glob("*/*/pyproject.toml")])
    files = [path for path in files if not path.parent.name.startswith(".")]
    return [
        Distribution(path.parent, tomllib.loads(path.read_text())["project"]["name"])
        for path in files
    ]


MEMBERS = members()


@pytest.fixture(scope="session")
def wheels(tmp_path_factory) -> dict[str, Path]:
    """A wheel of each distribution, by name."""
    pytest.importorskip("hatchling", reason="hatchling builds the wheels; install it to test them")
    target = tmp_path_factory.mktemp("wheels")
    build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target))
    for member in MEMBERS:
        run(*build, cwd=member.folder)
    return {path.name.split("-")[0].replace("_", "-"): path for path in target.glob("*.whl")}


@pytest.fixture(scope="session")
def clean(wheels, tmp_path_factory) -> Path:
    """The folder of commands of a fresh environment with the kernel and the PEX connector."""
    home = tmp_path_factory.mktemp("clean") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", str(home))
    commands = home / ("Scripts" if sys.platform == "win32" else "bin")
    pip = (sys.executable, "-m", "pip", "--python", str(commands / "python"))
    install = (*pip, "install", "-q", "--no-compile", "-c", str(ROOT / "constraints.txt"))
    done = subprocess.run(
        [*install, wheels["subledger"], wheels["subledger-pex"]],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and any(sign in done.stderr for sign in _OFFLINE):
        pytest.skip(f"no package index to install from: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
    return commands
