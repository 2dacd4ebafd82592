"""Measure qbXML reading and writing against plain lxml doing the same; one process per figure.

    python connectors/quickbooks-desktop/tests/benchmarks/qbxml.py [--megabytes 10] [--rounds 5]

Ratios are the result, absolutes belong to the machine. Processes alternate; a ratio is the median
of the ratios of single rounds, beside it the ratio of the fastest runs; memory is the peak of the
process over its start, less its output. Ends with one JSON line.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from subledger_quickbooks_desktop.wire.checks import check_request
from subledger_quickbooks_desktop.wire.qbxml import AnswerStream, build, message_set
from subledger_quickbooks_desktop.wire.soap import Envelope

CHUNK = 64 * 1024
INVOICES_MEASURED = 5_000
INVOICES = INVOICES_MEASURED
HEAD = b'<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs>\n<InvoiceQueryRs requestID="1" statusCode="0" statusSeverity="Info" statusMessage="Status OK">\n'  # noqa: E501
TAIL = b"</InvoiceQueryRs>\n</QBXMLMsgsRs>\n</QBXML>\n"
LINE = """<InvoiceLineRet>
<TxnLineID>{n:X}-1417118624</TxnLineID>
<ItemRef>
<ListID>80000007-1417118624</ListID>
<FullName>Consulting:Field work</FullName>
</ItemRef>
<Desc>Hours on site &amp; travel, ticket {n}</Desc>
<Quantity>2</Quantity>
<Rate>103.00</Rate>
<Amount>206.00</Amount>
<SalesTaxCodeRef>
<ListID>80000002-1417118624</ListID>
<FullName>Non</FullName>
</SalesTaxCodeRef>
</InvoiceLineRet>
"""
INVOICE = """<InvoiceRet>
<TxnID>{n:X}-1417118624</TxnID>
<TimeCreated>2026-08-05T18:03:44-05:00</TimeCreated>
<TimeModified>2026-08-05T18:03:44-05:00</TimeModified>
<EditSequence>1417118624</EditSequence>
<TxnNumber>{n}</TxnNumber>
<CustomerRef>
<ListID>80000035-1785958998</ListID>
<FullName>Jos&#233; Diner</FullName>
</CustomerRef>
<ARAccountRef>
<ListID>80000012-1785958998</ListID>
<FullName>Accounts Receivable</FullName>
</ARAccountRef>
<TemplateRef>
<ListID>80000001-1785958998</ListID>
<FullName>Service invoice</FullName>
</TemplateRef>
<TxnDate>2026-08-05</TxnDate>
<RefNumber>{n}</RefNumber>
<BillAddress>
<Addr1>1 Main St</Addr1>
<City>Springfield</City>
<State>IL</State>
<PostalCode>62701</PostalCode>
</BillAddress>
<IsPending>false</IsPending>
<IsFinanceCharge>false</IsFinanceCharge>
<DueDate>2026-09-04</DueDate>
<ShipDate>2026-08-05</ShipDate>
<Subtotal>206.00</Subtotal>
<SalesTaxPercentage>0.00</SalesTaxPercentage>
<SalesTaxTotal>0.00</SalesTaxTotal>
<AppliedAmount>0.00</AppliedAmount>
<BalanceRemaining>206.00</BalanceRemaining>
<Memo>ticket {n}: visit &lt;urgent&gt;</Memo>
<IsPaid>false</IsPaid>
<IsToBePrinted>true</IsToBePrinted>
<IsToBeEmailed>false</IsToBeEmailed>
{lines}</InvoiceRet>
"""


def answer(megabytes: int) -> Iterator[bytes]:
    """Yield an InvoiceQuery answer of about this size."""
    yield HEAD
    written, number = 0, 0
    while written < megabytes * 1_000_000:
        lines = "".join(LINE.format(n=number + line) for line in range(1 + number % 4))
        piece = INVOICE.format(n=number, lines=lines).encode()
        yield piece
        written += len(piece)
        number += 1
    yield TAIL


def write_files(folder: Path, megabytes: int) -> None:
    """Write the answer as qbXML and as a receiveResponseXML envelope."""
    with (folder / "plain.xml").open("wb") as plain, (folder / "soap.xml").open("wb") as soap:
        soap.write(
            b'<?xml version="1.0" encoding="utf-8"?><soap:Envelope'
            b' xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
            b'<receiveResponseXML xmlns="http://developer.intuit.com/"><ticket>t</ticket><response>'
        )
        for piece in answer(megabytes):
            plain.write(piece)
            escaped = piece.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
            soap.write(escaped)
        soap.write(
            b"</response><hresult /><message /></receiveResponseXML></soap:Body></soap:Envelope>"
        )


def plain_dict(element: Any) -> dict[str, Any]:
    """Turn an element into a dict in the plainest way: the reference does no less work."""
    found: dict[str, Any] = {}
    for child in element:
        value = plain_dict(child) if len(child) else child.text
        if child.tag in found:
            held = found[child.tag]
            found[child.tag] = [*held, value] if isinstance(held, list) else [held, value]
        else:
            found[child.tag] = value
    return found


def read_iterparse(folder: Path) -> int:
    """Read with raw iterparse, cleared: the reference."""
    count = 0
    element: Any
    for _, element in etree.iterparse(folder / "plain.xml", tag="InvoiceRet"):
        plain_dict(element)
        count += 1
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return count


def read_stream(folder: Path, *requests: str) -> int:
    """Read the qbXML file with our stream."""
    stream = AnswerStream(requests, sink=lambda _: None)
    with (folder / "plain.xml").open("rb") as file:
        while piece := file.read(CHUNK):
            stream.feed(piece)
    return stream.close()[0].results[0].count


def read_soap(folder: Path) -> int:
    """Read through the envelope."""
    stream = AnswerStream(["InvoiceQueryRq"], sink=lambda _: None)
    envelope = Envelope(stream.feed)
    with (folder / "soap.xml").open("rb") as file:
        while piece := file.read(CHUNK):
            envelope.feed(piece)
    envelope.close()
    return stream.close()[0].results[0].count


FIELDS = {
    "CustomerRef": {"FullName": "José Diner"},
    "TxnDate": "2026-08-05",
    "RefNumber": "1042",
    "BillAddress": {"Addr1": "1 Main St", "City": "Springfield", "State": "IL"},
    "DueDate": "2026-09-04",
    "ItemSalesTaxRef": {"FullName": "County Tax"},
    "Memo": "order 1042 & more",
    "IsToBePrinted": "false",
    "ExternalGUID": "{01234567-89ab-cdef-0123-456789abcdef}",
    "InvoiceLineAdd": [
        {
            "ItemRef": {"FullName": "Widget"},
            "Desc": "Widget <big>",
            "Quantity": "3",
            "Rate": "10.00",
            "Amount": "30.00",
            "SalesTaxCodeRef": {"FullName": "Tax"},
        }
    ]
    * 3,
}


def subelements(parent: Any, fields: dict[str, Any]) -> None:
    """Write with SubElement, in the order given."""
    for name, value in fields.items():
        for item in value if isinstance(value, list) else [value]:
            child = etree.SubElement(parent, name)
            if isinstance(item, dict):
                subelements(child, item)
            else:
                child.text = item


def write_subelement(_: Path) -> int:
    """Write one tree with SubElement: the reference."""
    root = etree.Element("QBXML")
    message = etree.SubElement(root, "QBXMLMsgsRq", onError="stopOnError")
    for number in range(INVOICES):
        request = etree.SubElement(message, "InvoiceAddRq", requestID=str(number))
        subelements(etree.SubElement(request, "InvoiceAdd"), FIELDS)
    return len(etree.tostring(root, encoding="us-ascii"))


def write_ours(_: Path) -> int:
    """Write with build and message_set from a generator."""
    return len(message_set(build_all()))


def write_checked(_: Path) -> int:
    """Write as the connector does: every request checked against the schema first."""

    def checked() -> Iterator[Any]:
        for request in build_all():
            if problems := check_request(request):
                raise ValueError(str(problems))
            yield request

    return len(message_set(checked()))


def write_decimals(_: Path) -> int:
    """Write with Decimal, bool and int values instead of texts."""
    fields = FIELDS | {"IsToBePrinted": False}
    line = {**FIELDS["InvoiceLineAdd"][0], "Quantity": 3, "Amount": Decimal("30.00")}  # type: ignore[index]
    fields["InvoiceLineAdd"] = [line] * 3
    return len(
        message_set(
            build("InvoiceAddRq", {"InvoiceAdd": fields}, requestID=str(number))
            for number in range(INVOICES)
        )
    )


def build_all() -> Iterator[Any]:
    """Yield the requests one by one."""
    for number in range(INVOICES):
        yield build("InvoiceAddRq", {"InvoiceAdd": FIELDS}, requestID=str(number))


WORK: dict[str, Callable[[Path], int]] = {
    "iterparse, plain file (reference)": read_iterparse,
    "AnswerStream, plain file": lambda folder: read_stream(folder, "InvoiceQueryRq"),
    "AnswerStream, requests not named": read_stream,
    "Envelope -> AnswerStream": read_soap,
    "SubElement, one tree (reference)": write_subelement,
    "build + message_set": write_ours,
    "build + message_set, typed values": write_decimals,
    "build + check + message_set": write_checked,
}


def run(name: str, folder: Path) -> None:
    """Run one piece of work in this process and print its figures."""
    globals()["INVOICES"] = 10
    WORK[name](folder / "warm")
    globals()["INVOICES"] = INVOICES_MEASURED
    start_memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    result = WORK[name](folder)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start_memory
    print(json.dumps({"seconds": seconds, "result": result, "peak_mb": peak / 1024}))


def measure(rounds: int, folder: Path) -> dict[str, dict[str, float]]:
    """Run every piece of work in its own process, round by round; return the medians."""
    figures: dict[str, list[dict[str, float]]] = {name: [] for name in WORK}
    for _ in range(rounds):
        for name in WORK:
            done = subprocess.run(
                [sys.executable, __file__, "--run", name, "--folder", str(folder)],
                check=True,
                capture_output=True,
            )
            figures[name].append(json.loads(done.stdout))
    medians = {
        name: {key: statistics.median(item[key] for item in items) for key in items[0]}
        for name, items in figures.items()
    }
    for name, items in figures.items():
        base = figures[reference_of(name)]
        medians[name]["ratio"] = statistics.median(
            one["seconds"] / other["seconds"] for one, other in zip(base, items, strict=True)
        )
        medians[name]["best_ratio"] = min(item["seconds"] for item in base) / min(
            item["seconds"] for item in items
        )
    return medians


def reads(name: str) -> bool:
    """Tell reading from writing."""
    return "parse" in name or "Stream" in name


def reference_of(name: str) -> str:
    """Return the plain lxml work that a piece of work is compared with."""
    return next(iter(WORK)) if reads(name) else "SubElement, one tree (reference)"


def main() -> None:
    """Make the data, measure, print a table and a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--run")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.run:
        run(options.run, options.folder)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "warm").mkdir()
        write_files(folder / "warm", 0)
        write_files(folder, options.megabytes)
        size = (folder / "plain.xml").stat().st_size / 1e6
        figures = measure(options.rounds, folder)
    for name, figure in figures.items():
        amount = size if reads(name) else figure["result"] / 1e6
        figure["mb_per_s"] = amount / figure["seconds"]
        figure["peak_mb"] -= 0 if reads(name) else figure["result"] / 2**20
        print(
            f"{name:38} {figure['seconds']:7.3f} s {figure['mb_per_s']:6.0f} MB/s"
            f"  ratio {figure['ratio']:5.2f} (best runs {figure['best_ratio']:.2f})"
            f"  peak {figure['peak_mb']:+.1f} MB"
        )
    print(json.dumps({"input_mb": size, "figures": figures}))


if __name__ == "__main__":
    main()
