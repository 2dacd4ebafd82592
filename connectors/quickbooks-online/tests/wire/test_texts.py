"""JSON, queries and uploads, to the byte."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subledger_quickbooks_online.simulator.company import Company
from subledger_quickbooks_online.simulator.multipart import parts
from subledger_quickbooks_online.wire import faults, upload
from subledger_quickbooks_online.wire.jsontext import from_json, to_json
from subledger_quickbooks_online.wire.query import Select, moment, quoted

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=4),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_what_is_written_is_read_again_exactly(value):
    """No number changes on its way through JSON."""
    assert from_json(to_json(value)) == value


@pytest.mark.parametrize("digits", ["0.10", "86.40", "1E+3", "123456789012345.67", "-0.005"])
def test_decimals_keep_their_digits(digits):
    """A price is written as it is, never as a float or in powers of ten."""
    written = to_json(Decimal(digits))
    assert "E" not in written
    assert Decimal(written) == Decimal(digits)


@pytest.mark.parametrize("value", [1.5, Decimal("NaN"), Decimal("Infinity"), object(), {1, 2}])
def test_what_is_not_exact_is_not_written(value):
    """A float is a mistake of ours, and is refused as one."""
    with pytest.raises(TypeError):
        to_json(value)


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "", "{", "[" * 100_000])
def test_what_is_not_json_is_a_value_error(text):
    """Broken answers raise one error only."""
    with pytest.raises(ValueError):  # noqa: PT011 - the class is the promise
        from_json(text)


def test_a_name_with_an_apostrophe_is_found_in_the_books():
    """The simulated server reads our literals as we mean them."""
    company = Company.open(":memory:", "1", lambda: dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    for name in ("O'Brien & Sons #1", "50% \\ off", "plain"):
        company.create("Customer", {"DisplayName": name})
        select = Select(entity="Customer", where=(f"DisplayName = {quoted(name)}",))
        [found] = company.query(select.text())["Customer"]
        assert found["DisplayName"] == name


def test_pages_follow_each_other():
    """The next page begins after what was found, in the order of the identifiers."""
    select = Select(entity="Bill", where=("TxnDate >= '2026-01-01'",))
    assert select.text() == (
        "SELECT * FROM Bill WHERE TxnDate >= '2026-01-01'"
        " ORDERBY Id STARTPOSITION 1 MAXRESULTS 1000"
    )
    assert "STARTPOSITION 1001 " in select.after(1000).text()


def test_moments_have_an_offset_and_no_fraction():
    """Time stamps are written as the API reads them."""
    at = dt.datetime(2026, 3, 1, 12, 30, 15, 999, dt.UTC)
    assert moment(at) == "2026-03-01T12:30:15+00:00"


@given(st.binary(max_size=300))
def test_a_file_arrives_byte_by_byte(content):
    """Whatever is in a file, its parts are told apart."""
    about = upload.metadata(
        entity="Bill", identifier="1", name='a "b".pdf', media_type="application/pdf", note="n"
    )
    request = upload.request(about, content, key="k", boundary="x" * 40)
    found = {part.name: part for part in parts(request.content_type, request.body)}
    assert found["file_content_01"].data == content
    assert from_json(found["file_metadata_01"].data)["Note"] == "n"


@given(st.binary(max_size=200), st.integers(200, 599))
def test_any_answer_can_be_parsed(content, status):
    """No body breaks the reader of answers."""
    answer = faults.parse(status, {}, content)
    assert answer.status == status


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (b'{"Fault":{"Error":[{"code":"5010"},{"code":"6140"}]}}', {"5010", "6140"}),
        (b'{"FAULT":{"ERROR":[{"CODE":"003200"}]}}', {"3200"}),
        (
            b'{"fault":{"error":[{"message":"message=ThrottleExceeded; errorCode=003001"}]}}',
            {"3001"},
        ),
        (b'{"Fault":{}}', {""}),
        (b'{"Fault":"odd"}', set()),
        (b'{"Fault":{"Error":["odd",7]}}', {""}),
        (b'<Fault type=\'x\'><Error code="6240" element=""><Message>m</Message></Error>', {"6240"}),
        (b"<html>Bad Gateway</html>", set()),
    ],
)
def test_codes_are_found_wherever_they_stand(body, codes):
    """In capital or small letters, within a message, in XML, several at once."""
    assert faults.parse(400, {}, body).codes == codes


WHOLE = faults.Fault(
    code="2050",
    message="String too long",
    detail="Max:21  supplied:25 & more",
    element="DocNumber",
    type="ValidationFault",
)


IN_JSON = (
    b'{"Fault":{"Error":[{"code":"2050","Message":"String too long","element":"DocNumber",'
    b'"Detail":"Max:21  supplied:25 & more"}],"type":"ValidationFault"}}'
)
IN_XML = (
    b'<Fault type="ValidationFault"><Error code="2050" element="DocNumber"><Message>String too '
    b"long</Message><Detail> Max:21  supplied:25 &amp; more</Detail></Error></Fault>"
)


@pytest.mark.parametrize("body", [IN_JSON, IN_XML], ids=["json", "xml"])
def test_a_fault_keeps_every_part(body):
    """Both forms tell the field, the kind and the words; the detail is what a person reads."""
    answer = faults.parse(400, {"intuit_tid": "1-a"}, body)
    assert (answer.faults, answer.tid) == ((WHOLE,), "1-a")
    assert WHOLE.text == "Max:21 supplied:25 & more"
    assert faults.Fault(code="1", message="m").text == "m"


@pytest.mark.parametrize(
    ("status", "body", "good"),
    [(200, b"{}", True), (400, b"{}", False), (200, b"[]", False), (200, b'{"Fault":{}}', False)],
)
def test_only_an_object_without_a_fault_is_good(status, body, good):
    """Status, form and faults all count."""
    assert faults.parse(status, {}, body).is_good is good
