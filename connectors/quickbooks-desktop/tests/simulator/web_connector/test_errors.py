"""Every fault of a server or of QuickBooks ends with its own code."""

import asyncio

import pytest

from subledger_quickbooks_desktop.simulator.com import ComError
from subledger_quickbooks_desktop.simulator.web_connector import Behaviour, Reply, TransportError

START = ["serverVersion", "clientVersion", "authenticate"]
WCF = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
CODES = {
    "clientVersion": "QBWC1036",
    "authenticate": "QBWC1012",
    "sendRequestXML": "QBWC1041",
    "receiveResponseXML": "QBWC1042",
    "getLastError": "QBWC1043",
    "closeConnection": "QBWC1044",
    "connectionError": "QBWC1045",
}


def envelope(inner: str) -> bytes:
    """A SOAP 1.1 envelope around a body."""
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f"{inner}</soap:Body></soap:Envelope>"
    ).encode()


def raw(body: bytes, status: int, content_type: str) -> Reply:
    """A reply made of its parts."""
    return Reply(status=status, headers={"content-type": content_type}, body=body)


def drive_to(bench, method, query):
    """Arrange the script so that the session reaches a method."""
    if method == "receiveResponseXML":
        bench.server.script["sendRequestXML"] = [query]
    if method == "connectionError":
        bench.quickbooks.refusals = [ComError("0x80040408", "no")] * 2


@pytest.mark.parametrize("method", CODES)
@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (raw(b"<html>oops</html>", 200, "text/html"), "content type of 'text/html'"),
        (raw(b"", 200, "text/xml; charset=utf-8"), "not well-formed"),
        (raw(b"Notice: x <soap", 200, "text/xml"), "not well-formed"),
        (raw(b"<a/>", 200, "text/xml"), "not a SOAP 1.1 envelope"),
        (raw(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", 200, "text/xml"), "DTD is prohibited"),
        (raw(envelope("<other/>"), 200, "text/xml"), "holds other where"),
        (raw(envelope(""), 500, "text/xml"), "HTTP status 500"),
        (raw(envelope(""), 301, "text/xml"), "HTTP status 301"),
        (raw(b"<a/>", 200, "text/xml; charset=latin-1"), "content type"),
    ],
)
async def test_a_reply_that_cannot_be_read_has_the_code_of_its_method(
    bench, query, method, broken, words
):
    """HTML, empty, ill-formed, no envelope, DTD, wrong element, wrong status, wrong charset."""
    drive_to(bench, method, query)
    bench.server.script[method] = [broken]
    result = await bench.connector().run_once()
    assert result.error == CODES[method]
    assert words in result.message
    assert result.calls[-1] == method


@pytest.mark.parametrize("method", CODES)
async def test_a_soap_fault_has_the_code_of_its_method(bench, make_reply, query, method):
    """The faultstring stands in the log."""
    drive_to(bench, method, query)
    fault = envelope("<soap:Fault><faultstring>boom</faultstring></soap:Fault>")
    bench.server.script[method] = [make_reply(fault, status=500)]
    result = await bench.connector().run_once()
    assert result.error == CODES[method]
    assert "boom" in result.message


@pytest.mark.parametrize("method", CODES)
@pytest.mark.parametrize("error", [TransportError("reset"), ConnectionResetError("reset")])
async def test_a_broken_connection_has_the_code_of_its_method(bench, query, method, error):
    """Whatever the transport raises."""
    drive_to(bench, method, query)
    bench.server.script[method] = [error]
    assert (await bench.connector().run_once()).error == CODES[method]


async def test_a_call_without_an_answer_times_out(bench):
    """The time limit of the client ends the wait."""

    class Silent:
        async def post(self, action, body):
            await asyncio.Event().wait()

    quick = Behaviour(call_timeout=0.01)
    result = await bench.connector(transport=Silent(), behaviour=quick).run_once()
    assert result.error == "QBWC1036"
    assert "timed out" in result.message


async def test_after_a_failed_authenticate_nothing_more_is_called(bench, server):
    """No closeConnection, QuickBooks stays closed, the update lock is freed."""
    server.script["authenticate"] = [["only one"]]
    result = await bench.connector().run_once()
    assert server.methods == START
    assert bench.quickbooks.opened == []
    assert "Update session unlocked" in bench.lines[-1]
    assert result.error == "QBWC1012"


@pytest.mark.parametrize(
    ("result_xml", "words"),
    [
        ("", "Object reference not set"),
        ("<authenticateResult/>", "Index was outside"),
        (
            f"<authenticateResult><a:string xmlns:a='{WCF}'>T</a:string></authenticateResult>",
            "Index was outside",
        ),
        ("<authenticateResult><string>T</string></authenticateResult>", "Index was outside"),
        ("<x:authenticateResult xmlns:x='urn:x'><x:string/></x:authenticateResult>", "urn:x"),
    ],
)
async def test_authenticate_needs_an_array_of_the_service_namespace(
    bench, make_reply, result_xml, words
):
    """A missing array, missing items and items of another namespace are all QBWC1012."""
    body = envelope(
        f'<authenticateResponse xmlns="http://developer.intuit.com/">{result_xml}'
        "</authenticateResponse>"
    )
    bench.server.script["authenticate"] = [make_reply(body)]
    result = await bench.connector().run_once()
    assert result.error == "QBWC1012"
    assert words in result.message


