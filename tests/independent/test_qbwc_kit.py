"""A Web Connector and a QuickBooks written by somebody else run a session with a real server."""

import asyncio
import datetime as dt
import sqlite3

import pytest

testing = pytest.importorskip("qbwc_kit.testing")

from subledger_quickbooks_desktop.simulator.quickbooks import (  # noqa: E402 - after the skip
    CompanyFile,
    create_sample_company,
)

ACCOUNTS = [
    {
        "ListID": f"8000000{n}-1",
        "EditSequence": "1",
        "Name": name,
        "FullName": name,
        "IsActive": "true",
        "AccountType": kind,
    }
    for n, (name, kind) in enumerate([("Operating Checking", "Bank"), ("Fuel", "Expense")], 1)
]


class CheckingQuickBooks(testing.FakeQuickBooks):
    """Gives a document a TxnID instead of a ListID, as QuickBooks does."""

    def _add(self, response_name, attrs, entity, node):
        node.find(f"{entity}Add").append(_element("TxnID", f"{len(self.seen):X}-1"))
        return super()._add(response_name, attrs, entity, node)


def _element(tag: str, text: str):
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - the other library's own tree

    element = ET.Element(tag)
    element.text = text
    return element


def connector(server, name: str, password: str) -> "testing.FakeWebConnector":
    """The other Web Connector, over HTTP."""

    def carry(body: str) -> str:
        status, answer = server.post(body.encode(), f"/qbwc/{name}")
        assert status == 200, answer
        return answer.decode()

    return testing.FakeWebConnector(carry, username=name, password=password)


async def test_another_web_connector_and_our_quickbooks_finish_the_work(server) -> None:
    """It sends no company information, so this connection does not ask for it."""
    books = CompanyFile(":memory:", lambda: dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC))
    create_sample_company(books, year_start=dt.date(2026, 1, 1), closing_date=None)
    quickbooks = books.begin_session(company_file="", app_name="kit")
    caller = connector(server, "loose", server.password(0))
    result = await asyncio.to_thread(caller.run_update, quickbooks.process)
    assert result.authenticated
    assert not result.failed
    assert result.progress[-1] == 100
    assert result.close_message == "OK"
    assert len([row for row in books.documents() if row["memo"].startswith("sl:")]) == 3
    again = await asyncio.to_thread(caller.run_update, quickbooks.process)
    assert again.last_error == "none"


async def test_another_web_connector_that_hides_the_company_gets_nothing(server) -> None:
    """Where the company file is checked, a client without company information gets no work."""
    caller = connector(server, "c3", server.password(3))
    result = await asyncio.to_thread(caller.run_update, testing.FakeQuickBooks())
    assert result.authenticated
    assert result.round_trips == 0


async def test_another_quickbooks_is_understood(server) -> None:
    """Answers that another library makes up (no set status, few fields) are read and settled."""
    with sqlite3.connect(server.folder / "subledger.db") as database:
        before = database.execute(
            "SELECT COUNT(*) FROM effect WHERE connection = 'made' AND state = 'planned'"
        ).fetchone()[0]
    assert before == 3
    quickbooks = CheckingQuickBooks(entities={"Account": ACCOUNTS})
    name, secret = "made", server.made
    caller = connector(server, name, secret)
    plain = caller.transport

    def with_company(body: str) -> str:
        if "sendRequestXML" in body and not quickbooks.seen:
            hcp = (
                "&lt;QBXML&gt;&lt;QBXMLMsgsRs&gt;&lt;CompanyQueryRs statusCode='0'&gt;"
                "&lt;CompanyRet&gt;&lt;CompanyName&gt;Acme&lt;/CompanyName&gt;&lt;/CompanyRet&gt;"
                "&lt;/CompanyQueryRs&gt;&lt;/QBXMLMsgsRs&gt;&lt;/QBXML&gt;"
            )
            for empty in ("<strHCPResponse></strHCPResponse>", "<strHCPResponse />"):
                body = body.replace(empty, f"<strHCPResponse>{hcp}</strHCPResponse>")
        return plain(body)

    caller.transport = with_company
    result = await asyncio.to_thread(caller.run_update, quickbooks)
    assert not result.failed, result.last_error
    assert result.progress[-1] == 100
    assert len(quickbooks.entities.get("Check", [])) == 3
