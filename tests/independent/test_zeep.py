"""A SOAP client that is not ours calls every method of a real server."""

import asyncio
from pathlib import Path

import pytest

zeep = pytest.importorskip("zeep")

from subledger_quickbooks_desktop.config import OWNER_ID  # noqa: E402 - after the skip
from subledger_quickbooks_desktop.simulator.quickbooks import (  # noqa: E402
    CompanyFile,
    create_sample_company,
)
from subledger_quickbooks_desktop.simulator.web_connector.company import (  # noqa: E402
    define_request,
    hcp_request,
    mod_request,
)

BINDING = "{http://developer.intuit.com/}QBWebConnectorSvcSoap"
COMPANY = {"ours": 1, "official": 2}


def client(server, source: str, folder: Path | None) -> "zeep.Client":
    """A client made of our description or of the official one."""
    url = f"{server.url}/qbwc/c{COMPANY[source]}"
    wsdl = f"{url}?wsdl" if folder is None else str(folder / "qbwc" / "QBWebConnectorSvc.wsdl")
    return zeep.Client(wsdl)


def session_of(service, number: int, password: str) -> list[int]:
    """A whole session with a company file; the percents."""
    import datetime as dt  # noqa: PLC0415 - the clock of QuickBooks

    books = CompanyFile(":memory:", lambda: dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC))
    create_sample_company(books, year_start=dt.date(2026, 1, 1), closing_date=None)
    quickbooks = books.begin_session(company_file="", app_name="zeep")
    quickbooks.process(define_request("13.0", OWNER_ID))
    file_id = f"{{11111111-2222-3333-4444-{number:012d}}}"
    quickbooks.process(mod_request("13.0", OWNER_ID, "FileID", file_id))
    assert service.serverVersion().startswith("subledger")
    assert not service.clientVersion("2.3.0.215")
    assert service.authenticate(f"c{number}", "wrong")[1] == "nvu"
    ticket, path = service.authenticate(f"c{number}", password)
    assert not path
    assert service.connectionError("nobody-1", "0x80040408", "no") == "done"
    hcp = quickbooks.process(hcp_request("13.0", OWNER_ID))
    percents: list[int] = []
    while not percents or percents[-1] < 100:
        request = service.sendRequestXML(ticket, hcp, r"C:\Books\Acme.qbw", "US", 13, 0)
        hcp = ""
        answer = quickbooks.process(request)
        percents.append(service.receiveResponseXML(ticket, answer, "", ""))
        assert 1 <= percents[-1] <= 100
        assert len(percents) < 40
    assert service.getLastError(ticket)
    assert service.closeConnection(ticket) == "OK"
    posted = [row for row in books.documents() if row["memo"].startswith("sl:")]
    assert len(posted) == 3
    return percents


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("source", ["ours", "official"])
async def test_a_client_made_of_a_description_runs_a_whole_session(
    server, source: str, request: pytest.FixtureRequest
) -> None:
    """From our WSDL and from the official one alike, every method works over HTTP."""
    folder = request.getfixturevalue("contracts") if source == "official" else None
    number = COMPANY[source]
    made = await asyncio.to_thread(client, server, source, folder)
    service = made.create_service(BINDING, f"{server.url}/qbwc/c{number}")
    percents = await asyncio.to_thread(session_of, service, number, server.password(number))
    assert percents[-1] == 100


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_the_interactive_methods_are_in_our_description(server) -> None:
    """A client of our description can call the interactive methods too."""
    made = await asyncio.to_thread(client, server, "ours", None)
    assert not made.service.getInteractiveURL("t", "s")
    assert not made.service.interactiveRejected("t", "no")
    assert made.service.interactiveDone("t") == "Done"
