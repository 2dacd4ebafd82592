"""Scenarios of a demonstration: the product's own, and files of somebody's own."""

import re
import typing
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from subledger.cli.scenario import Scenario, folder_of, known, load
from subledger.errors import ConfigError

PAGE = Path(__file__).parents[3] / "docs" / "authors" / "testing.md"
ROW = re.compile(r"^\| `([a-z_.]+)` \| (required|) ?\| (.+) \|$", re.MULTILINE)
OWN = """
title = "Mine"
flow = "cards"
[environment]
[delivery]
says = "It goes."
[trial_balance]
[config]
text = "{here}/exports"
"""


def test_the_products_own_scenarios_load():
    """Every demonstration of the product is sound."""
    assert len(known()) >= 4
    assert all(load(name).simulators for name in known())


def test_a_scenario_of_ones_own(tmp_path):
    """A file describes a demonstration as well; it may name files that lie beside it."""
    file = tmp_path / "mine.toml"
    file.write_text(OWN)
    scenario = load(str(file))
    assert (scenario.title, scenario.simulators) == ("Mine", ())
    assert folder_of(str(file)) == str(tmp_path)
    assert folder_of("cards-online") == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read"),
        ("title = ", "cannot be read"),
        ('title = "Mine"', "flow"),
        (OWN + 'more = "x"\n', "more"),
    ],
    ids=["absent", "no TOML", "missing", "unknown"],
)
def test_a_file_that_is_no_scenario(tmp_path, text, words):
    """A file that is no scenario is refused with its name and with what is wrong."""
    file = tmp_path / "mine.toml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load(str(file))
    assert "mine.toml" in str(refused.value)
    assert words in str(refused.value)


def test_an_unknown_scenario():
    """An unknown name is refused, with those that are known."""
    with pytest.raises(ConfigError, match="cards-online"):
        load("nothing")


def described(cls: type, path: str = "") -> Iterator[tuple[str, str]]:
    """Every field of a scenario's file, and whether it is required."""
    for field in attrs.fields(attrs.resolve_types(cls)):
        inner = [one for one in (field.type, *typing.get_args(field.type)) if attrs.has(one)]
        if inner:
            yield from described(inner[0], f"{path}{field.name}.")
        else:
            yield path + field.name, "required" if field.default is attrs.NOTHING else ""


def test_every_field_is_described():
    """Whoever writes a scenario finds every field of it in the authors' pages, and no other."""
    section = PAGE.read_text().partition("## Demonstrations")[2].partition("\n## ")[0]
    assert [row[:2] for row in ROW.findall(section)] == list(described(Scenario))
