"""The plugin's registration, descriptions and documentation."""

import re
import tomllib
from pathlib import Path

import attrs
import pluggy
import pytest

from subledger import hooks
from subledger.config.fields import description
from subledger.config.problems import Invalid
from subledger.config.secrets import SecretReader
from subledger.config.structure import Structurer
from subledger_mapping import plugin
from subledger_mapping.config import MappingConfig, Rule, When

README = Path(__file__).parents[1] / "README.md"


def read_settings(text):
    structurer = Structurer(SecretReader(folder=README.parent, environment={}))
    return structurer.read(tomllib.loads(text), MappingConfig)


def test_registered():
    """The step is registered through the hook."""
    manager = pluggy.PluginManager(hooks.GROUP)
    manager.add_hookspecs(hooks)
    manager.register(plugin)
    manager.check_pending()
    assert [list(made) for made in manager.hook.register_steps()] == [[plugin.MAPPING]]


def test_described():
    """Every setting has a sentence for the owner."""
    for cls in (MappingConfig, Rule, When):
        for attribute in attrs.fields(cls):
            assert description(attribute).endswith("."), attribute.name


def test_readme_table():
    """The table of settings lists every setting, in order, with its description."""
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (.+) \|$", README.read_text(), re.MULTILINE)
    wanted = [(field.name, description(field)) for field in attrs.fields(MappingConfig)]
    assert [row for row in rows if not row[0].startswith("mapping_")] == wanted


def test_readme_example():
    """The example of the documentation can be read and used."""
    example = re.search(r"```toml\n(.+?)```", README.read_text(), re.DOTALL)[1]
    config = read_settings(example)
    assert config.account_tags == ("GL Account", "Expense Account")
    assert config.rules[0].then["class"] == "Field Services:North"
    assert plugin.MAPPING.make(config)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("acount_default = 'Fuel'", "acount_default"),
        ("rules = [{ when = { merchnt = 'x' }, then = { account = 'Fuel' } }]", "merchnt"),
        ("rules = [{ when = { merchant = 'x' }, then = { acount = 'Fuel' } }]", "acount"),
        ("rules = [{ when = {}, then = { account = 'Fuel' } }]", "when"),
        ("rules = [{ when = { min_amount = 1.5 }, then = { account = 'F' } }]", "min_amount"),
        ("account_default = ''", "account_default"),
    ],
)
def test_misspelt(text, path):
    """A slip in the settings is refused, with its place."""
    with pytest.raises(Invalid) as caught:
        read_settings(text)
    assert path in caught.value.problems[0].path
