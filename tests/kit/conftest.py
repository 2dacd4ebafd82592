"""Runs a contract on a connector in this process, and installs one that is not a package."""

import asyncio
import gc
import importlib
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from subledger.testing.contracts.base import Contract, rows
from subledger.testing.contracts.exactly_once import ExactlyOnceContract
from subledger.testing.contracts.role import RoleContract

TOGETHER = {*dir(ExactlyOnceContract), *dir(RoleContract)} - {*dir(Contract)}
"""Promises about a connector in a flow; test_proof and test_role_contract are about them."""

DEFECTIVE = Path(__file__).parent / "defective"


def _tests(contract: type[Contract]) -> Sequence[tuple[str, str, Callable[[], None]]]:
    """The tests that the plugin collects: name, case, and a call."""
    found = []
    for name in sorted(name for name in dir(contract) if name.startswith("test_")):
        if name in TOGETHER:
            continue
        function = getattr(contract, name)
        parameters = function.__code__.co_varnames[1 : function.__code__.co_argcount]
        row = rows(contract, function, parameters)
        if row is None:
            continue
        for text, values in row[1]:
            given = dict(zip(row[0], values, strict=True))
            if "request" in parameters:
                given["request"] = SimpleNamespace(
                    config=SimpleNamespace(getoption=lambda _name: False)
                )
            found.append((name, text, lambda f=function, g=given: f(contract(), **g)))
    return found


@pytest.fixture(autouse=True)
def _old_objects_are_left_alone():
    """Looking for garbage looks at what the test itself has made.

    The contracts and pytest's own sessions in a session look for files that were left open, which
    takes seconds each time where other tests have filled the memory before.
    """
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def broken():
    """The promises that a connector breaks under a contract, each with what was said first.

    ``only`` are the tests to run, all if none is named.
    """

    def judge(contract: type[Contract], only: Sequence[str] = ()) -> dict[str, str]:
        found: dict[str, str] = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, case, call in _tests(contract):
                if only and name not in only:
                    continue
                try:
                    call()
                except AssertionError as error:
                    found.setdefault(name, f"[{case}] {error}")
                except Exception as error:  # noqa: BLE001 - a contract has to tell it
                    found.setdefault(name, f"[{case}] not told: {error!r}")
                finally:
                    asyncio.set_event_loop(None)
            gc.collect()  # what a defect leaves open is not told of pytest
        return found

    return judge


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """Makes a file of a folder a module, and installs it as a distribution with an entry point."""
    there = set(sys.modules)

    def install(path: Path, name: str = "acme") -> ModuleType:
        monkeypatch.syspath_prepend(str(path.parent))
        module = importlib.import_module(path.stem)
        required = "".join(f"Requires-Dist: {one}\n" for one in module.REQUIRES)
        folder = tmp_path / f"{path.stem}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {path.stem}\nVersion: 1.0\n{required}"
        )
        (folder / "entry_points.txt").write_text(f"[subledger]\n{name} = {path.stem}\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        return module

    yield install
    files = {path.stem for path in DEFECTIVE.rglob("*.py")}
    for name in set(sys.modules) - there:
        if name in files:
            del sys.modules[name]


def members(folder: str) -> list[Any]:
    """The defective connectors of a folder, as parameters."""
    found = sorted((DEFECTIVE / folder).glob("*.py"))
    return [pytest.param(path, id=path.stem) for path in found]
