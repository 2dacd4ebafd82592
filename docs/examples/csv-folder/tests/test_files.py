"""What becomes of files that overlap, grow, change, go, or cannot be read."""

import asyncio
import datetime as dt

import pytest
from folder import TODAY
from subledger.errors import ConnectorError
from subledger.model import Way
from subledger.money import Money

from subledger_csv_folder.config import Columns

COFFEE = "2026-03-02,-4.50,Coffee,Meals"
FUEL = "2026-03-03,-30.00,Fuel,Vehicle"
BACK = "2026-03-05,12.00,Refund,Meals"


def run(folder, **dates):
    """One run of a flow."""
    asyncio.run(folder.run(**dates))


def test_lines_become_movements(folder):
    """A line is a movement with its exact amount, its way, its text and its tags."""
    folder.settings["tags"] = ("Category",)
    folder.write("march.csv", COFFEE, BACK)
    run(folder)
    coffee, back = folder.posted.values()
    assert (coffee.effect, coffee.way, coffee.merchant) == (Money(-450), Way.OUT, "Coffee")
    assert (back.effect, back.date) == (Money(1200), dt.date(2026, 3, 5))
    assert [(tag.name, tag.value) for tag in coffee.lines[0].tags] == [("Category", "Meals")]
    assert folder.rejected == {}


def test_equal_lines_of_one_file_are_two(folder):
    """Two coffees on one day are two purchases."""
    folder.write("march.csv", COFFEE, COFFEE)
    run(folder)
    assert len(folder.posted) == 2


def test_overlapping_exports_are_read_once(folder):
    """A line that several exports repeat is one record, also where only the format differs."""
    folder.write("a.csv", COFFEE, COFFEE, FUEL)
    folder.write("b.csv", FUEL, BACK)
    run(folder)
    folder.write("c.csv", '2026-03-02,"(4.50)",Coffee,Other', COFFEE, BACK)
    run(folder)
    assert folder.total == Money(-450 - 450 - 3000 + 1200)
    assert (folder.rejected, folder.gone) == ({}, set())


def test_separate_files_share_nothing(folder):
    """Where the owner says that files never overlap, an equal line of another file is another."""
    folder.settings["files"] = "separate"
    folder.write("a.csv", COFFEE)
    folder.write("b.csv", COFFEE)
    run(folder)
    assert folder.total == Money(-900)


def test_second_run_reads_nothing(folder):
    """What did not change is not read again."""
    folder.write("a.csv", COFFEE)
    run(folder)
    cursor = folder.cursor
    run(folder)
    assert (folder.read, folder.cursor) == (0, cursor)


def test_a_file_that_grows(folder):
    """A half-written file gives its whole lines now, a rejection for the cut one, and all later."""
    folder.write("a.csv", COFFEE, "2026-03-03,-3", end="")
    run(folder)
    (rejected,) = folder.rejected.values()
    assert (rejected.field, len(folder.posted)) == ("a.csv, line 3", 1)
    assert "has 2 cells, but there are 4 columns" in rejected.message
    folder.write("a.csv", COFFEE, FUEL)
    run(folder)
    assert folder.total == Money(-450 - 3000)
    assert (folder.rejected, folder.gone) == ({}, set())


def test_a_file_that_is_being_written(folder):
    """A file that changes while one looks at it waits for the next run, and that is told."""
    folder.write("a.csv", COFFEE)
    folder.meanwhile = lambda: folder.write("a.csv", COFFEE, FUEL)
    run(folder)
    (rejected,) = folder.rejected.values()
    assert (rejected.message, folder.posted) == ("The file a.csv is still being written.", {})
    folder.meanwhile = None
    run(folder)
    assert folder.total == Money(-450 - 3000)
    assert folder.rejected == {}


def test_a_changed_line(folder):
    """A line that is corrected in its file is a new record, and the former one is gone."""
    folder.write("a.csv", COFFEE, FUEL, BACK)
    run(folder)
    folder.write("a.csv", COFFEE, FUEL.replace("30.00", "31.00"), BACK)
    run(folder)
    assert len(folder.gone) == 1
    assert folder.total == Money(-450 - 3100 + 1200)


def test_a_changed_line_with_an_identifier(folder):
    """With a column that identifies a line, a corrected line is the same record, changed."""
    folder.settings["columns"] = Columns(date="Date", amount="Amount", id="Text")
    folder.write("a.csv", COFFEE, FUEL)
    run(folder)
    folder.write("b.csv", FUEL.replace("30.00", "31.00"))
    run(folder)
    assert folder.posted["Fuel"].effect == Money(-3100)
    folder.write("a.csv", COFFEE, FUEL, BACK)
    run(folder)
    assert folder.posted["Fuel"].effect == Money(-3100), "the file with the last name counts"
    assert set(folder.posted) == {"Coffee", "Fuel", "Refund"}


