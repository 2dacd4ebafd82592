"""Requests are written in the order of the schema, as exact bytes, from plain values."""

import json
import random
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from subledger_quickbooks_desktop.wire import schema
from subledger_quickbooks_desktop.wire.checks import check_message_set, check_request
from subledger_quickbooks_desktop.wire.qbxml import build, message_set, status_enquiry
from subledger_quickbooks_desktop.wire.xml import parse

GOLDEN = sorted((Path(__file__).parent / "golden").glob("request_*.json"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_request_is_written_as_on_file(path: Path) -> None:
    """Input and expected bytes lie side by side; the checks accept them."""
    given_ = json.loads(path.read_text(encoding="utf-8"))
    requests = [
        build(item["name"], item["fields"], **item.get("attributes", {}))
        for item in given_["requests"]
    ]
    data = message_set(requests, **given_.get("set", {}))
    assert data == path.with_suffix(".xml").read_bytes().rstrip(b"\n")
    assert check_message_set(parse(data)) == []


def test_golden_files_are_there() -> None:
    """The test above has something to read."""
    assert len(GOLDEN) >= 5


def pairs(element: etree._Element, kind: str, rng: random.Random) -> Any:
    """Turn an element back into fields, shuffled except where order is a choice."""
    if not schema.is_complex(kind) or schema.content(kind).text:
        return element.text or ""
    model = schema.content(kind)
    groups: dict[int, list[tuple[str, Any]]] = {}
    for child in element:
        place = model.place(str(child.tag))
        assert place is not None
        item = (place.name, pairs(child, place.kind, rng))
        groups.setdefault(model.ranks[place.name], []).append(item)
    shuffled = list(groups.values())
    rng.shuffle(shuffled)
    return tuple(item for group in shuffled for item in group)


@pytest.mark.parametrize("seed", range(5))
def test_published_examples_are_rebuilt_from_shuffled_fields(
    official_examples: dict[str, bytes], seed: int
) -> None:
    """Whoever calls need not know the order: the table sorts, and the bytes are the example's."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    for name, data in official_examples.items():
        root = parse(data)
        original = root[0]
        rebuilt = []
        for request in original:
            place = schema.request(str(request.tag))
            assert place is not None
            fields = pairs(request, place.kind, rng)
            rebuilt.append(build(place.name, fields, **dict(request.attrib)))
        written = message_set(
            rebuilt,
            new_set_id=original.get("newMessageSetID"),
            old_set_id=original.get("oldMessageSetID"),
        )
        assert etree.tostring(parse(written), method="c14n") == etree.tostring(
            root, method="c14n"
        ), name


def test_nothing_but_ascii_leaves_the_house() -> None:
    """Characters beyond ASCII are numeric references, markup is escaped once."""
    request = build("ClassAddRq", {"ClassAdd": {"Name": "José & <Söhne>"}}, requestID="é")
    data = message_set([request])
    assert b"Jos&#233; &amp; &lt;S&#246;hne&gt;" in data
    assert b'requestID="&#233;"' in data
    assert data.isascii()
    assert data.startswith(b'<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML>')


def test_values_are_written_in_the_form_of_their_field() -> None:
    """Decimal, int, bool, date and time become what the schema wants; None is left out."""
    request = build(
        "InvoiceAddRq",
        {
            "InvoiceAdd": {
                "CustomerRef": {"ListID": "80000001-1"},
                "TxnDate": date(2026, 8, 5),
                "IsPending": False,
                "Memo": None,
                "InvoiceLineAdd": [
                    {"Quantity": 3, "Rate": Decimal("10.12500"), "Amount": Decimal("30.4")},
                    {"Amount": 1000},
                ],
            }
        },
    )
    assert etree.tostring(request) == (
        b"<InvoiceAddRq><InvoiceAdd><CustomerRef><ListID>80000001-1</ListID></CustomerRef>"
        b"<TxnDate>2026-08-05</TxnDate><IsPending>false</IsPending>"
        b"<InvoiceLineAdd><Quantity>3</Quantity><Rate>10.125</Rate><Amount>30.40</Amount>"
        b"</InvoiceLineAdd><InvoiceLineAdd><Amount>1000.00</Amount></InvoiceLineAdd>"
        b"</InvoiceAdd></InvoiceAddRq>"
    )
    assert check_request(request) == []


def test_a_time_is_written_without_an_offset() -> None:
    """Times are the books' local times; one with an offset is refused."""
    fields = {"MaxReturned": 10, "FromModifiedDate": datetime(2026, 8, 1, 12, 30)}  # noqa: DTZ001
    request = build("CustomerQueryRq", fields)
    assert request.findtext("FromModifiedDate") == "2026-08-01T12:30:00"
    with pytest.raises(ValueError, match=r"CustomerQueryRq/FromModifiedDate: .*offset"):
        build("CustomerQueryRq", {"FromModifiedDate": datetime(2026, 8, 1, tzinfo=UTC)})


LINE = "CheckAddRq/CheckAdd/ExpenseLineAdd"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"ExpenseLineAdd": [{"Amount": Decimal("1.005")}]}, f"{LINE}/Amount: 1.005 has more than"),
        ({"ExpenseLineAdd": [{"Amount": 1.5}]}, f"{LINE}/Amount: cannot write a float"),
        ({"ExpenseLineAdd": [{"Amount": Decimal("NaN")}]}, f"{LINE}/Amount: NaN is not a number"),
        ({"ExpenseLineAdd": [{"Nonsense": "1"}]}, f"{LINE}: has no field Nonsense"),
        ({"Nonsense": "1"}, "CheckAddRq/CheckAdd: has no field Nonsense"),
        ({"Memo": "a\x00b"}, "CheckAddRq/CheckAdd/Memo: "),
        ({"Memo": "a\x0bb"}, "CheckAddRq/CheckAdd/Memo: "),
        ({"AccountRef": "Bank"}, "CheckAddRq/CheckAdd/AccountRef: holds fields"),
        ({"Memo": {"x": "1"}}, "CheckAddRq/CheckAdd/Memo: cannot write a dict"),
    ],
)
def test_what_cannot_be_written_is_named_with_its_path(fields: Any, message: str) -> None:
    """A wrong name or value says where it stands and why."""
    with pytest.raises(ValueError, match=r"^CheckAddRq") as caught:
        build("CheckAddRq", {"CheckAdd": fields})
    assert str(caught.value).startswith(message)