@pytest.mark.parametrize(
    "answer", [["", ""], ["T", "", "soon"], ["T", "", "", "often"], ["T", "none", "-5"]]
)
async def test_authenticate_needs_a_ticket_and_whole_seconds(bench, answer):
    """An empty ticket with work, and seconds that are none, are QBWC1012."""
    bench.server.script["authenticate"] = [answer]
    assert (await bench.connector().run_once()).error == "QBWC1012"


async def test_a_ticket_may_be_empty_where_there_is_no_work(bench):
    """none, nvu and busy come with any ticket."""
    bench.server.script["authenticate"] = [["", "none", "", ""]]
    assert (await bench.connector().run_once()).error is None


async def test_a_wrong_password_is_1040(bench, server):
    """nvu: the user is told, the session is closed."""
    server.script["authenticate"] = [["T", "nvu"]]
    result = await bench.connector().run_once()
    assert result.error == "QBWC1040"
    assert server.methods == [*START, "closeConnection"]


async def test_without_a_password_no_call_is_made(bench, server):
    """QBWC1030 comes before the first call."""
    result = await bench.connector(password="").run_once()
    assert (result.error, server.methods) == ("QBWC1030", [])


@pytest.mark.parametrize(
    ("answer", "code"),
    [("E:too old", "QBWC1037"), ("O:2.5", "QBWC1037"), ("OK", "QBWC1046"), ("w:x", "QBWC1046")],
)
async def test_the_version_check_can_stop_the_update(bench, server, answer, code):
    """Errors and expected versions stop it; an unknown form is an error of its own."""
    server.script["clientVersion"] = [answer]
    result = await bench.connector().run_once()
    assert (result.error, server.methods) == (code, START[:2])


@pytest.mark.parametrize("text", ["", "ten", "1.5", "99999999999"])
async def test_the_percent_must_be_a_whole_number(bench, server, query, text):
    """QuickBooks has posted, and the session ends with QBWC1042."""
    server.script["sendRequestXML"] = [query]
    server.script["receiveResponseXML"] = [text]
    result = await bench.connector().run_once()
    assert (result.error, bench.quickbooks.requests) == ("QBWC1042", [query])


async def test_qbxml_as_child_elements_is_refused(bench, make_reply):
    """The document must be escaped text."""
    body = envelope(
        '<sendRequestXMLResponse xmlns="http://developer.intuit.com/"><sendRequestXMLResult>'
        "<QBXML/></sendRequestXMLResult></sendRequestXMLResponse>"
    )
    bench.server.script["sendRequestXML"] = [make_reply(body)]
    assert (await bench.connector().run_once()).error == "QBWC1041"


@pytest.mark.parametrize("close", [False, True])
async def test_after_a_fault_the_company_is_unlocked_and_the_session_over(bench, server, close):
    """CloseConnection follows only in the versions that send it."""
    server.script["sendRequestXML"] = [TransportError("reset")]
    behaviour = Behaviour(close_after_fault=close)
    result = await bench.connector(behaviour=behaviour).run_once()
    assert result.error == "QBWC1041"
    assert (server.methods[-1] == "closeConnection") is close
    assert bench.quickbooks.private["AppLock"].startswith("UNLOCKED")
    assert bench.quickbooks.ended == 1


async def test_a_company_that_does_not_tell_who_it_is_ends_the_session(bench, quickbooks):
    """Host, Company and Preferences must all answer with status 0."""
    quickbooks.hcp_status = "1"
    result = await bench.connector().run_once()
    assert result.error == "QBWC1014"
    assert "sendRequestXML" not in result.calls


async def test_quickbooks_that_does_not_let_go_is_logged(bench, quickbooks):
    """QBWC1015 stands in the log and the update counts as done."""
    quickbooks.end_error = ComError("0x8004040C", "no session")
    result = await bench.connector().run_once()
    assert result.error is None
    assert any("QBWC1015" in line for line in bench.lines)


async def test_a_cancelled_run_frees_quickbooks_and_the_update_lock(bench, query):
    """A connector that is killed from outside makes no further call."""
    bench.server.script["sendRequestXML"] = [query]
    bench.server.script["receiveResponseXML"] = [asyncio.CancelledError()]
    connector = bench.connector()
    with pytest.raises(asyncio.CancelledError):
        await connector.run_once()
    assert bench.server.methods[-1] == "receiveResponseXML"
    assert bench.quickbooks.ended == 1
    assert bench.quickbooks.private["AppLock"].startswith("LOCKED")
    assert "Update session unlocked" in bench.lines[-1]
