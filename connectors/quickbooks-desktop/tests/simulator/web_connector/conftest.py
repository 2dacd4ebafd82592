"""A scripted server, a scripted QuickBooks, and a Web Connector between them."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar
from xml.sax.saxutils import escape

import pytest
from attrs import define, field
from lxml import etree

from subledger_quickbooks_desktop.simulator.com import ComError
from subledger_quickbooks_desktop.simulator.web_connector import Reply, WebConnector

NAMESPACE = "http://developer.intuit.com/"
NOW = datetime(2026, 3, 2, 14, 5, 6, tzinfo=UTC)
ADD = (
    '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML>'
    '<QBXMLMsgsRq onError="stopOnError"><VendorAddRq requestID="1"><VendorAdd><Name>PEX</Name>'
    "</VendorAdd></VendorAddRq></QBXMLMsgsRq></QBXML>"
)
QUERY = ADD.replace("<VendorAdd><Name>PEX</Name></VendorAdd>", "").replace("AddRq", "QueryRq")


def reply_xml(method: str, value: object) -> bytes:
    """A reply as the guide shows it."""
    if isinstance(value, list):
        inner = "".join(f"<string>{escape(item)}</string>" for item in value)
    else:
        inner = escape(str(value))
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<{method}Response xmlns="{NAMESPACE}"><{method}Result>{inner}</{method}Result>'
        f"</{method}Response></soap:Body></soap:Envelope>"
    ).encode()


def reply(body: bytes, status: int = 200, content_type: str = "text/xml; charset=utf-8") -> Reply:
    """A reply made of its parts."""
    return Reply(status=status, headers={"content-type": content_type}, body=body)


@define
class ScriptedServer:
    """Answers each method from its script; the last entry of a script repeats."""

    script: dict[str, list[object]] = field(factory=dict)
    received: list[tuple[str, dict[str, str]]] = field(factory=list)
    bodies: list[bytes] = field(factory=list)

    DEFAULTS: ClassVar = {
        "serverVersion": "1.0",
        "clientVersion": "",
        "authenticate": ["T", ""],
        "sendRequestXML": "",
        "receiveResponseXML": 100,
        "connectionError": "done",
        "getLastError": "No work",
        "closeConnection": "OK",
        "interactiveRejected": "",
    }

    async def post(self, action: str, body: bytes) -> Reply:
        """Take a call and answer it."""
        assert action.startswith(NAMESPACE)
        method = action.removeprefix(NAMESPACE)
        call = etree.fromstring(body).find("{*}Body")[0]
        assert call.tag == f"{{{NAMESPACE}}}{method}"
        self.bodies.append(body)
        self.received.append((method, {etree.QName(p).localname: p.text or "" for p in call}))
        script = self.script.get(method)
        value = self.DEFAULTS[method] if not script else script[0]
        if script and len(script) > 1:
            script.pop(0)
        if isinstance(value, BaseException):
            raise value
        return value if isinstance(value, Reply) else reply(reply_xml(method, value))

    @property
    def methods(self) -> list[str]:
        """The methods called so far, in order."""
        return [method for method, _ in self.received]

    def values(self, method: str) -> list[dict[str, str]]:
        """The parameters of each call of a method."""
        return [values for name, values in self.received if name == method]


@define
class ScriptedQuickBooks:
    """Opens, refuses and answers as told; remembers the private values of the company."""

    refusals: list[ComError] = field(factory=list)
    failures: list[ComError] = field(factory=list)
    hcp_status: str = "0"
    private: dict[str, str] = field(factory=dict)
    opened: list[str] = field(factory=list)
    ended: int = 0
    requests: list[str] = field(factory=list)
    end_error: ComError | None = None
    company_file: str = r"C:\Books\Northwind.qbw"
    major_version: int = 13
    minor_version: int = 0
    country: str = "US"

    def begin_session(self, *, company_file: str, app_name: str) -> "ScriptedQuickBooks":
        """Open, or refuse."""
        self.opened.append(company_file)
        if self.refusals:
            raise self.refusals.pop(0)
        return self

    def process(self, request: str) -> str:
        """Answer each request of the set with its status alone."""
        root = etree.fromstring(request.encode())
        own = not root.xpath("//VendorAddRq|//VendorQueryRq")
        if not own:
            self.requests.append(request)
            if self.failures:
                raise self.failures.pop(0)
        answers = [self._answer(rq) for rq in root.iterfind("QBXMLMsgsRq/*")]
        head = '<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs>\n'
        return f"{head}{''.join(answers)}</QBXMLMsgsRs>\n</QBXML>\n"

    def _answer(self, rq: etree._Element) -> str:
        name = str(rq.tag).removesuffix("Rq")
        status = self.hcp_status if name == "HostQuery" else "0"
        inner = ""
        if name == "DataExtMod":
            self.private[rq.findtext(".//DataExtName")] = rq.findtext(".//DataExtValue")
        if name == "CompanyQuery":
            owner = rq.findtext("OwnerID")
            inner = "<CompanyRet>{}</CompanyRet>".format(
                "".join(
                    f"<DataExtRet><OwnerID>{owner}</OwnerID><DataExtName>{key}</DataExtName>"
                    f"<DataExtType>STR255TYPE</DataExtType><DataExtValue>{value}</DataExtValue>"
                    "</DataExtRet>"
                    for key, value in self.private.items()
                )
            )
        head = f'<{name}Rs requestID="{rq.get("requestID")}" statusCode="{status}"'
        return f'{head} statusSeverity="Info" statusMessage="Status OK">{inner}</{name}Rs>\n'

    def end(self) -> None:
        """End the session."""
        self.ended += 1
        if self.end_error:
            raise self.end_error


@define
class Bench:
    """Everything around one Web Connector under test."""

    server: ScriptedServer = field(factory=ScriptedServer)
    quickbooks: ScriptedQuickBooks = field(factory=ScriptedQuickBooks)
    lines: list[str] = field(factory=list)
    sleeps: list[float] = field(factory=list)

    async def sleep(self, seconds: float) -> None:
        """Note a pause instead of making it."""
        self.sleeps.append(seconds)

    def connector(self, **options: object) -> WebConnector:
        """A Web Connector with the usual settings and the given ones."""
        settings = {
            "username": "books",
            "password": "s3cret&<pass>",
            "app_name": "Northwind sync",
            "owner_id": "{11111111-2222-3333-4444-555555555555}",
            "clock": lambda: NOW,
            "sleep": self.sleep,
            "log": self.lines.append,
        }
        transport = options.pop("transport", self.server)
        return WebConnector(transport, self.quickbooks, **{**settings, **options})


@pytest.fixture
def bench() -> Bench:
    """A scripted server and a scripted QuickBooks."""
    return Bench()


@pytest.fixture
def server(bench: Bench) -> ScriptedServer:
    """The server of the bench."""
    return bench.server


@pytest.fixture
def quickbooks(bench: Bench) -> ScriptedQuickBooks:
    """The QuickBooks of the bench."""
    return bench.quickbooks


@pytest.fixture
def make_reply() -> Callable[..., Reply]:
    """Make a reply of bytes, status and content type."""
    return reply


@pytest.fixture
def add() -> str:
    """A qbXML document that writes."""
    return ADD


@pytest.fixture
def query() -> str:
    """A qbXML document that reads."""
    return QUERY


@pytest.fixture
def contracts() -> Path:
    """The folder of the official schemas; skips where it is absent."""
    checkout = Path(__file__).resolve().parents[5]
    folder = Path(os.environ.get("SUBLEDGER_CONTRACTS", checkout.parent / "shared" / "contracts"))
    if not folder.is_dir():
        pytest.skip("the official schemas are not here (set SUBLEDGER_CONTRACTS)")
    return folder
