"""The published schemas as judges, where they are at hand."""

import os
from pathlib import Path

import pytest
from lxml import etree

REPOSITORY = Path(__file__).parents[4]


def contracts() -> Path | None:
    """Return the folder of the published schemas, if there is one."""
    named = os.environ.get("SUBLEDGER_CONTRACTS")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "contracts"
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def contract_folder() -> Path:
    """The folder of the published schemas; tests that need it skip without it."""
    folder = contracts()
    if folder is None:
        pytest.skip("the published schemas are not here (SUBLEDGER_CONTRACTS names their folder)")
    return folder


@pytest.fixture(scope="session")
def official_schema(contract_folder: Path) -> etree.XMLSchema:
    """The published qbXML 13.0 schema."""
    return etree.XMLSchema(etree.parse(contract_folder / "qbxml" / "qbxmlops130.xsd"))


@pytest.fixture(scope="session")
def official_examples(contract_folder: Path) -> dict[str, bytes]:
    """Requests that the published schema accepts, by name."""
    folder = contract_folder / "qbxml" / "requests"
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.xml"))}
