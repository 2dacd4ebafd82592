"""Tables and counts: numbers at the right, words whole, and one of a thing is one."""

import io

import pytest
from rich.console import Console

from subledger.cli.finding_text import print_findings, print_records
from subledger.cli.output import counted, table
from subledger.ledger.findings import FindingRow


def printed(*shown, width=80):
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False, markup=False, soft_wrap=True)
    for one in shown:
        console.print(one)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_numbers_stand_at_the_right():
    """Amounts and counts end in one column; a column with words begins in one."""
    rows = [("posted", 12, "12,852.97"), ("held", 0, "-0.10"), ("difference", "", "0.00")]
    lines = printed(table(("", "records", "total"), rows))
    assert len({len(line) for line in lines[2:]}) == 1
    words = printed(table(("document", "amount"), [("Check 4", "1.00"), ("Bill 12", "none")]))
    assert [line.index(cell) for line, cell in zip(words[2:], ("1.00", "none"), strict=True)] == [
        *(words[0].index("amount"), words[0].index("amount"))
    ]


def test_words_are_not_broken_for_others():
    """A name stays whole where a moment beside it can be written on two lines."""
    moment = "2026-11-22 09:53:13"
    row = ("books", "quickbooks-desktop", moment, moment, "2026-01-01", "restored backup")
    columns = ("connection", "connector", "last seen", "lists read", "closed until", "paused")
    lines = printed(table(columns, [row]))
    assert any("quickbooks-desktop" in line for line in lines)
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 records"), (1, "1 record"), (2, "2 records"), (1234, "1,234 records")],
)
def test_one_is_one(number, text):
    """One record is not "1 records"."""
    assert counted(number, "record") == text


def finding(**more):
    values = {
        "id": 4,
        "flow": "cards",
        "connection": "",
        "category": "mapping_stale",
        "subject": "account Postage",
        "message": 'the account "Postage" is inactive in the books',
        "hint": "Make the entry active again.",
        "detail": "from the other side",
        "records": 1,
        "amount": -1795,
        "currency": "USD",
        "state": "open",
        "states": "held",
    }
    return FindingRow(**values | more)


def shown(rows, **more):
    out = io.StringIO()
    print_findings(Console(file=out, width=60, highlight=False, markup=False), rows, **more)
    return out.getvalue()


def test_a_finding_says_what_where_and_what_to_do():
    """A finding is shown with number, category, flow, count, total, cause and way out."""
    assert shown([finding()]) == (
        "4   mapping_stale, flow cards: 1 record, -17.95, held\n"
        '    the account "Postage" is inactive in the books\n'
        "    Make the entry active again.\n"
    )
    assert "    Detail: from the other side\n" in shown([finding()], detailed=True)


@pytest.mark.parametrize("piped", [False, True])
def test_nothing_of_a_finding_is_cut_off(piped):
    """A long cause is wrapped on a terminal, and stays on one line in a file."""
    cause = "the books have no account " + " ".join(f"Travel:Meals:{n}" for n in range(20))
    out = io.StringIO()
    console = Console(file=out, width=60, highlight=False, markup=False, soft_wrap=piped)
    print_findings(console, [finding(message=cause)])
    assert " ".join(cause.split()) in " ".join(out.getvalue().split())
    assert (f"    {cause}\n" in out.getvalue()) is piped


def test_a_finding_about_a_connection_names_it():
    """Of several connections the one is named that the finding is about."""
    row = finding(flow="", connection="books", category="auth_expired", records=0, currency="")
    assert shown([row]).startswith("4   auth_expired, connection books")


def test_findings_that_are_not_stored_have_no_number():
    """The number of a preview's finding would lead `findings show` to another one."""
    assert shown([finding()], numbered=False).startswith("mapping_stale, flow cards")


def test_records_that_are_not_shown_are_counted():
    """A long list says how much of it is missing, and where all of it is."""
    record = {"kind": "fee", "id": "1", "state": "held", "date": "", "amount": -150}
    out = io.StringIO()
    console = Console(file=out, width=80, highlight=False, markup=False)
    print_records(console, [{**record, "currency": "USD", "same": None}], 371)
    assert "-1.50" in out.getvalue()
    assert "in the books" not in out.getvalue()
    assert "... and 370 more; --json shows all." in out.getvalue()
    out.truncate(0)
    print_records(console, [{**record, "currency": "USD", "same": "Check 7"}], 1)
    assert "Check 7" in out.getvalue()
    assert "more" not in out.getvalue()
