"""The Sphinx extension: ``{generated} NAME [ABOUT]`` puts a generated text where it stands.

The lines inside of the block are for those who read the page as a file; they are left out.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from docutils import nodes  # type: ignore[import-untyped]  # ships no types
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from reference.categories import findings_table
from reference.codes import codes
from reference.commands import commands_page, common_options, exit_codes
from reference.configuration import configuration_page, connector_table, recipe_table
from reference.connectors import connectors_page, limits, manifest_page
from reference.contracts import contracts_page
from reference.entities import entities_page
from reference.failures import errors_page
from reference.floors import floors
from reference.interface import interface_page
from reference.matrix import matrix
from subledger.catalogue import Catalogue, open_catalogue
from subledger.cli.app import build_app
from subledger.cli.commands import COMMANDS


@cache
def full_catalogue() -> Catalogue:
    """Every plugin of this workspace, loaded."""
    catalogue = open_catalogue()
    catalogue.load(item.name for item in catalogue.available)
    return catalogue


PYPROJECT: Final = Path(__file__).parents[3] / "pyproject.toml"

PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "configuration": lambda: configuration_page(full_catalogue()),
    "commands": lambda: commands_page(build_app(), COMMANDS),
    "common-options": lambda: common_options(build_app()["check"]),
    "errors": errors_page,
    "exit-codes": exit_codes,
    "connectors": lambda: connectors_page(full_catalogue()),
    "contracts": contracts_page,
    "entities": lambda: entities_page(full_catalogue()),
    "findings": findings_table,
    "floors": lambda: floors(PYPROJECT.read_text(encoding="utf-8")),
    "interface": interface_page,
    "manifest": manifest_page,
    "matrix": lambda: matrix(full_catalogue()),
    "quickbooks-online-codes": codes,
}
"""What can be generated, by name."""

PARTS: Final[Mapping[str, Callable[[str], str]]] = {
    "settings-of-connector": lambda name: connector_table(full_catalogue(), name),
    "settings-of-recipe": lambda name: recipe_table(full_catalogue(), name),
    "limits": lambda name: limits(full_catalogue(), name),
}
"""What can be generated about one connector or recipe, which a second word names."""


class Generated(SphinxDirective):
    """Parses a generated text as a part of the page."""

    required_arguments = 1
    optional_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """The nodes of the text."""
        name, *about = self.arguments
        text = PARTS[name](*about) if about else PAGES[name]()
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Registers the directive."""
    app.add_directive("generated", Generated)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
