"""The documents of a Web Connector session: SOAP calls, and QuickBooks' answers of a given size."""

from xml.sax.saxutils import escape

FILE_ID = "{11111111-2222-3333-4444-555555555555}"
OWNER_ID = "{5b7c4b8e-2f6d-4b52-9a54-6d0f1c8d7e21}"
PASSWORD = "a-long-password-that-a-machine-made"
AMOUNT = "12.34"
_NAMESPACE = "http://developer.intuit.com/"


def call(method: str, **arguments: str) -> bytes:
    """The body of a SOAP call."""
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in arguments.items())
    return frame(method, inner.encode())


def frame(method: str, inner: bytes) -> bytes:
    """The body of a SOAP call whose arguments are XML already."""
    return (
        b'<?xml version="1.0" encoding="utf-8"?>'
        b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
        b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        b' xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
        + f'<{method} xmlns="{_NAMESPACE}">'.encode()
        + inner
        + f"</{method}></soap:Body></soap:Envelope>".encode()
    )


def head(method: str, path: str, length: int, *, expect: bool = False) -> bytes:
    """The HTTP head of a SOAP call."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0)\r\n"
        "Content-Type: text/xml; charset=utf-8\r\n"
        f'SOAPAction: "{_NAMESPACE}{method}"\r\nContent-Length: {length}\r\n'
        f"{'Expect: 100-continue' + chr(13) + chr(10) if expect else ''}\r\n"
    ).encode()


def company_information() -> str:
    """What the first sendRequestXML of a session tells, about 3 KB."""
    preferences = "".join(
        f"<Is{'Using' * 3}Feature{n}>true</Is{'Using' * 3}Feature{n}>" for n in range(40)
    )
    return (
        '<?xml version="1.0"?><QBXML><QBXMLMsgsRs>'
        '<HostQueryRs requestID="0" statusCode="0" statusSeverity="Info" statusMessage="Status OK">'
        "<HostRet><ProductName>QuickBooks Enterprise</ProductName><MajorVersion>34</MajorVersion>"
        "<MinorVersion>0</MinorVersion><Country>US</Country>"
        + "".join(f"<SupportedQBXMLVersion>{n}.0</SupportedQBXMLVersion>" for n in range(1, 17))
        + "<IsAutomaticLogin>true</IsAutomaticLogin><QBFileMode>MultiUser</QBFileMode></HostRet>"
        "</HostQueryRs>"
        '<CompanyQueryRs requestID="1" statusCode="0" statusSeverity="Info" statusMessage="OK">'
        "<CompanyRet><IsSampleCompany>false</IsSampleCompany><CompanyName>Acme</CompanyName>"
        f"<DataExtRet><OwnerID>{OWNER_ID}</OwnerID><DataExtName>FileID</DataExtName>"
        f"<DataExtType>STR255TYPE</DataExtType><DataExtValue>{FILE_ID}</DataExtValue></DataExtRet>"
        "</CompanyRet></CompanyQueryRs>"
        '<PreferencesQueryRs requestID="2" statusCode="0" statusSeverity="Info" statusMessage="OK">'
        f"<PreferencesRet><AccountingPreferences>{preferences}</AccountingPreferences>"
        "</PreferencesRet></PreferencesQueryRs></QBXMLMsgsRs></QBXML>"
    )


def _answer(name: str, inner: str, attributes: str = "", message_set: str = "") -> str:
    return (
        f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs{message_set}>'
        f'<{name}Rs statusCode="0" statusSeverity="Info" statusMessage="Status OK"{attributes}>'
        f"{inner}</{name}Rs></QBXMLMsgsRs></QBXML>"
    )


def activity() -> str:
    """The answer to the first question of a session: no backup was restored."""
    return _answer(
        "CompanyActivityQuery",
        "<CompanyActivityRet><LastRestoreTime>2026-01-02T03:04:05</LastRestoreTime>"
        "</CompanyActivityRet>",
        ' requestID="activity"',
    )


def customer(number: int) -> str:
    """One customer of a list, about 600 bytes."""
    return (
        f"<CustomerRet><ListID>8000{number:04X}-1700000000</ListID>"
        "<TimeCreated>2026-01-02T03:04:05-08:00</TimeCreated>"
        "<TimeModified>2026-01-02T03:04:05-08:00</TimeModified><EditSequence>1700000000"
        f"</EditSequence><Name>Customer {number}</Name><FullName>Customer {number}</FullName>"
        "<IsActive>true</IsActive><Sublevel>0</Sublevel><CompanyName>Customer Limited</CompanyName>"
        "<BillAddress><Addr1>1 Long Street</Addr1><City>Springfield</City><State>CA</State>"
        "<PostalCode>90210</PostalCode></BillAddress><Phone>555-0100</Phone><Balance>0.00</Balance>"
        "<TotalBalance>0.00</TotalBalance><JobStatus>None</JobStatus></CustomerRet>"
    )


def list_page(size: int, request_id: str = "q1-2") -> str:
    """A page of customers of about ``size`` bytes, from an iterator that has more of them."""
    count = max(1, round(size / len(customer(0))))
    return _answer(
        "CustomerQuery",
        "".join(customer(number) for number in range(count)),
        f' requestID="{request_id}" iteratorRemainingCount="1000"'
        f' iteratorID="{FILE_ID}" retCount="{count}"',
    )


def posted(document: str, number: int, size: int, request_id: str, message_set: str) -> str:
    """The answer to a written Check or CreditCardCharge, about ``size`` bytes by its lines."""
    lines = max(1, (size - 700) // len(_line(0)))
    return _answer(
        f"{document}Add",
        f"<{document}Ret><TxnID>{number:X}-1700000000</TxnID>"
        "<TimeCreated>2026-01-02T03:04:05-08:00</TimeCreated>"
        "<TimeModified>2026-01-02T03:04:05-08:00</TimeModified>"
        "<EditSequence>1700000000</EditSequence><TxnNumber>77</TxnNumber>"
        "<AccountRef><ListID>80000001-1</ListID><FullName>Card Account</FullName></AccountRef>"
        "<TxnDate>2026-01-02</TxnDate>"
        f"<Amount>{AMOUNT}</Amount><Memo>sl:txn</Memo>"
        f"{''.join(_line(n) for n in range(lines))}</{document}Ret>",
        f' requestID="{request_id}"',
        f' newMessageSetID="{message_set}" messageSetStatusCode="0"',
    )


def _line(number: int) -> str:
    return (
        f"<ExpenseLineRet><TxnLineID>{number:X}-1700000000</TxnLineID>"
        "<AccountRef><ListID>80000002-1</ListID><FullName>Travel</FullName></AccountRef>"
        "<Amount>1.00</Amount><Memo>a line of the document</Memo></ExpenseLineRet>"
    )
