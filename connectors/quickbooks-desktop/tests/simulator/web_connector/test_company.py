"""The requests of the Web Connector's own, judged by the official schema, and the FileID."""

import pytest
from lxml import etree

from subledger_quickbooks_desktop.simulator.com import ComError
from subledger_quickbooks_desktop.simulator.web_connector import ConnectorError, add_to_company
from subledger_quickbooks_desktop.simulator.web_connector.company import (
    company_request,
    define_request,
    hcp_request,
    mod_request,
)

OWNER = "{11111111-2222-3333-4444-555555555555}"
FILE_ID = "{99999999-2222-3333-4444-555555555555}"


@pytest.mark.parametrize(
    "document",
    [
        hcp_request("13.0", OWNER),
        company_request("13.0", OWNER),
        define_request("13.0", OWNER),
        mod_request("13.0", OWNER, "AppLock", "LOCKED:R&D:1"),
    ],
)
def test_its_own_requests_are_valid_qbxml(contracts, document):
    """The schema of version 13.0 accepts them, and a wrong order it refuses."""
    schema = etree.XMLSchema(file=contracts / "qbxml" / "qbxmlops130.xsd")
    root = etree.fromstring(document.encode())
    schema.assertValid(root)
    root[0][0].append(etree.Element("Surprise"))
    assert not schema.validate(root)


def test_adding_an_application_writes_its_file_id_once(quickbooks):
    """Adding it again changes nothing."""
    for _ in range(2):
        add_to_company(quickbooks, app_name="x", owner_id=OWNER, file_id=FILE_ID)
    assert quickbooks.private["FileID"] == FILE_ID
    assert quickbooks.ended == 2


def test_a_company_keeps_the_file_id_it_has(quickbooks):
    """Another FileID of the same owner is QBWC1026."""
    quickbooks.private["FileID"] = FILE_ID.upper().replace("9", "8")
    with pytest.raises(ConnectorError, match="QBWC1026"):
        add_to_company(quickbooks, app_name="x", owner_id=OWNER, file_id=FILE_ID)
    assert quickbooks.ended == 1


def test_adding_an_application_needs_quickbooks(quickbooks):
    """One failure heals, two are QBWC1023."""
    quickbooks.refusals = [ComError("0x80040408", "no")]
    add_to_company(quickbooks, app_name="x", owner_id=OWNER, file_id=FILE_ID)
    quickbooks.refusals = [ComError("0x80040408", "no")] * 2
    with pytest.raises(ConnectorError, match="QBWC1023"):
        add_to_company(quickbooks, app_name="x", owner_id=OWNER, file_id=FILE_ID)


async def test_the_identity_of_a_session_holds_the_file_id(bench, server, quickbooks):
    """The server finds it under the OwnerID in strHCPResponse."""
    add_to_company(quickbooks, app_name="x", owner_id=OWNER, file_id=FILE_ID)
    await bench.connector(owner_id=OWNER).run_once()
    (values,) = server.values("sendRequestXML")
    identity = etree.fromstring(values["strHCPResponse"].encode())
    values = {
        ext.findtext("DataExtName"): ext.findtext("DataExtValue")
        for ext in identity.iterfind(".//DataExtRet")
        if ext.findtext("OwnerID") == OWNER
    }
    assert values["FileID"] == FILE_ID
