"""The Web Connector's own requests to QuickBooks: identity, company lock, FileID.

They run in the same session as the work of the server, under the OwnerID of the application.
Source: QuickBooks Web Connector Programmer's Guide, chapter 8 (FileID), and captured logs.
"""

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from lxml import etree

from subledger_quickbooks_desktop.simulator.com import ComError, RequestProcessor, Session

from .errors import ConnectorError

LOCK_NAME = "AppLock"
FILE_ID_NAME = "FileID"
_PARSER = etree.XMLParser(resolve_entities=False)
_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)
_TICKS_A_SECOND = 10**7


def hcp_request(version: str, owner_id: str) -> str:
    """Host, Company and Preferences queries in one document, with requestID 0, 1 and 2."""
    return _document(
        version,
        '<HostQueryRq requestID="0"></HostQueryRq>',
        f'<CompanyQueryRq requestID="1">{_owner(owner_id)}</CompanyQueryRq>',
        '<PreferencesQueryRq requestID="2"></PreferencesQueryRq>',
    )


def company_request(version: str, owner_id: str) -> str:
    """The company with the private data of one owner."""
    body = f'<CompanyQueryRq requestID="0">{_owner(owner_id)}</CompanyQueryRq>'
    return _document(version, body)


def mod_request(version: str, owner_id: str, name: str, value: str) -> str:
    """Write a private value of the company."""
    return _document(
        version,
        f'<DataExtModRq requestID="0"><DataExtMod>{_owner(owner_id)}'
        f"<DataExtName>{name}</DataExtName><OtherDataExtType>Company</OtherDataExtType>"
        f"<DataExtValue>{escape(value)}</DataExtValue></DataExtMod></DataExtModRq>",
    )


def define_request(version: str, owner_id: str) -> str:
    """Define the two private values of the Web Connector, where they are not defined yet."""
    return _document(
        version,
        *(
            f'<DataExtDefAddRq requestID="{index}"><DataExtDefAdd>{_owner(owner_id)}'
            f"<DataExtName>{name}</DataExtName><DataExtType>STR255TYPE</DataExtType>"
            "<AssignToObject>Company</AssignToObject></DataExtDefAdd></DataExtDefAddRq>"
            for index, name in enumerate((LOCK_NAME, FILE_ID_NAME))
        ),
    )


def lock_value(machine: str, now: datetime, *, locked: bool) -> str:
    """The text of the company lock: state, computer, .NET ticks (100 ns since year 1)."""
    passed = now.astimezone(UTC) - _YEAR_ONE
    ticks = (passed.days * 86_400 + passed.seconds) * _TICKS_A_SECOND + passed.microseconds * 10
    return f"{'LOCKED' if locked else 'UNLOCKED'}:{machine}:{ticks}"


def private_values(response: str, owner_id: str) -> dict[str, str]:
    """The private values of the company in a CompanyQuery answer, by name."""
    return {
        ext.findtext("DataExtName", ""): ext.findtext("DataExtValue", "")
        for ext in _parse(response).iterfind(".//CompanyRet/DataExtRet")
        if ext.findtext("OwnerID", "").lower() == owner_id.lower()
    }


def status_codes(response: str) -> list[str]:
    """The statusCode of each answer of a qbXML document; raises ValueError when it is none."""
    return [str(rs.get("statusCode", "")) for rs in _parse(response).iterfind("QBXMLMsgsRs/*")]


def version_of(session: Session) -> str:
    """The highest qbXML version of the session's request processor."""
    return f"{session.major_version}.{session.minor_version}"


def set_company_lock(
    session: Session, *, owner_id: str, machine: str, now: datetime, locked: bool
) -> tuple[str, bool]:
    """Take or free the company lock: the value found before, and whether the write succeeded.

    A lock that another computer left behind is taken over; whether the real Web Connector
    does so is not public. Raises `ComError`.
    """
    version = version_of(session)
    found = private_values(session.process(company_request(version, owner_id)), owner_id)
    value = lock_value(machine, now, locked=locked)
    answer = session.process(mod_request(version, owner_id, LOCK_NAME, value))
    return found.get(LOCK_NAME, ""), status_codes(answer) == ["0"]


def ask_identity(session: Session, owner_id: str) -> str:
    """The strHCPResponse; raises `ConnectorError` QBWC1014 when QuickBooks does not give it."""
    try:
        response = session.process(hcp_request(version_of(session), owner_id))
        codes = status_codes(response)
    except (ComError, ValueError) as error:
        raise ConnectorError("QBWC1014", str(error)) from error
    if codes != ["0", "0", "0"]:
        raise ConnectorError("QBWC1014", f"statusCodes {', '.join(codes)}")
    return response


def add_to_company(
    processor: RequestProcessor,
    *,
    app_name: str,
    owner_id: str,
    file_id: str,
    company_file: str = "",
) -> None:
    """Write the FileID into the company, as adding a .qwc file does; doing it again is harmless.

    Raises `ConnectorError` QBWC1023 (QuickBooks not reached, after two tries) or QBWC1026 (the
    company holds another FileID of this owner, or QuickBooks did not take it).
    """
    session = _open_twice(processor, company_file, app_name)
    try:
        version = version_of(session)
        found = private_values(session.process(company_request(version, owner_id)), owner_id)
        if found.get(FILE_ID_NAME, file_id) != file_id:
            raise ConnectorError("QBWC1026", f"The company has FileID {found[FILE_ID_NAME]}")
        if FILE_ID_NAME not in found:
            session.process(define_request(version, owner_id))
            answer = session.process(mod_request(version, owner_id, FILE_ID_NAME, file_id))
            if (codes := status_codes(answer)) != ["0"]:
                raise ConnectorError("QBWC1026", f"statusCode {', '.join(codes)}")
    except ComError as error:
        raise ConnectorError("QBWC1026", str(error)) from error
    finally:
        session.end()


def _open_twice(processor: RequestProcessor, company_file: str, app_name: str) -> Session:
    try:
        return processor.begin_session(company_file=company_file, app_name=app_name)
    except ComError:
        pass
    try:
        return processor.begin_session(company_file=company_file, app_name=app_name)
    except ComError as error:
        raise ConnectorError("QBWC1023", str(error)) from error


def _owner(owner_id: str) -> str:
    return f"<OwnerID>{escape(owner_id)}</OwnerID>"


def _document(version: str, *requests: str) -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{version}"?><QBXML>'
        f'<QBXMLMsgsRq onError="continueOnError">{"".join(requests)}</QBXMLMsgsRq></QBXML>'
    )


def _parse(response: str) -> etree._Element:
    try:
        return etree.fromstring(response.encode(), _PARSER)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"QuickBooks did not answer with XML: {error}") from error