def test_an_unknown_request_is_refused() -> None:
    """There is no way to send something the schema does not have."""
    with pytest.raises(ValueError, match="CheckVoidRq: there is no such request"):
        build("CheckVoidRq", {})


@pytest.mark.parametrize("identifier", ["", "x" * 24, "ü"])
def test_an_impossible_set_id_is_refused(identifier: str) -> None:
    """Twenty-three ASCII characters are what QuickBooks can remember."""
    with pytest.raises(ValueError, match="newMessageSetID must have 1 to 23"):
        message_set((), new_set_id=identifier)
    with pytest.raises(ValueError, match="oldMessageSetID"):
        message_set((), old_set_id=identifier)


def test_the_longest_set_id_and_clearing_all_are_allowed() -> None:
    """The limit is not stricter than it says."""
    assert b'newMessageSetID="' + b"x" * 23 in message_set((), new_set_id="x" * 23)
    assert b"ClearAllMessageSets" in message_set((), old_set_id="ClearAllMessageSets")


def test_a_status_enquiry_is_an_empty_set_with_both_ids() -> None:
    """It asks without executing anything, and the published schema accepts it."""
    data = status_enquiry("A1")
    assert b'newMessageSetID="A1" oldMessageSetID="A1"' in data
    assert check_message_set(parse(data)) == []


def test_a_bad_version_is_refused() -> None:
    """The version goes into an instruction and must be one."""
    with pytest.raises(ValueError, match="no qbXML version"):
        message_set((), version='13.0"?><x')
    assert b'<?qbxml version="CA3.0"?>' in message_set((), version="CA3.0")


@given(
    text=st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))
)
def test_any_text_comes_back_from_a_message_set(text: str) -> None:
    """Escaping is complete."""
    data = message_set([build("ClassAddRq", {"ClassAdd": {"Name": text}})])
    assert parse(data).findtext(".//Name") == text


def test_the_same_requests_give_the_same_bytes() -> None:
    """Exact bytes are the basis of asking QuickBooks again for a stored answer."""
    fields = {"TxnDelType": "Check", "TxnID": "1"}
    reverse = dict(reversed(list(fields.items())))
    one = message_set([build("TxnDelRq", fields, requestID="a")], new_set_id="s")
    assert one == message_set([build("TxnDelRq", reverse, requestID="a")], new_set_id="s")
