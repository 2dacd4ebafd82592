"""The pages for authors that are made from the code: complete, and nothing without its meaning."""

import enum
import re
import sys
from pathlib import Path

import attrs
import pytest
from attrs import frozen

from subledger import errors, ports, testing
from subledger import manifest as m

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "docs" / "_ext")]

import pages  # noqa: E402 - found through the path above
from reference import connectors, contracts, entities, failures, interface  # noqa: E402
from reference.docs import attribute_docs, words  # noqa: E402

MET = [one for _, types in interface.GROUPS.values() for one in types]
"""Every type of the plugin interface that the reference shows."""
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


def silent_members(one):
    """The fields, words and methods of a type of the interface that no sentence explains."""
    told = words(one).splitlines()[2:] if issubclass(one, enum.Enum) else []
    rows = [(line, line.split("|")[2].strip()) for line in told]
    rows += [(each.name, each.meaning) for each in interface.fields(one) + interface.methods(one)]
    return [name for name, meaning in rows if not meaning.endswith(".")]


@pytest.mark.parametrize("one", [one for one in MET if isinstance(one, type)])
def test_every_part_of_the_plugin_interface_has_a_meaning(one):
    """Whoever is handed a value, or has to return one, can read what each part of it means."""
    assert one.__doc__
    assert silent_members(one) == []


def test_a_part_without_meaning_is_noticed():
    """Control: the check above finds a field that nobody explained."""

    @frozen
    class Silent:
        told: int
        """What it is."""
        untold: int

    assert silent_members(Silent) == ["untold"]


def unexplained(met):
    """Names of the product that the types of a list mention, and no page of the reference has."""
    told = {one.__name__ for one in [*met, *entities.CLASSES, *ENUMS, m.Manifest, m.Role]}
    told |= {name for name in vars(errors) if name[0].isupper()} | EXPLAINED_BY_WORD
    texts = [
        part.text
        for one in met
        if isinstance(one, type)
        for part in interface.fields(one) + interface.methods(one)
    ]
    named = {name for text in texts for name in re.findall(r"(?<![\w.])[A-Z]\w+", text)}
    return sorted(named - told)


EXPLAINED_BY_WORD = {
    *("AbstractAsyncContextManager", "Any", "AsyncIterator", "Awaitable", "Callable", "Iterable"),
    *("Mapping", "None", "Sequence"),
    *("Entity", "Kind", "Outcome", "Verdict"),
}
"""Python's own names, and those that the pages explain in a sentence."""


def test_the_reference_holds_every_type_that_a_plugin_meets():
    """What a source, sink, step or peer is handed or returns stands in the reference, each part."""
    aliases = {"Outcome", "Verdict"}
    assert {one.__name__ for one in MET} >= set(ports.__all__) - aliases
    assert unexplained(MET) == []
    page = interface.interface_page()
    for one in MET:
        assert f"### {one.__name__}\n" in page
    assert all(f"`{name}`" in page for name in aliases)


def test_a_type_that_is_missing_is_noticed():
    """Control: without its requests, the interface of a source names something unexplained."""
    assert unexplained([one for one in MET if one is not ports.ExtractRequest]) == [
        "ExtractRequest"
    ]


def test_a_page_that_is_made_from_code_says_so_to_who_reads_the_file():
    """Whoever opens a generated page in a clone reads which command fills it, and where it is."""
    found = 0
    for page in pages.DOCS.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        built = page.relative_to(pages.DOCS).with_suffix(".html").as_posix()
        for body in re.findall(
            r"^```\{generated\}[^\n]*\n(.*?)```$", text, re.DOTALL | re.MULTILINE
        ):
            assert body == (
                f"Made from the code: `tox -e docs` builds this page, as docs/_build/{built}.\n"
            ), page.name
            found += 1
    assert found > 10
    settings = (pages.ROOT / "tox.ini").read_text(encoding="utf-8")
    assert re.search(r"^commands = sphinx-build .* docs docs\{/\}_build$", settings, re.MULTILINE)


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
