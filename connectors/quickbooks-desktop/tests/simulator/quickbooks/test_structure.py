"""The table of content models against the official schema."""

import random

import pytest
from lxml import etree

from subledger_quickbooks_desktop.simulator.com import ComError
from subledger_quickbooks_desktop.simulator.quickbooks.check import MalformedError, read
from subledger_quickbooks_desktop.simulator.quickbooks.schema import (
    messages,
    structure,
    unsupported,
)
from subledger_quickbooks_desktop.simulator.quickbooks.text import TextRules

XSD = "{http://www.w3.org/2001/XMLSchema}"


def verdict(root):
    """Whether the table accepts every request of a message set, all editions and versions."""
    try:
        for request in root[0]:
            name = str(request.tag).removesuffix("Rq")
            if name not in messages():
                return False
            read(request, messages()[name].structure, rules=TextRules(), version=None)
    except MalformedError:
        return False
    return True


def mutate(root, rng):
    """Change one thing somewhere inside a request."""
    nodes = [node for node in root.iter() if node.getparent() not in (None, root)]
    node = rng.choice(nodes)
    parent = node.getparent()
    change = rng.randrange(8)
    if change == 0:
        parent.remove(node)
    elif change == 1:
        parent.append(node)
    elif change == 2:
        parent.insert(0, node)
    elif change == 3:
        parent.append(etree.fromstring(etree.tostring(node)))
    elif change == 4:
        etree.SubElement(node, "Surprise")
    elif change == 5:
        node.tag = rng.choice(["Memo", "Amount", "Surprise", "TxnDate", "FullName"])
    elif change == 6:
        node.text = rng.choice(
            ["x" * 50, "x" * 5000, "1.234", "1,000.00", "12", "", "true", "True", "2026-13-01",
             "2026-08-05T10:00:00Z", "{6f1c2a3e-0000-4000-8000-000000000001}", " 3.00", "-0.01"]
        )  # fmt: skip
    else:
        node.set("surprise", "1")


def test_the_examples_fit_the_table_and_the_official_schema(examples, official):
    """Both judges accept all 41 examples."""
    for name, text in examples.items():
        root = etree.fromstring(text.encode())
        assert official.validate(root), name
        assert verdict(root), name


@pytest.mark.parametrize("seed", range(3))
def test_the_table_agrees_with_the_official_schema_on_mutated_examples(examples, official, seed):
    """Over a thousand mutated requests the table says exactly what the official schema says."""
    rng = random.Random(seed)  # noqa: S311 - repeatable
    told = {True: 0, False: 0}
    for name, text in examples.items():
        for _ in range(10):
            root = etree.fromstring(text.encode())
            mutate(root, rng)
            expected = official.validate(root)
            assert verdict(root) == expected, (name, etree.tostring(root), official.error_log)
            told[expected] += 1
    assert told[True] > 20
    assert told[False] > 100


def test_the_table_knows_every_message_of_the_official_schema(contracts):
    """What is not simulated is at least known by name, and nothing is invented."""
    root = etree.parse(str(contracts / "qbxmlops130.xsd")).getroot()
    element = next(e for e in root if e.get("name") == "QBXMLMsgsRq")
    official = {e.get("name").removesuffix("Rq") for e in element.iter(f"{XSD}element")}
    official.discard("QBXMLMsgs")
    assert set(messages()) | unsupported() == official


def test_every_structure_of_the_table_compiles():
    """No line of the table names a structure that is not there."""
    for message in messages().values():
        waiting, seen = [message.structure], set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            waiting += [c.structure for c in structure(name).children.values() if c.structure]


@pytest.mark.parametrize(
    ("inside", "version"),
    [
        ("<IsTaxIncluded>true</IsTaxIncluded>", "13.0"),
        ("<ExternalGUID>{6f1c2a3e-0000-4000-8000-000000000001}</ExternalGUID>", "8.0"),
    ],
)
def test_elements_of_other_editions_and_later_versions_are_unknown(
    office, make_check, inside, version
):
    """What the US edition, or the version asked for, does not have makes the set unreadable."""
    with pytest.raises(ComError, match="0x80040400"):
        office.set(make_check(extra=inside), version=version)


def test_a_message_that_came_later_is_unknown_to_an_older_version(office):
    """Transfers exist since 12.0."""
    office.ask("<TransferQueryRq/>", version="12.0")
    with pytest.raises(ComError, match="0x80040400"):
        office.ask("<TransferQueryRq/>", version="11.0")


def test_a_line_break_counts_twice_towards_the_length(office):
    """Line breaks are stored as two characters: 4095 letters fit, with a break 4094 do not."""
    body = "<BillQueryRq><RefNumber>x</RefNumber></BillQueryRq>"
    office.ask(body)
    memo = "<JournalEntryAddRq><JournalEntryAdd><RefNumber>{}</RefNumber>"
    line = (
        "<JournalDebitLine><AccountRef><FullName>Fuel</FullName></AccountRef>"
        "<Amount>1.00</Amount></JournalDebitLine></JournalEntryAdd></JournalEntryAddRq>"
    )
    assert office.refused(memo.format("a" * 11) + line) == "3180"
    with pytest.raises(ComError, match="0x80040400"):
        office.ask(memo.format("a" * 9 + "\n" + "b") + line)