def test_an_identifier_that_is_used_twice(folder):
    """Two lines of one file with one identifier that say different things: one is rejected."""
    folder.settings["columns"] = Columns(date="Date", amount="Amount", id="Text")
    folder.write("a.csv", COFFEE, COFFEE, COFFEE.replace("4.50", "5.00"))
    run(folder)
    (rejected,) = folder.rejected.values()
    assert "Coffee stands on line 2 too" in rejected.message
    assert folder.total == Money(-450)


def test_removed_and_overwritten_files(folder):
    """Neither an archived file nor one that is overwritten with later days takes anything back."""
    folder.write("a.csv", COFFEE)
    folder.write("download.csv", FUEL)
    run(folder)
    (folder.path / "a.csv").unlink()
    folder.write("download.csv", BACK)
    run(folder)
    assert folder.gone == set()
    assert folder.total == Money(-450 - 3000 + 1200)
    folder.write("a.csv", COFFEE)
    run(folder)
    assert len(folder.posted) == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("Date,Amount,Text\n2026-03-02,1,Caf\u00e9\n".encode("cp1252"), "encoding utf-8"),
        (b"Day,Amount,Text\n2026-03-02,1,x\n", "has no column Date; it has Day, Amount, Text"),
        (b"Date,Amount,Amount,Text\n2026-03-02,1,2,x\n", "several columns Amount"),
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b'Date,Amount,Text\n2026-03-02,1,"x\n', "cannot be read from line 2 on"),
        ("Date,Amount,Text\n".encode("utf-16"), "encoding utf-8"),
        (b"Date,Amount,Text\n1.3.2026,1,x\n2.3.2026,1,x\n", "2 lines, and none of them"),
    ],
    ids=["encoding", "columns", "twice", "empty", "blank", "quotes", "utf-16", "dates"],
)
def test_unusable_files(folder, content, words):
    """A file that makes no sense is told with its cause; the others go on, and it can be mended."""
    (folder.path / "bad.csv").write_bytes(content)
    folder.write("good.csv", COFFEE)
    run(folder)
    (rejected,) = folder.rejected.values()
    assert words in rejected.message
    assert rejected.hint
    assert folder.total == Money(-450)
    assert any(words in sentence for sentence in asyncio.run(folder.source().check()))
    folder.write("bad.csv", FUEL)
    run(folder)
    assert (folder.rejected, folder.total) == ({}, Money(-3450))


def test_an_unusable_file_that_is_removed(folder):
    """Whoever removes a file that makes no sense is not reminded of it any more."""
    folder.write("bad.csv", "yesterday,1.00,x,y", header="A,B")
    run(folder)
    assert folder.rejected
    (folder.path / "bad.csv").unlink()
    run(folder)
    assert folder.rejected == {}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2026-02-30,1.00,x,y", "'2026-02-30' in the column Date is not a date"),
        ('2026-03-02,"1,00",x,y', "'1,00' is not an amount"),
        ("2026-03-02,1.005,x,y", "1.005 has more decimal places than USD"),
        ("2026-03-02,,x,y", "The line has no amount"),
        ("2026-03-02,1.00,x,y,z", "has 5 cells"),
    ],
)
def test_unreadable_lines(folder, line, words):
    """A line that cannot be read is told with its place and cause; the others go on."""
    folder.write("a.csv", COFFEE, line)
    run(folder)
    (rejected,) = folder.rejected.values()
    assert words in rejected.message
    assert rejected.field == "a.csv, line 3"
    assert folder.total == Money(-450)


def test_trailing_delimiters_and_blank_lines(folder):
    """Blank lines and empty cells after the last column mean nothing."""
    folder.write("a.csv", "", COFFEE + ",,", ",,,", "")
    run(folder)
    assert (folder.total, folder.rejected) == (Money(-450), {})


def test_european_bank(folder):
    """Debit and credit columns, decimal comma, other dates, delimiter, encoding, lines above."""
    folder.settings |= {
        "columns": Columns(date="Buchung", debit="Soll", credit="Haben", description="Text"),
        "dates": "%d.%m.%Y",
        "decimal": ",",
        "delimiter": ";",
        "encoding": "cp1252",
        "skip_lines": 2,
        "currency": "EUR",
    }
    text = (
        'Konto;"0815\nKunde";x\nBuchung;Text;Soll;Haben\n'
        '02.03.2026;"Caf\u00e9; M\u00fcller";1.234,50;\n03.03.2026;Storno;;10,00\n'
    )
    (folder.path / "a.csv").write_bytes(text.replace("\n", "\r\n").encode("cp1252"))
    run(folder)
    assert [str(one.effect) for one in folder.posted.values()] == ["-1,234.50 EUR", "10.00 EUR"]
    assert next(iter(folder.posted.values())).merchant == "Caf\u00e9; M\u00fcller"


