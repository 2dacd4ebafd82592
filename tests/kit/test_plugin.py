"""What pytest makes of a contract: what applies is collected, exempted, reported and accepted."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from subledger.testing.contracts import source

pytest_plugins = ("pytester",)

SOURCES = Path(__file__).parent / "defective" / "source"
QUICK = ("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:asyncio", "-p", "no:xdist")
IMPORTED = source
"""What every inner run imports is imported once, here."""
AUTHOR = """
from attrs import evolve
import sound


class TestAcme(sound.Contract):
    {body}
"""


@pytest.fixture
def author(pytester):
    """Writes an author's test module, and runs pytest on it."""
    shutil.copy(SOURCES / "sound.py", pytester.path)
    shutil.copytree(SOURCES / "golden", pytester.path / "golden")
    pytester.syspathinsert()

    def run(*options: str, body: str = "pass"):
        pytester.makepyfile(test_acme=AUTHOR.format(body=body.replace("\n", "\n    ")))
        return pytester.runpytest_inprocess(*QUICK, *options)

    return run


def collected(result) -> set[str]:
    """Names of the collected tests."""
    return {line.rpartition("::")[2] for line in result.outlines if "::" in line}


def test_what_applies_is_computed_from_the_manifest(author):
    """A scenario and each trouble is a case; without webhooks nothing about them is collected."""
    names = collected(author("--collect-only", "-q"))
    assert "test_check_tells_what_a_scenario_promises[wrong token]" in names
    assert "test_trouble_on_the_way_is_temporary[garbage]" in names
    assert "test_record_becomes" not in names
    without = "type = evolve(sound.SOURCE, webhook=None)\ngolden = None"
    less = collected(author("--collect-only", "-q", body=without))
    assert names - less == {
        "test_a_webhook_call_without_proof_is_refused",
        "test_a_record_becomes_what_is_written_beside_it[purchase]",
        "test_no_golden_file_stands_alone[golden]",
    }


LOUD = 'type = evolve(sound.SOURCE, webhook=lambda *_: "run")\n'
NAME = "test_a_webhook_call_without_proof_is_refused"


def test_an_exemption_has_to_fail(author):
    """What is exempt fails as expected; once it passes the exemption has to go."""
    exempt = f'exempt = {{"{NAME}": "Acme signs nothing."}}'
    author("-k", NAME, body=LOUD + exempt).assert_outcomes(xfailed=1)
    result = author("-k", NAME, body=exempt)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*XPASS(strict)*Acme signs nothing.*"])


def test_a_failure_says_what_to_do(author):
    """What it did, what it promises, and what to do stand in the failure."""
    result = author("-k", NAME, body=LOUD)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*It did:*", "*It promises:*", "*To do:*"])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('exempt = {"test_nothing_is_flaot": "soon"}', "*test_nothing_is_flaot*no test*"),
        ("del sound.Contract.type", "*has no type*"),
    ],
)
def test_a_mistake_in_the_class_is_told_at_collection(author, body, said):
    """An exemption of no test, and a contract without its type, are errors with a hint."""
    result = author(body=body)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([said])


def test_the_report_says_what_was_shown(author, pytester):
    """The report has the manifest, each promise in words, exemptions with their reason."""
    readme = pytester.path / "README.md"
    readme.write_text("# Acme\n\n<!-- contract -->\nStale.\n<!-- end of contract -->\n\nThe end.\n")
    body = f'{LOUD}exempt = {{"{NAME}": "Acme signs nothing."}}'
    some = "catalogue or cursors or webhook"
    author("-k", some, "--subledger-report", str(readme), body=body)
    text = readme.read_text()
    assert text.startswith("# Acme\n\n<!-- contract -->\n### Acme Cards: SourceContract\n")
    assert text.endswith("<!-- end of contract -->\n\nThe end.\n")
    assert "Stale" not in text
    assert "| kinds | attachment (read), card_transaction (read), vendor (read) |" in text
    assert "| A cursor is text that can be stored, or None. | yes |" in text
    assert "exempt: Acme signs nothing." in text
    assert "| **no**" in text, "the catalogue does not know the source, which is not installed"


def test_expectations_are_written_on_demand(author, pytester):
    """With --accept what was found is expected from then on."""
    path = pytester.path / "golden" / "purchase.expected.json"
    right = path.read_text()
    path.write_text(json.dumps({"balance": "1.00", "entities": []}))
    golden = ("-k", "written_beside")
    author(*golden).assert_outcomes(failed=1)
    author(*golden, "--accept").assert_outcomes(passed=1)
    assert path.read_text() == right
    written = json.dumps(json.loads(right))
    path.write_text(written)
    author(*golden, "--accept").assert_outcomes(passed=1)
    assert path.read_text() == written, "what means the same is left as it was written"
    path.write_text("<<<<<<< ours")
    author(*golden, "--accept").assert_outcomes(passed=1)
    assert path.read_text() == right


def test_other_projects_notice_nothing():
    """Where no contract is used, next to nothing is imported for the plugin."""
    code = (
        "import sys, pytest; before = set(sys.modules); import subledger.testing.plugin; "
        "import subledger.testing.replay; print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {
        "subledger",
        "subledger.testing",
        "subledger.testing.plugin",
        "subledger.testing.replay",
    }
