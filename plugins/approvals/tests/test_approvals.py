"""Which records pass, and how the others wait."""

import datetime as dt
import re
import tomllib
from decimal import Decimal
from pathlib import Path

import attrs
import pluggy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subledger import hooks
from subledger.config.fields import description
from subledger.config.problems import Invalid
from subledger.config.secrets import SecretReader
from subledger.config.structure import Structurer
from subledger.model import Approval, Line, Movement, Party, Way
from subledger.model.kinds import CARD_TRANSACTION, DEPOSIT, FEE, TRANSFER
from subledger.money import Money
from subledger.ports import Hold, Keep
from subledger_approvals import plugin
from subledger_approvals.config import ApprovalsConfig
from subledger_approvals.step import ApprovalsStep

README = Path(__file__).parents[1] / "README.md"
BOOKS = None  # the step never looks at the books


def record(approval, cents=8640, kind=CARD_TRANSACTION):
    return Movement(
        kind=kind,
        id="1",
        way=Way.OUT,
        amount=Money(cents),
        date=dt.date(2026, 3, 4),
        approval=approval,
        lines=(Line(amount=Money(cents)),),
    )


def judge(entity, **settings):
    return ApprovalsStep(ApprovalsConfig(**settings)).apply(entity, BOOKS)


def read_settings(text):
    structurer = Structurer(SecretReader(folder=README.parent, environment={}))
    return structurer.read(tomllib.loads(text), ApprovalsConfig)


def documented():
    """The table of the documentation: (review, column, what it says)."""
    names = {
        "none": Approval.NOT_REVIEWED,
        "approved": Approval.APPROVED,
        "ignored": Approval.IGNORED,
        "rejected": Approval.REJECTED,
        "receipt asked for": Approval.NO_RECEIPT,
    }
    columns = ("all", "approved", "approved_or_ignored", "below")
    for name, approval in names.items():
        row = re.search(rf"^\| {name} \|(.+)\|$", README.read_text(), re.MULTILINE)[1]
        for column, cell in zip(columns, row.split("|"), strict=True):
            yield approval, column, cell.strip()


@pytest.mark.parametrize(("approval", "column", "says"), [*documented()])
def test_as_documented(approval, column, says):
    """A record passes or waits as the table of the documentation says."""
    if column != "below":
        verdicts = [judge(record(approval), accept=column)]
    else:
        minimum = Decimal("86.41")
        verdicts = [
            judge(record(approval), accept=accept, minimum_amount=minimum)
            for accept in ("approved", "approved_or_ignored")
        ]
        if says == "as without it":
            says = "waits"
    expected = {"passes": Keep, "waits": Hold}[says]
    assert [type(verdict) for verdict in verdicts] == [expected] * len(verdicts)


def test_minimum_is_exact():
    """The minimum amount itself needs a review, a cent less does not."""
    settings = {"accept": "approved", "minimum_amount": Decimal("86.40")}
    assert isinstance(judge(record(Approval.NOT_REVIEWED, 8640), **settings), Hold)
    assert isinstance(judge(record(Approval.NOT_REVIEWED, 8639), **settings), Keep)


def test_own_wording():
    """Each review that is not enough has its own finding, shared by all its records."""
    waiting = (Approval.NOT_REVIEWED, Approval.IGNORED, Approval.REJECTED, Approval.NO_RECEIPT)
    held = [judge(record(approval), accept="approved").finding for approval in waiting]
    assert {finding.category for finding in held} == {"waiting_approval"}
    assert len({finding.subject for finding in held}) == len(waiting)
    assert len({finding.message for finding in held}) == len(waiting)
    assert "rejected" in held[2].message
    assert "receipt" in held[3].message
    again = judge(record(Approval.REJECTED, 5), accept="approved").finding
    assert again == held[2]


@pytest.mark.parametrize("kind", [FEE, TRANSFER, DEPOSIT])
def test_other_kinds_pass(kind):
    """Fees, transfers and rebates, which nobody reviews, pass unless the settings name them."""
    entity = record(Approval.NOT_REVIEWED, kind=kind)
    assert judge(entity, accept="approved") == Keep(entity=entity)
    assert isinstance(judge(entity, accept="approved", kinds=(kind,)), Hold)


def test_list_entries_pass():
    """Vendors and customers have no review and pass."""
    vendor = Party(id="1", name="Acme")
    assert judge(vendor, accept="approved") == Keep(entity=vendor)


@given(
    approval=st.sampled_from(Approval),
    cents=st.integers(1, 10**9),
    accept=st.sampled_from(["all", "approved", "approved_or_ignored"]),
    minimum=st.none() | st.decimals(0, 10**6, places=2),
)
def test_any_record(approval, cents, accept, minimum):
    """A record passes unchanged or waits, the same each time; a rejected one needs accept all."""
    entity = record(approval, cents)
    verdict = judge(entity, accept=accept, minimum_amount=minimum)
    assert verdict == judge(entity, accept=accept, minimum_amount=minimum)
    assert isinstance(verdict, Hold) or verdict == Keep(entity=entity)
    if approval is Approval.REJECTED:
        assert isinstance(verdict, Keep) == (accept == "all")
    if approval is Approval.APPROVED:
        assert isinstance(verdict, Keep)


def test_registered():
    """The step is registered through the hook."""
    manager = pluggy.PluginManager(hooks.GROUP)
    manager.add_hookspecs(hooks)
    manager.register(plugin)
    manager.check_pending()
    assert [list(made) for made in manager.hook.register_steps()] == [[plugin.APPROVALS]]


def test_readme_table():
    """The table of settings lists every setting, in order, with its description."""
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (.+) \|$", README.read_text(), re.MULTILINE)
    wanted = [(field.name, description(field)) for field in attrs.fields(ApprovalsConfig)]
    assert rows == wanted


def test_readme_example():
    """The example of the documentation can be read and used."""
    example = re.search(r"```toml\n(.+?)```", README.read_text(), re.DOTALL)[1]
    config = read_settings(example)
    assert config.accept == "approved_or_ignored"
    assert config.minimum_amount == Decimal(25)
    assert plugin.APPROVALS.make(config)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("accept = 'aproved'", "accept"),
        ("minimum_amount = '-1'", "minimum_amount"),
        ("minimum_amount = 1.5", "minimum_amount"),
        ("pass = 'all'", "pass"),
    ],
)
def test_misspelt(text, path):
    """A slip in the settings is refused, with its place."""
    with pytest.raises(Invalid) as caught:
        read_settings(text)
    assert [problem.path for problem in caught.value.problems] == [path]
