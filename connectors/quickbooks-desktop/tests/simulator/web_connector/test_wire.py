"""The bytes of the calls, judged by captures and by the official WSDL."""

import pytest
from lxml import etree

from subledger_quickbooks_desktop.simulator.com import ComError
from subledger_quickbooks_desktop.simulator.faults import METHODS
from subledger_quickbooks_desktop.simulator.web_connector.soap import render_call

SCHEMA = "http://www.w3.org/2001/XMLSchema"


def test_a_call_is_one_compact_line_with_self_closed_empties():
    """The form of a captured receiveResponseXML, with its qbXML escaped as text."""
    values = ("354f", '<?xml version="1.0" ?>\n<QBXML>\n<a>R&D</a>\r</QBXML>\n', "", "")
    assert render_call("receiveResponseXML", values).decode() == (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope'
        ' xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
        '<receiveResponseXML xmlns="http://developer.intuit.com/"><ticket>354f</ticket>'
        '<response>&lt;?xml version="1.0" ?&gt;\n&lt;QBXML&gt;\n'
        "&lt;a&gt;R&amp;D&lt;/a&gt;&#xD;&lt;/QBXML&gt;\n</response>"
        "<hresult /><message /></receiveResponseXML></soap:Body></soap:Envelope>"
    )


def test_server_version_has_no_argument():
    """The real client sends an empty element."""
    body = render_call("serverVersion", ())
    assert b'<soap:Body><serverVersion xmlns="http://developer.intuit.com/" /></soap:Body>' in body


async def test_every_call_of_a_session_is_valid_by_the_official_wsdl(
    bench, server, quickbooks, query, contracts
):
    """Each body holds one element that the schema of the WSDL accepts."""
    wsdl = etree.parse(contracts / "qbwc" / "QBWebConnectorSvc.wsdl")
    part = wsdl.find(f".//{{{SCHEMA}}}schema")
    schema = etree.XMLSchema(etree.fromstring(etree.tostring(part)))
    quickbooks.refusals = [ComError("0x80040408", "no")] * 2
    server.script["connectionError"] = [""]
    server.script["sendRequestXML"] = [query, ""]
    server.script["receiveResponseXML"] = [50]
    await bench.connector().run_once()
    assert set(server.methods) == set(METHODS)
    for body in server.bodies:
        (call,) = etree.fromstring(body).find("{*}Body")
        schema.assertValid(call)
    call[0].tag = "{http://developer.intuit.com/}tickets"
    assert not schema.validate(call)


async def test_zeep_reads_the_same_values_from_the_wsdl(bench, server, query, contracts):
    """An independent SOAP library finds the parameters under their names."""
    zeep = pytest.importorskip("zeep")
    client = zeep.Client(str(contracts / "qbwc" / "QBWebConnectorSvc.wsdl"))
    server.script["sendRequestXML"] = [query]
    await bench.connector().run_once()
    for (method, values), body in zip(server.received, server.bodies, strict=True):
        call = etree.fromstring(body).find("{*}Body")[0]
        element = client.get_element(f"{{http://developer.intuit.com/}}{method}")
        parsed = element.parse(call, client.wsdl.types)
        found = {name: parsed[name] for name in values}
        texts = {name: "" if value is None else str(value) for name, value in found.items()}
        assert texts == values
