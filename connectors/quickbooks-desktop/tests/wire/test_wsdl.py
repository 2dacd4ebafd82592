"""Our service description and the published one describe the same service."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from zeep import Client
from zeep.transports import Transport

from subledger_quickbooks_desktop.wire.methods import METHODS
from subledger_quickbooks_desktop.wire.soap import parse_call, render_result
from subledger_quickbooks_desktop.wire.wsdl import wsdl

LOCATION = "https://books.example.com/qbwc"


class Wire(Transport):
    """Hands requests to our reader and answers with our writer; no network."""

    def __init__(self, results: dict[str, Any]) -> None:
        super().__init__()
        self.results = results
        self.calls: list[Any] = []

    def post_xml(self, address: str, envelope: Any, headers: Any) -> Any:
        """Serve one call."""
        return super().post_xml(address, envelope, headers)

    def post(self, address: str, message: bytes, headers: Any) -> Any:
        """Read the call, write the configured result."""
        call = parse_call(message)
        self.calls.append((call, headers["SOAPAction"]))
        body = render_result(call.method, self.results[call.method])
        return Response(body)


class Response:
    """What zeep needs to see of an HTTP answer."""

    status_code = 200
    encoding = "utf-8"

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.headers = {"Content-Type": "text/xml; charset=utf-8"}
        self.text = content.decode()


RESULTS: dict[str, Any] = {
    name: {"int": 42, "string": f"<{name}> & é", "strings": ["ticket", ""]}[method.result]
    for name, method in METHODS.items()
}


def client(path: Path) -> tuple[Client, Wire]:
    """Build a zeep client of a description."""
    wire = Wire(RESULTS)
    return Client(path.as_uri(), transport=wire), wire


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """Our description in a file."""
    path = tmp_path / "ours.wsdl"
    path.write_bytes(wsdl(LOCATION))
    return path


@pytest.fixture
def official(contract_folder: Path) -> Path:
    """The published description."""
    return contract_folder / "qbwc" / "QBWebConnectorSvc.wsdl"


def call_all(path: Path) -> set[str]:
    """Call every method a description has, through our reader and writer."""
    made, wire = client(path)
    operations = made.service._binding._operations
    for name in operations:
        method = METHODS[name]
        values = {parameter: f"{parameter} <&> é" for parameter in method.parameters}
        values |= dict.fromkeys(method.integers, 13)
        result = getattr(made.service, name)(**values)
        call, action = wire.calls[-1]
        assert call.method == name
        assert call.arguments == {key: str(value) for key, value in values.items()}
        assert action.strip('"') == f"http://developer.intuit.com/{name}"
        expected = RESULTS[name]
        assert (["ticket", None] if method.result == "strings" else expected) == result
    return set(operations)


def test_a_client_built_from_our_description_calls_every_method(ours: Path) -> None:
    """Zeep reads our description, and its calls and our results understand each other."""
    assert call_all(ours) == set(METHODS)


def test_a_client_built_from_the_published_description_calls_every_method_it_has(
    official: Path,
) -> None:
    """The same with the description of Intuit: eight methods."""
    assert call_all(official) == {name for name in METHODS if not name.startswith("inter")} - {
        "getInteractiveURL"
    }


def test_both_descriptions_agree_on_every_operation(ours: Path, official: Path) -> None:
    """Signatures, actions, styles, message and port names are the same."""
    one, two = client(ours)[0], client(official)[0]
    first, second = one.service._binding, two.service._binding
    assert first.name == second.name
    assert str(first.name) == "{http://developer.intuit.com/}QBWebConnectorSvcSoap"
    assert list(one.wsdl.services) == list(two.wsdl.services)
    for name, operation in second._operations.items():
        mine = first._operations[name]
        assert (mine.soapaction, mine.style) == (operation.soapaction, operation.style)
        assert mine.input.name == operation.input.name or mine.input.name is None
        assert mine.output.signature() == operation.output.signature(), name
        if name != "serverVersion":  # the published file adds an argument that nobody sends
            assert mine.input.signature() == operation.input.signature(), name


def test_the_description_names_its_location(ours: Path) -> None:
    """The address in the document is the one that was asked for, escaped."""
    root = etree.fromstring(wsdl("https://books.example.com/qbwc?a=1&b=2"))
    address = root.find(".//{http://schemas.xmlsoap.org/wsdl/soap/}address")
    assert address is not None
    assert address.get("location") == "https://books.example.com/qbwc?a=1&b=2"
