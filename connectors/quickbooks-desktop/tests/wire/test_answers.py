"""Answers are read leniently and in flat memory, whole or in pieces, with the same result."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subledger_quickbooks_desktop.wire.qbxml import (
    Answer,
    AnswerStream,
    lines,
    many,
    parse_answer,
)
from subledger_quickbooks_desktop.wire.xml import HostileXml, Limits

GOLDEN = sorted((Path(__file__).parent / "golden").glob("answer_*.xml"))
BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "qbxml.py"


def plain(answer: Answer) -> Any:
    """Turn an answer into JSON values, leaving out what is empty."""
    return json.loads(json.dumps(attrs.asdict(answer)))


def streamed(data: bytes, step: int, *requests: str) -> tuple[Answer, list[Any]]:
    """Read in pieces; return the answer and the rows."""
    stream = AnswerStream(requests)
    rows: list[Any] = []
    for start in range(0, len(data), step):
        rows.extend(stream.feed(data[start : start + step]))
    answer, last = stream.close()
    return answer, [*rows, *last]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_an_answer_is_read_as_on_file(path: Path) -> None:
    """The answer and the values read from it lie side by side."""
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert plain(parse_answer(path.read_bytes())) == expected


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("step", [1, 3, 64, 1 << 20])
def test_a_streamed_answer_is_the_whole_one(path: Path, step: int, named: bool) -> None:
    """Cut anywhere, told what to expect or not: same heads, same records, same order."""
    data = path.read_bytes()
    whole = parse_answer(data)
    names = [result.request for result in whole.results] if named else []
    answer, rows = streamed(data, step, *names)
    assert [row.record for row in rows] == [
        record for result in whole.results for record in result.records
    ]
    assert answer == attrs.evolve(
        whole, results=tuple(attrs.evolve(result, records=()) for result in whole.results)
    )
    for row in rows:
        assert row.result.request_id in {result.request_id for result in whole.results}


def test_a_sink_gets_the_same_rows_one_by_one() -> None:
    """Whoever passes a sink keeps nothing in the stream."""
    data = (Path(__file__).parent / "golden" / "answer_writes.xml").read_bytes()
    rows: list[Any] = []
    stream = AnswerStream(["CheckAddRq"], sink=rows.append)
    assert stream.feed(data[:500]) == []
    assert stream.feed(data[500:]) == []
    answer, rest = stream.close()
    assert rest == []
    assert (answer, rows) == streamed(data, 1 << 20, "CheckAddRq")


def test_an_answer_that_nobody_asked_for_is_still_read() -> None:
    """Naming other requests costs order and memory, never records."""
    data = (Path(__file__).parent / "golden" / "answer_writes.xml").read_bytes()
    answer, rows = streamed(data, 100, "InvoiceQueryRq", "TxnDelRq")
    whole = parse_answer(data)
    assert {result.request_id for result in answer.results} == {
        result.request_id for result in whole.results
    }
    assert len(rows) == sum(result.count for result in whole.results)


def test_lines_keep_their_order_and_side() -> None:
    """Debits and credits of a journal entry come back as they stand in the books."""
    data = (Path(__file__).parent / "golden" / "answer_writes.xml").read_bytes()
    entry = parse_answer(data).results[2].records[0]
    found = [
        (name, line["TxnLineID"][:2])
        for name, line in lines(entry, "JournalDebitLine", "JournalCreditLine")
    ]
    assert found == [
        ("JournalCreditLine", "31"),
        ("JournalDebitLine", "32"),
        ("JournalCreditLine", "33"),
    ]
    assert [name for name, _ in lines({"A": "1", "B": ["2", "3"]}, "B", "A")] == ["B", "B", "A"]


def test_one_repeatable_child_is_a_list_of_one() -> None:
    """A check with one line and a check with two have the same shape."""
    one = b"<ExpenseLineRet><Amount>1.00</Amount></ExpenseLineRet>"
    for number in (1, 2):
        data = b"<QBXML><QBXMLMsgsRs><CheckQueryRs statusCode='0'><CheckRet>%b</CheckRet>" % (
            one * number
        )
        record = parse_answer(data + b"</CheckQueryRs></QBXMLMsgsRs></QBXML>").results[0].records[0]
        assert record == {"ExpenseLineRet": [{"Amount": "1.00"}] * number}
    assert many({"A": "1"}, "A") == ["1"]
    assert many({}, "A") == []


def test_a_missing_status_is_not_taken_for_success() -> None:
    """Minus one stands for what QuickBooks did not say."""
    data = b"<QBXML><QBXMLMsgsRs><CheckAddRs/><CheckAddRs statusCode='x'/></QBXMLMsgsRs></QBXML>"
    assert [result.status_code for result in parse_answer(data).results] == [-1, -1]


def test_reports_keep_their_attributes() -> None:
    """Rows and columns of a report are told apart by attributes."""
    data = (
        b"<QBXML><QBXMLMsgsRs><GeneralSummaryReportQueryRs statusCode='0'><ReportRet>"
        b"<ReportData><DataRow rowNumber='1'><ColData colID='1' value='5'/></DataRow>"
        b"<TextRow rowNumber='2' value='x'/></ReportData></ReportRet>"
        b"</GeneralSummaryReportQueryRs></QBXMLMsgsRs></QBXML>"
    )
    report = parse_answer(data).results[0].records[0]
    row = report["ReportData"]["DataRow"]
    assert row["@rowNumber"] == "1"
    assert row["ColData"]["@value"] == "5"


@pytest.mark.parametrize(
    "data", [b"<html/>", b"<QBXMLMsgsRs/>", b"<QBXML", b"", b"<QBXML/><QBXML/>", b"<a>\0</a>"]
)
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    """Whole and streamed alike."""
    with pytest.raises(HostileXml):
        parse_answer(data)
    with pytest.raises(HostileXml):
        streamed(data, 2)


def test_an_empty_answer_has_no_results() -> None:
    """QuickBooks may answer nothing."""
    for data in (b"<QBXML/>", b"<QBXML><QBXMLMsgsRs /></QBXML>"):
        assert parse_answer(data) == Answer()
        assert streamed(data, 3)[0] == Answer()


def test_one_record_is_bounded_but_not_the_answer() -> None:
    """Many records pass where a single one of the same size does not."""
    limits = Limits(max_elements=2000)
    head = b"<QBXML><QBXMLMsgsRs><InvoiceQueryRs statusCode='0'>"
    tail = b"</InvoiceQueryRs></QBXMLMsgsRs></QBXML>"
    line = b"<InvoiceLineRet><Amount>1</Amount></InvoiceLineRet>"
    small = b"<InvoiceRet>" + line * 20 + b"</InvoiceRet>"
    for names in ((), ("InvoiceQueryRq",)):
        stream = AnswerStream(names, limits=limits)
        rows = list(stream.feed(head))
        for _ in range(5000):
            rows.extend(stream.feed(small))
        rows.extend(stream.feed(tail))
        assert len(rows) + len(stream.close()[1]) == 5000
        stream = AnswerStream(names, limits=limits)
        with pytest.raises(HostileXml) as caught:
            stream.feed(head + b"<InvoiceRet>" + line * 5000 + b"</InvoiceRet>" + tail)
        assert caught.value.reason == "elements"


def test_a_stream_has_an_end() -> None:
    """More bytes than allowed are refused while they arrive."""
    stream = AnswerStream(max_bytes=100)
    with pytest.raises(HostileXml) as caught:
        stream.feed(b"<QBXML>" + b" " * 100)
    assert caught.value.reason == "size"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_answer_gives_a_result_or_our_own_error(data: st.DataObject) -> None:
    """Noise in an answer never raises anything unexpected, and both ways agree when it is read."""
    body = bytearray(GOLDEN[data.draw(st.integers(0, len(GOLDEN) - 1))].read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body) - 1))
        piece = data.draw(
            st.sampled_from([b"", b"<", b"</", b"&", b"\0", b"\xff", b"x", bytes(body[at:][:40])])
        )
        body[at : at + data.draw(st.integers(0, 20))] = piece
    try:
        whole = parse_answer(bytes(body))
    except HostileXml:
        with pytest.raises(HostileXml):
            streamed(bytes(body), 50)
        return
    answer, rows = streamed(bytes(body), 50)
    assert len(answer.results) == len(whole.results)
    assert len(rows) == sum(result.count for result in answer.results)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc of Linux")
def test_memory_stays_flat_for_twenty_megabytes() -> None:
    """An answer of 20 MB through the envelope costs a few megabytes, measured in a process."""
    code = (
        "import importlib.util, re, sys, tempfile, pathlib\n"
        "def peak():\n"
        "    text = pathlib.Path('/proc/self/status').read_text()\n"
        "    return int(re.search(r'VmHWM:\\s+(\\d+)', text)[1])\n"
        f"spec = importlib.util.spec_from_file_location('bench', {str(BENCHMARK)!r})\n"
        "bench = importlib.util.module_from_spec(spec); spec.loader.exec_module(bench)\n"
        "folder = pathlib.Path(tempfile.mkdtemp()); (folder / 'warm').mkdir()\n"
        "bench.write_files(folder / 'warm', 1); bench.write_files(folder, 20)\n"
        "bench.read_soap(folder / 'warm')\n"
        "before = peak()\n"
        "count = bench.read_soap(folder)\n"
        "after = peak()\n"
        "held = b'x' * (20 << 20)\n"
        "import shutil; shutil.rmtree(folder)\n"
        "print(count, (after - before) / 1024, (peak() - before) / 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    count, megabytes, control = done.stdout.split()
    assert int(count) > 5000
    assert float(megabytes) < 4
    assert float(control) > 15, "the measure does not see memory"
