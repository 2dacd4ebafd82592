"""What a demonstration says at its end: that everything agrees, or why it does not."""

from types import SimpleNamespace

import pytest
from attrs import evolve

from subledger.cli.demo import Result
from subledger.cli.exits import Exit
from subledger.cli.main import main
from subledger.cli.scenario import load
from subledger.cli.stage import Narrator, Played, Stage
from subledger.errors import ConfigError
from subledger.flow.proof import BUCKETS, Bucket, Proof
from subledger.flow.reconcile import Comparison
from subledger.money import Money

NONE = Bucket(records=0, total=Money(0))
PROOF = Proof(
    flow="cards",
    records=1,
    source=Money(-1000),
    buckets={**dict.fromkeys(BUCKETS, NONE), "posted": Bucket(records=1, total=Money(-1000))},
    by_account={},
    without_amount=0,
)
COMPARISON = Comparison(
    connection="books",
    account="Card",
    since="2026-01-01",
    until="2026-01-31",
    posted=1,
    posted_total=Money(-1000),
    books_total=Money(-1000),
    matched=1,
    missing=(),
    doubled=(),
    changed=(),
    deleted=(),
    foreign=0,
    foreign_total=Money(0),
)
PLAYED = Played(
    proof=PROOF,
    comparisons=(COMPARISON,),
    findings=(),
    trial_balance={},
    second_run_posted=0,
    recovered=0,
)


def test_what_agrees():
    """Where source, ledger and books agree and nothing was posted twice, that is all it says."""
    result = Result(PLAYED)
    assert (result.agrees, result.verdict) == (True, "Every cent is accounted for")


def with_held(posted):
    """A proof of two records, one of which waits."""
    buckets = {
        **PROOF.buckets,
        "posted": PROOF.buckets["posted"] if posted else NONE,
        "held": Bucket(records=1, total=Money(-500)),
    }
    source = Money(-1500) if posted else Money(-500)
    return evolve(PROOF, records=1 + posted, source=source, buckets=buckets)


def test_what_waits_is_told():
    """Records that wait are accounted for, and are not in the books: both are said."""
    result = Result(evolve(PLAYED, proof=with_held(1)))
    assert result.agrees
    assert result.verdict == "Every cent is accounted for; not in the books: 1 record"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"proof": with_held(0), "comparisons": ()},
            ("DO NOT AGREE", "none of the 1 record is in the books"),
        ),
        ({"second_run_posted": 3}, ("NOT QUIET", "the second sync posted 3 documents")),
        ({"proof": evolve(PROOF, source=Money(-1500))}, ("DO NOT AGREE", "-5.00 of the source")),
        ({"proof": evolve(PROOF, records=2)}, ("DO NOT AGREE", "counted twice or not at all")),
        (
            {"comparisons": (evolve(COMPARISON, missing=("Check 1",), changed=("a", "b")),)},
            ("DO NOT AGREE", "in Card: 1 missing, 2 changed"),
        ),
        (
            {"comparisons": (evolve(COMPARISON, posted_total=Money(0)),)},
            ("DO NOT AGREE", "-10.00 was posted, and the accounts of the flow show 0.00"),
        ),
    ],
    ids=["nothing posted", "second sync", "difference", "counts", "comparison", "another account"],
)
def test_what_does_not_agree(changes, says):
    """Where something does not agree, the last line names it."""
    result = Result(evolve(PLAYED, **changes))
    assert not result.agrees
    assert [words for words in says if words not in result.verdict] == []


class Vault:
    """A vault that holds a grant, or none."""

    def __init__(self, held):
        self.held = held

    async def grant(self):
        """What a person granted."""
        return self.held


@pytest.mark.parametrize(
    ("authorization", "held", "hint"),
    [(object(), None, True), (object(), object(), False), (None, None, False)],
    ids=["nobody let us in", "let in", "nobody has to"],
)
async def test_what_to_write_where_nobody_let_us_in(tmp_path, authorization, held, hint):
    """Books that fail because nobody authorised them tell what the scenario lacks."""
    scenario = evolve(load("cards-online"), authorise=())
    stage = Stage(scenario, tmp_path, Narrator(quiet=True), {})
    books = SimpleNamespace(sink=SimpleNamespace(authorization=authorization))
    settings = SimpleNamespace(connections={"books": books})
    kernel = SimpleNamespace(settings=settings, vault=lambda _name: Vault(held))
    error = await stage._failed(kernel, "books", "QuickBooks is not connected.")
    assert "QuickBooks is not connected." in str(error)
    assert isinstance(error, ConfigError) is hint
    assert ('authorise = ["books"]' in str(error)) is hint


@pytest.mark.parametrize("there", ["subledger.toml", "subledger.db"])
def test_nothing_is_overwritten(tmp_path, capsys, there):
    """A folder that holds an installation is neither overwritten nor mixed with a demonstration."""
    (tmp_path / there).write_text("mine")
    assert main(["demo", "--keep", str(tmp_path)]) == Exit.CONFIG
    said = capsys.readouterr().err
    assert f"holds {there} already" in said
    assert "new or empty" in said
    assert (tmp_path / there).read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == [there]


def test_a_folder_that_cannot_be_made(tmp_path, capsys):
    """Where there is a file instead of a folder, and for a negative number, the reason is told."""
    (tmp_path / "file").write_text("")
    assert main(["demo", "--keep", str(tmp_path / "file")]) == Exit.CONFIG
    assert "cannot be made" in capsys.readouterr().err
    assert main(["demo", "--transactions", "-5"]) == Exit.CONFIG
    assert "--transactions: -5 is no number of them" in capsys.readouterr().err
