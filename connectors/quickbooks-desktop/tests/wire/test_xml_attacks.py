"""Hostile documents are refused, quickly and in little memory, by every way in."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import subledger_quickbooks_desktop.wire.xml as door
from subledger_quickbooks_desktop.wire.xml import HostileXml, Limits, parse

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from attacks import ATTACKS, READERS, prepared  # noqa: E402

SECONDS = 2.0
MEGABYTES = 64
"""Of a record's 200,000 elements each takes a third of a kilobyte until there is one too many."""
BIG = ("100,000 deep", "1,000,000 siblings", "100,000 attributes", "60 MB text",
       "60 MB attribute", "60 MB comment", "unclosed tag", "billion laughs",
       "quadratic blow-up")  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("attack", [name for name in ATTACKS if name not in BIG])
def test_a_hostile_document_is_refused(reader: str, attack: str) -> None:
    """Every attack ends in our own error, through each reader."""
    with pytest.raises(ValueError, match=r"refused|SOAP|argument") as caught:
        READERS[reader](prepared(attack, wrapped=reader == "inner"))
    assert type(caught.value).__name__ in {"HostileXml", "SoapError"}


@pytest.fixture(scope="module")
def measure():
    """Measures a refusal in a process of its own, forked from one that has only imported."""
    with subprocess.Popen(
        [sys.executable, HERE / "attacks.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as runner:

        def measured(reader: str, attack: str) -> dict:
            print(json.dumps([reader, attack]), file=runner.stdin, flush=True)
            return json.loads(runner.stdout.readline())

        yield measured


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("attack", BIG)
def test_a_big_attack_costs_little(measure, reader: str, attack: str) -> None:
    """Time and memory of a refusal stay small, measured in a process of its own."""
    figures = measure(reader, attack)
    assert figures["reason"], figures
    assert figures["seconds"] < SECONDS, figures
    assert figures["mb"] < MEGABYTES, figures


def test_memory_is_measured(measure) -> None:
    """The guard has a negative control: a reader that refuses nothing and keeps copies is seen."""
    figures = measure("greedy", "60 MB text")
    assert not figures["reason"]
    assert figures["mb"] > MEGABYTES


def test_a_good_document_passes_the_door() -> None:
    """The guard has a negative control: declaration, qbxml instruction, comments, namespaces."""
    root = parse(
        b'\xef\xbb\xbf \n<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?>'
        b"<!-- a remark --><QBXML><a>Jos&#233; \xc3\xa9 &amp; &lt;</a><!-- more --></QBXML>"
    )
    assert root.findtext("a") == "José é & <"


def test_a_declared_encoding_does_not_change_how_a_document_is_read() -> None:
    """A document that claims another encoding is still read as UTF-8."""
    assert parse(b'<?xml version="1.0" encoding="iso-8859-1"?><a>\xc3\xa9</a>').text == "é"


def test_xinclude_stays_inert() -> None:
    """An XInclude element is an element like any other."""
    root = parse(
        b'<a xmlns:xi="http://www.w3.org/2001/XInclude">'
        b'<xi:include href="file:///etc/passwd" parse="text"/></a>'
    )
    assert len(root) == 1
    assert root[0].text is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<!DOCTYPE a []><a/>", "dtd"),
        (b"<a>" * 70 + b"</a>" * 70, "depth"),
        (b"<a>" + b"<b/>" * 90 + b"</a>", "elements"),
        (b"<a " + b" ".join(b'b%d="1"' % n for n in range(65)) + b"/>", "attributes"),
        (b"<a>" + b"x" * 2000 + b"</a>", "size"),
        (b"<a><?php?></a>", "instruction"),
        (b"<a", "syntax"),
        (b"", "empty"),
        ("<a/>".encode("utf-16"), "encoding"),
    ],
)
def test_a_refusal_names_its_reason(data: bytes, reason: str) -> None:
    """Each limit has its own word, and stands just above what is allowed."""
    with pytest.raises(HostileXml) as caught:
        parse(data, limits=Limits(max_bytes=1900, max_elements=90))
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" * 64 + b"</a>" * 64,
        b"<a>" + b"<b/>" * 89 + b"</a>",
        b"<a " + b" ".join(b'b%d="1"' % n for n in range(64)) + b"/>",
        b"<a>" + b"x" * 1893 + b"</a>",
    ],
)
def test_the_largest_allowed_document_passes(data: bytes) -> None:
    """The limits are not stricter than they say."""
    parse(data, limits=Limits(max_bytes=1900, max_elements=90))


def test_huge_trees_stay_off() -> None:
    """Nobody switches libxml2's own limits off."""
    for path in Path(door.__file__).parent.glob("*.py"):
        assert "huge_tree=True" not in path.read_text(), path
