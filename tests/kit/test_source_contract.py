"""The source contract: a sound source keeps it, and each defect breaks the promise it is about."""

from pathlib import Path

import pytest

from subledger.testing import SourceContract

from .conftest import TOGETHER

DEFECTS = Path(__file__).parent / "defective" / "source"
FILES = sorted(path for path in DEFECTS.glob("*.py") if path.stem != "sound")


def test_a_sound_source_keeps_every_promise(installed, broken):
    """A small source that does everything right passes all of the contract."""
    assert broken(installed(DEFECTS / "sound.py").Contract) == {}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_defect_breaks_one_promise(path, installed, broken):
    """A source with one defect fails the one test that is about it, and passes all others."""
    module = installed(path)
    module.Contract.examples = 10
    found = broken(module.Contract)
    assert list(found) == [module.BREAKS], found
    said = found[module.BREAKS]
    assert "It did:" in said
    assert "To do:" in said


def test_every_promise_has_a_defect():
    """No test of the contract is without a source that breaks it."""
    broken = {line for path in FILES for line in path.read_text().splitlines()}
    tests = {name for name in dir(SourceContract) if name.startswith("test_")} - TOGETHER
    assert {name for name in tests if f'BREAKS = "{name}"' not in broken} == set()
