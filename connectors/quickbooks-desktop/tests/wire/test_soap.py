"""Calls in, compact results out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from subledger_quickbooks_desktop.wire.methods import INTUIT, METHODS
from subledger_quickbooks_desktop.wire.soap import (
    SOAP,
    Call,
    Envelope,
    SoapError,
    parse_call,
    render_fault,
    render_result,
)
from subledger_quickbooks_desktop.wire.xml import HostileXml

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope '
    'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
)
TAIL = "</soap:Body></soap:Envelope>"
RESPONSE = (
    f'{HEAD}<receiveResponseXML xmlns="{INTUIT}"><ticket>354f</ticket>'
    '<response>&lt;?xml version="1.0" ?&gt;\n&lt;QBXML&gt;é&amp;#233;&lt;/QBXML&gt;\n</response>'
    f"<hresult /><message /></receiveResponseXML>{TAIL}"
).encode()
DAMAGE = (b"", b"<", b">", b"&", b"\0", b"</", b"]]>", b"<![CDATA[", b"<!--", b"\xff", b'"')
INNER = '<?xml version="1.0" ?>\n<QBXML>é&#233;</QBXML>\n'


def stream(body: bytes, step: int) -> tuple[Call, bytes]:
    """Read a body in pieces."""
    pieces: list[bytes] = []
    envelope = Envelope(pieces.append)
    for start in range(0, len(body), step):
        envelope.feed(body[start : start + step])
    return envelope.close(), b"".join(pieces)


def test_a_call_of_the_web_connector_is_read() -> None:
    """The exact bytes of a real call give the method and every argument."""
    call = parse_call(RESPONSE)
    assert call.method == "receiveResponseXML"
    assert call.arguments == {"ticket": "354f", "response": INNER, "hresult": "", "message": ""}


@pytest.mark.parametrize("step", [1, 2, 7, 64, 1 << 20])
def test_a_streamed_call_says_the_same_as_a_whole_one(step: int) -> None:
    """However the body is cut, the answer arrives as the same bytes."""
    call, inner = stream(RESPONSE, step)
    assert inner.decode() == INNER
    assert call.method == "receiveResponseXML"
    assert call.arguments == {"ticket": "354f", "response": "", "hresult": "", "message": ""}


def test_the_ticket_is_known_before_the_answer_arrives() -> None:
    """The sink can look up the session when the first piece comes."""
    seen: list[dict[str, str]] = []
    envelope = Envelope(lambda _: seen.append(dict(envelope.arguments)))
    envelope.feed(RESPONSE)
    assert seen[0] == {"ticket": "354f"}


@pytest.mark.parametrize(
    "password",
    ["<strPassword/>", "<strPassword></strPassword>", '<strPassword xsi:nil="true"/>', ""],
)
def test_missing_empty_and_nil_arguments_are_all_empty_texts(password: str) -> None:
    """Clients differ in how they send nothing."""
    body = f'{HEAD}<authenticate xmlns="{INTUIT}">{password}</authenticate>{TAIL}'.encode()
    for call in (parse_call(body), stream(body, 5)[0]):
        assert call.arguments == {"strUserName": "", "strPassword": ""}


def test_bodies_of_style_rpc_are_read() -> None:
    """A prefixed method with typed, unqualified arguments is the same call."""
    body = (
        f'{HEAD}<q1:authenticate xmlns:q1="{INTUIT}">'
        '<strUserName xsi:type="xsd:string">u</strUserName>'
        f'<strPassword xsi:type="xsd:string">p</strPassword></q1:authenticate>{TAIL}'
    ).encode()
    for call in (parse_call(body), stream(body, 3)[0]):
        assert call.arguments == {"strUserName": "u", "strPassword": "p"}


def test_a_password_does_not_show_when_a_call_is_printed() -> None:
    """A call can be logged by mistake without telling its arguments."""
    body = f'{HEAD}<authenticate xmlns="{INTUIT}"><strPassword>hunter2</strPassword>'
    assert "hunter2" not in repr(parse_call(f"{body}</authenticate>{TAIL}".encode()))


@pytest.mark.parametrize(
    "body",
    [
        f"{HEAD}{TAIL}",
        f'{HEAD}<authenticate2 xmlns="{INTUIT}"/>{TAIL}',
        f'{HEAD}<authenticate xmlns="http://example.com/"/>{TAIL}',
        f"{HEAD}<authenticate/>{TAIL}",
        "<html><body>Bad gateway</body></html>",
        f'{HEAD}<getLastError xmlns="{INTUIT}"><ticket><a/></ticket></getLastError>{TAIL}',
        RESPONSE.decode().replace(SOAP, "http://www.w3.org/2003/05/soap-envelope"),
    ],
)
def test_what_is_no_call_of_ours_is_an_error_of_the_client(body: str) -> None:
    """Unknown methods, other namespaces and other documents give SoapError."""
    with pytest.raises(SoapError):
        parse_call(body.encode())
    with pytest.raises(SoapError):
        stream(body.encode(), 11)


def test_headers_are_passed_over() -> None:
    """A SOAP header with anything in it does not disturb the call."""
    header = '<soap:Header><a xmlns="urn:x"><b>1</b></a></soap:Header><soap:Body>'
    body = RESPONSE.decode().replace("<soap:Body>", header).encode()
    assert parse_call(body).arguments["ticket"] == "354f"
    assert stream(body, 9)[0].arguments["ticket"] == "354f"


def test_arguments_beside_the_streamed_one_are_bounded() -> None:
    """A megabyte of ticket is refused while it arrives."""
    body = RESPONSE.decode().replace("354f", "x" * 1_100_000).encode()
    with pytest.raises(HostileXml) as caught:
        stream(body, 65536)
    assert caught.value.reason == "size"


@pytest.mark.parametrize("method", METHODS)
def test_results_are_compact_and_in_our_namespace(method: str) -> None:
    """No white space stands between elements and every element is qualified."""
    result = {"int": 100, "string": "a & <b>", "strings": ["t", ""]}[METHODS[method].result]
    data = render_result(method, result)  # type: ignore[arg-type]
    root = etree.fromstring(data)
    element = root[0][0][0]
    assert element.tag == f"{{{INTUIT}}}{method}Result"
    assert all(not (node.tail or "").strip() and node.tail is None for node in root.iter("*"))
    if METHODS[method].result == "strings":
        assert [item.tag for item in element] == [f"{{{INTUIT}}}string"] * 2
        assert [item.text or "" for item in element] == ["t", ""]
    else:
        assert element.text == str(result)


def test_the_answer_to_authenticate_is_exactly_what_the_web_connector_reads() -> None:
    """The bytes are fixed: nobody re-serialises them."""
    assert render_result("authenticate", ["TICKET", ""]) == (
        b'<?xml version="1.0" encoding="utf-8"?><soap:Envelope '
        b'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        b'<authenticateResponse xmlns="http://developer.intuit.com/"><authenticateResult>'
        b"<string>TICKET</string><string></string></authenticateResult></authenticateResponse>"
        b"</soap:Body></soap:Envelope>"
    )


@given(text=st.text(max_size=300))
def test_any_text_survives_a_result_except_what_xml_forbids(text: str) -> None:
    """Escaping is complete: the client reads back what was sent."""
    root = etree.fromstring(render_result("getLastError", text))
    allowed = "".join(
        character
        for character in text
        if character in "\t\n\r"
        or (character >= " " and not 0xD800 <= ord(character) < 0xE000 and character < "\ufffe")
        or character > "\uffff"
    )
    assert (root[0][0][0].text or "") == allowed


def test_a_fault_is_well_formed() -> None:
    """A fault carries its message, escaped."""
    root = etree.fromstring(render_fault("a < b", code="Server"))
    assert root.findtext(".//faultstring") == "a < b"
    assert root.findtext(".//faultcode") == "soap:Server"


@settings(max_examples=400, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_give_a_call_or_an_error_of_ours(data: bytes) -> None:
    """Noise never raises anything unexpected."""
    outcome(data)


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_a_damaged_call_gives_a_call_or_an_error_of_ours(data: st.DataObject) -> None:
    """Cut, doubled, exchanged bytes of a real call never raise anything unexpected."""
    body = bytearray(RESPONSE)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        length = data.draw(st.integers(0, 30))
        piece = data.draw(st.sampled_from([*DAMAGE, bytes(body[at : at + 20])]))
        body[at : at + length] = piece
    outcome(bytes(body))


def outcome(body: bytes) -> None:
    """Read whole and streamed; both give the same call, or both fail with an error of ours."""
    results: list[object] = []
    for read in (parse_call, lambda body: stream(body, 17)[0]):
        try:
            results.append(read(body).method)
        except (HostileXml, SoapError):
            results.append(None)
    assert len(results) == 2
