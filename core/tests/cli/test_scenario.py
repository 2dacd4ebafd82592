"""Scenarios of a demonstration: the product's own, and files of somebody's own."""

import pytest

from subledger.cli.scenario import folder_of, known, load
from subledger.errors import ConfigError

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