def test_kinds_cards_and_what_does_not_count(folder):
    """The type tells the kind, pending lines wait outside, other cards belong to others."""
    folder.settings |= {
        "columns": Columns(date="Date", amount="Amount", type="Text", card="Category"),
        "kinds": {"Fee": "fee", "Payment": "transfer", "Reward": "deposit"},
        "leave_out": ("Pending",),
        "cards": ("1234",),
        "amounts": "positive_is_out",
    }
    rows = [("Fee", "1234"), ("Payment", "1234"), ("Reward", "1234"), ("Sale", "1234")]
    rows += [("Pending", "1234"), ("Sale", "9999")]
    folder.write("a.csv", *(f"2026-03-02,{n}.00,{text},{c}" for n, (text, c) in enumerate(rows, 1)))
    run(folder)
    kinds = [str(one.kind) for one in folder.posted.values()]
    assert kinds == ["fee", "transfer", "deposit", "card_transaction"]
    assert folder.total == Money(-1000)
    assert {one.cardholder for one in folder.posted.values()} == {"1234"}
    folder.write("a.csv", "2026-03-02,5.00,Sale,1234")
    run(folder)
    assert "card_transaction" in {one.kind for one in folder.posted.values()}


def test_lines_that_move_nothing(folder):
    """A line of 0.00 is no document."""
    folder.write("a.csv", "2026-03-02,0.00,Card renewed,x")
    run(folder)
    assert (folder.posted, folder.rejected) == ({}, {})


def test_dates_of_a_run(folder):
    """The first run decides how far back; what lies in the future is read when its day has come."""
    folder.write("a.csv", "2024-01-01,-1.00,old,x", COFFEE, "2026-03-20,-2.00,soon,x")
    run(folder)
    assert folder.total == Money(-450)
    folder.write("b.csv", "2025-04-01,-3.00,late export,x")
    run(folder, since=TODAY - dt.timedelta(days=60))
    assert folder.total == Money(-750)
    run(folder, until=dt.date(2026, 3, 21))
    assert folder.total == Money(-950)
    run(folder, since=dt.date(2024, 1, 1), until=dt.date(2026, 3, 21))
    assert folder.total == Money(-1050)


def test_changed_settings(folder):
    """With mended settings every file is read again; lines that were read stay what they were."""
    folder.settings["dates"] = "%d.%m.%Y"
    folder.write("a.csv", COFFEE, FUEL)
    run(folder)
    assert len(folder.rejected) == 1
    folder.settings["dates"] = "%Y-%m-%d"
    run(folder)
    assert (folder.rejected, folder.total) == ({}, Money(-3450))
    folder.settings["tags"] = ("Category",)
    run(folder)
    assert len(folder.posted) == 2
    assert [one.lines[0].tags[0].value for one in folder.posted.values()] == ["Meals", "Vehicle"]


def test_another_identity_is_refused(folder):
    """What would post every line once more is refused, and says why."""
    folder.write("a.csv", COFFEE)
    run(folder)
    folder.settings["columns"] = Columns(date="Date", amount="Amount", id="Text")
    with pytest.raises(ConnectorError, match="posted once more"):
        run(folder)


def test_files_in_folders(folder):
    """Files of the same name in two folders are two files, where the pattern reaches them."""
    folder.settings["pattern"] = "**/*.csv"
    for name, line in (("one", COFFEE), ("two", FUEL)):
        (folder.path / name).mkdir()
        folder.write(f"{name}/a.csv", line)
    run(folder)
    assert folder.total == Money(-3450)


def test_no_folder(folder):
    """A folder that is not there is told, not taken for an empty one."""
    folder.settings["folder"] = folder.path / "nowhere"
    with pytest.raises(ConnectorError, match="There is no folder"):
        run(folder)


def test_many_lines_in_many_pages(folder):
    """A large export comes in pages, and the cursor moves once it is whole."""
    folder.write("a.csv", *(f"2026-03-02,-{n}.00,Shop,x" for n in range(1, 1202)))
    run(folder)
    assert folder.total.minor == -sum(range(1, 1202)) * 100
