"""The wheels hold everything that the product needs, and nothing of its workshop."""

import zipfile
from email.parser import Parser

import pytest

from .conftest import MEMBERS


def names(wheel):
    """The files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def missing(member, found):
    """The package's files that a wheel lacks."""
    return [name for name in member.tracked if name not in found]


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_every_file_of_the_package(wheels, member):
    """Every tracked file of the package is in its wheel, data files too."""
    assert len(member.tracked) > 3
    assert missing(member, names(wheels[member.name])) == []


@pytest.mark.parametrize(
    ("name", "files"),
    [
        (
            "subledger",
            [
                "subledger/py.typed",
                "subledger/cli/scenarios/cards-desktop.toml",
                "subledger/store/migrations/env.py",
                "subledger/store/migrations/versions/v0001_initial.py",
            ],
        ),
        ("subledger-quickbooks-desktop", ["subledger_quickbooks_desktop/wire/schema.json"]),
        ("subledger-pex", ["subledger_pex/py.typed", "subledger_pex/simulator/__init__.py"]),
    ],
)
def test_data_files(wheels, name, files):
    """The files without which the product would fail at run time are there."""
    assert set(files) <= names(wheels[name])


def test_missing_file_is_seen(wheels):
    """Control: a wheel without the schema is found out."""
    member = next(m for m in MEMBERS if m.name == "subledger-quickbooks-desktop")
    found = {name for name in names(wheels[member.name]) if not name.endswith("schema.json")}
    assert missing(member, found) == ["subledger_quickbooks_desktop/wire/schema.json"]


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_nothing_else(wheels, member):
    """A wheel holds its package and its metadata, and no tests."""
    package = member.package.name
    for name in names(wheels[member.name]):
        top, _, rest = name.partition("/")
        assert top == package or top.endswith(".dist-info")
        assert "__pycache__" not in name
        assert not rest.startswith("tests/")


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_metadata(wheels, member):
    """A wheel tells its name, licence, Python and a description."""
    with zipfile.ZipFile(wheels[member.name]) as archive:
        (path,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(path).decode())
    assert metadata["Name"] == member.name
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["Summary"].endswith(".")
    requires = [name for name in metadata.get_all("Requires-Dist") if "extra ==" not in name]
    own = {name.split(">")[0].split("<")[0] for name in requires if name.startswith("subledger")}
    assert own == (set() if member.name == "subledger" else {"subledger"})
