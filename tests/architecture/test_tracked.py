"""The project's files hold nothing of the machine on which they were written."""

import re

import pytest

from .sources import ROOT, tracked

# Written with brackets, so that this file does not find itself.
BANNED = {
    "a path of a machine": re.compile(
        r"(?<![\w.:/])/(?:w[o]rk|h[o]me/\w+|r[o]ot|o[p]t/\w+|U[s]ers/\w+|t[m]p/(?!\.\.\.)\w+)/\w"
    ),
    "the host of a package index": re.compile(
        r"p[y]pi\.org|pythonh[o]sted|t[e]st\.pypi|artif[a]ctory|/s[i]mple/"
    ),
    "a tool that writes code": re.compile(
        r"\b(?:cl[a]ude|anthr[o]pic|open[a]i|chat-?g[p]t|c[o]pilot|ll[m]s?|sub-?ag[e]nts?)\b",
        re.IGNORECASE,
    ),
    "a private key": re.compile(r"BEGIN (?:RSA |EC )?PRIV[A]TE KEY"),
}
BINARY = {".png", ".ico", ".woff2", ".db", ".gz", ".svg"}


def marks(text):
    """What a text holds that it must not."""
    return [
        (what, match[0]) for what, rule in BANNED.items() for match in [rule.search(text)] if match
    ]


def test_no_trace_of_a_machine():
    """No tracked file names a machine's path, a package index, a tool that writes code or a key."""
    files = [path for path in tracked() if path.suffix not in BINARY]
    assert len(files) > 200
    found = {}
    for path in files:
        what = marks(path.read_text(errors="replace"))
        if what:
            found[path.relative_to(ROOT).as_posix()] = what
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "see /w" + "ork/main",
        "/ho" + "me/ann/x",
        "https://py" + "pi.org/simple",
        "as Cl" + "aude wrote",
        "-----BEGIN PRIV" + "ATE KEY-----",
        "/t" + "mp/x/y",
    ],
)
def test_trace_is_seen(text):
    """Control: each sort of trace is found out."""
    assert marks(text)


@pytest.mark.parametrize(
    "text", ["https://example.com/work/x", "User-Agent", "a/home/b", "wor" + "k"]
)
def test_ordinary_text_is_fine(text):
    """Control: ordinary text is no trace."""
    assert marks(text) == []


def test_nothing_that_is_made():
    """No database, wheel or cache is tracked."""
    made = (".pyc", ".whl", ".db", ".sqlite", ".lock", ".log")
    assert [p.name for p in tracked() if p.suffix in made] == []


def test_files_are_text_with_an_end():
    """Every Python file ends with one line break and uses no tabs."""
    bad = []
    for path in tracked():
        if path.suffix == ".py":
            text = path.read_text()
            if text and (not text.endswith("\n") or text.endswith("\n\n") or "\t" in text):
                bad.append(path.relative_to(ROOT).as_posix())
    assert bad == []
