"""The pages for authors that are made from the code: complete, and nothing without its meaning."""

import sys
from pathlib import Path

import attrs
import pytest
from attrs import frozen

from subledger import errors, testing
from subledger import manifest as m

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "docs" / "_ext")]

import pages  # noqa: E402 - found through the path above
from reference import connectors, contracts, entities, failures  # noqa: E402
from reference.docs import attribute_docs  # noqa: E402

ENUMS = (*entities.WORDS, m.Direction, m.Operation, m.Initiative, m.Capability, m.Recovery)


def silent(cls):
    """The fields or members of a class that no sentence explains."""
    names = [one.name for one in attrs.fields(cls)] if attrs.has(cls) else [one.name for one in cls]
    told = attribute_docs(cls)
    return [name for name in names if not told.get(name, "").strip().endswith((".", "``."))]


@pytest.mark.parametrize("cls", [*entities.CLASSES, m.Manifest, m.Frequency, *ENUMS])
def test_every_field_has_a_meaning(cls):
    """Whoever fills a field of the model or of a manifest can read what it means."""
    assert silent(cls) == []


def test_a_field_without_meaning_is_noticed():
    """Control: the check above finds a field that nobody explained."""

    @frozen
    class Silent:
        told: int
        """What it is."""
        untold: int

    assert silent(Silent) == ["untold"]


def test_the_entities_page_holds_every_class_of_the_model(catalogue):
    """Every field of every class stands in the reference with its meaning."""
    page = entities.entities_page(catalogue)
    for cls in entities.CLASSES:
        assert f"## {cls.__name__}\n" in page
        for one in attrs.fields(cls):
            assert f"| `{one.alias}` |" in page


@pytest.fixture
def catalogue():
    from reference.extension import full_catalogue  # noqa: PLC0415 - it loads every plugin

    return full_catalogue()


def test_the_manifest_page_holds_every_field_and_word():
    """Every field of a manifest, every word that it takes and every role stand in the reference."""
    page = connectors.manifest_page()
    for one in attrs.fields(m.Manifest):
        assert f"| `{one.name}` |" in page
    for word in [*m.Capability, *m.Recovery, *m.Operation, *m.Initiative, *m.Role]:
        assert f"| `{word.value}` |" in page


def test_the_errors_page_holds_every_error():
    """Every error of the product stands in the reference with its consequence."""
    page = failures.errors_page()
    for name, cls in vars(errors).items():
        if isinstance(cls, type) and issubclass(cls, Exception):
            assert f"| `{name}` |" in page
    assert "| `Refused` |" in page


def test_the_contracts_page_holds_every_contract():
    """Every contract that an author can inherit stands on the page with each of its promises."""
    page = contracts.contracts_page()
    found = contracts.contracts()
    assert "SourceContract" in found
    assert "ConnectorContract" not in found, "authors inherit what is made of it"
    for name, cls in found.items():
        assert hasattr(testing, name)
        assert f"### {name}\n" in page
        assert all(f"| `{test}` |" in page for test in dir(cls) if test.startswith("test_"))


def test_authors_find_every_page():
    """The pages for authors are on their index, and each is reached from the front page."""
    index = (pages.DOCS / "authors" / "index.md").read_text(encoding="utf-8")
    for page in (pages.DOCS / "authors").glob("*.md"):
        assert page.stem == "index" or f"\n{page.stem}\n" in index
    assert "authors/tutorial.md" in (pages.DOCS / "index.md").read_text(encoding="utf-8")
