"""Message sets: what is refused as a whole, what is answered one by one, and how it is printed."""

import pytest

from subledger_quickbooks_desktop.simulator.com import ComError

CLASS = '<ClassAddRq requestID="{0}"><ClassAdd><Name>{0}</Name></ClassAdd></ClassAddRq>'
BAD = '<ClassAddRq requestID="bad"><ClassAdd><Name>a:b</Name></ClassAdd></ClassAddRq>'
QUERY = "<ClassQueryRq/>"
ENVELOPE = "<QBXML><QBXMLMsgsRq {}>{}</QBXMLMsgsRq></QBXML>"
PI = '<?xml version="1.0"?><?qbxml version="13.0"?>'


@pytest.mark.parametrize(
    ("text", "hresult"),
    [
        ("", "0x80040400"),
        ("No work", "0x80040400"),
        ("<QBXML>", "0x80040400"),
        ('<?xml version="1.0"?>' + ENVELOPE.format('onError="stopOnError"', QUERY), "0x80040404"),
        (
            '<?xml version="1.0"?><?qbxml version="99.0"?>'
            + ENVELOPE.format('onError="stopOnError"', QUERY),
            "0x80040404",
        ),
        (PI + ENVELOPE.format("", QUERY), "0x80040400"),
        (PI + ENVELOPE.format('onError="rollbackOnError"', QUERY), "0x80040400"),
        (PI + ENVELOPE.format('onError="stopOnErrror"', QUERY), "0x80040400"),
        (PI + ENVELOPE.format('onError="stopOnError"', "<WhateverQueryRq/>"), "0x80040400"),
        (PI + ENVELOPE.format('onError="stopOnError"', "<ClassQueryRs/>"), "0x80040400"),
        (
            '<?xml version="1.0"?><!DOCTYPE QBXML [<!ENTITY x "y">]><?qbxml version="13.0"?>'
            + ENVELOPE.format('onError="stopOnError"', QUERY),
            "0x80040400",
        ),
    ],
)
def test_a_text_that_is_no_message_set_is_refused_as_a_whole(office, text, hresult):
    """Unreadable or malformed text and unknown versions give an hresult, no answer."""
    with pytest.raises(ComError) as raised:
        office.session.process(text)
    assert raised.value.hresult == hresult


@pytest.mark.parametrize("version", ["1.0", "6.0", "13.0", "16.0"])
def test_every_supported_version_is_answered(office, version):
    """Old and new versions of qbXML are read; the answer shows what the version knew."""
    found = office.done(
        "<VendorQueryRq><FullName>Shell</FullName></VendorQueryRq>", version=version
    )
    assert found.findtext("VendorRet/Name") == "Shell"


def test_one_malformed_request_stops_the_whole_set_before_it_begins(office):
    """Nothing of a set is carried out when any of it breaks the schema."""
    with pytest.raises(ComError):
        office.set(CLASS.format("Fine") + "<ClassAddRq><ClassAdd/></ClassAddRq>")
    assert (
        office.ask("<ClassQueryRq><FullName>Fine</FullName></ClassQueryRq>").get("statusCode")
        == "500"
    )


def test_stop_on_error_leaves_the_rest_unprocessed_and_the_first_in_the_books(office):
    """After an error the rest answers 3231, and what came before stays."""
    found = office.set(CLASS.format("One") + BAD + CLASS.format("Two"))
    assert [one.get("statusCode") for one in found] == ["0", "3090", "3231"]
    assert [one.get("requestID") for one in found] == ["One", "bad", "Two"]
    office.done("<ClassQueryRq><FullName>One</FullName></ClassQueryRq>")


def test_continue_on_error_carries_out_the_rest(office):
    """With continueOnError every request is tried."""
    found = office.set(
        CLASS.format("One") + BAD + CLASS.format("Two"), attributes='onError="continueOnError"'
    )
    assert [one.get("statusCode") for one in found] == ["0", "3090", "0"]


def test_a_warning_does_not_stop_a_set(office):
    """Status 500 is a warning: what comes after it is processed."""
    found = office.set(
        "<ClassQueryRq><FullName>Nobody</FullName></ClassQueryRq>" + CLASS.format("Two")
    )
    assert [one.get("statusCode") for one in found] == ["500", "0"]


def test_the_answer_is_printed_as_quickbooks_prints_it(office):
    """One element a line, no indentation, no processing instruction, empty answers closed."""
    answer = office.raw('<ClassQueryRq requestID="7"><FullName>Clinic</FullName></ClassQueryRq>')
    assert answer.startswith(
        '<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs>\n<ClassQueryRs requestID="7" '
        'statusCode="0" statusSeverity="Info" statusMessage="Status OK">\n<ClassRet>\n<ListID>'
    )
    assert answer.endswith("</ClassRet>\n</ClassQueryRs>\n</QBXMLMsgsRs>\n</QBXML>\n")
    empty = office.raw("<TxnDeletedQueryRq><TxnDelType>Check</TxnDelType></TxnDeletedQueryRq>")
    assert (
        '<TxnDeletedQueryRs statusCode="1" statusSeverity="Info" statusMessage="A query request '
        'did not find a matching object in QuickBooks" />\n' in empty
    )


def test_a_request_id_may_have_fifty_characters(office):
    """A longer one is refused with 1060."""
    office.done(f'<ClassQueryRq requestID="{"x" * 50}"/>')
    assert office.refused(f'<ClassQueryRq requestID="{"x" * 51}"/>') == "1060"


def test_requests_that_are_not_simulated_say_so(office):
    """A request of qbXML that the simulator does not know answers 1030."""
    assert office.refused('<EstimateQueryRq requestID="1"/>') == "1030"


def test_include_none_leaves_the_data_out(office):
    """ResponseData includeNone gives the status only."""
    found = office.ask(QUERY, attributes='onError="stopOnError" responseData="includeNone"')
    assert found.get("statusCode") == "0"
    assert len(found) == 0


def test_a_macro_carries_an_id_to_later_requests_of_the_set(office):
    """DefMacro names the id that an Add brings; useMacro uses it; an unknown one is refused."""
    invoice = (
        '<InvoiceAddRq><InvoiceAdd defMacro="TxnID:1"><CustomerRef><FullName>Lakeside Clinic'
        "</FullName></CustomerRef><InvoiceLineAdd><ItemRef><FullName>Consulting</FullName>"
        "</ItemRef></InvoiceLineAdd></InvoiceAdd></InvoiceAddRq>"
    )
    payment = (
        "<ReceivePaymentAddRq><ReceivePaymentAdd><CustomerRef><FullName>Lakeside Clinic</FullName>"
        "</CustomerRef><TotalAmount>150.00</TotalAmount><AppliedToTxnAdd>"
        '<TxnID useMacro="TxnID:{}"/><PaymentAmount>150.00</PaymentAmount></AppliedToTxnAdd>'
        "</ReceivePaymentAdd></ReceivePaymentAddRq>"
    )
    found = office.set(invoice + payment.format(1) + payment.format(2))
    assert [one.get("statusCode") for one in found] == ["0", "0", "9100"]


def test_a_session_that_was_ended_answers_no_more(office):
    """After EndSession the ticket is invalid."""
    office.session.end()
    with pytest.raises(ComError, match="0x8004040D"):
        office.raw(QUERY)


def test_text_is_kept_in_the_code_page_and_printed_in_ascii(office):
    """Western letters survive, others become question marks, trailing blanks go."""
    found = office.raw(
        "<CustomerAddRq><CustomerAdd><Name>Jos&#233; &#9749; &#8364;  </Name></CustomerAdd>"
        "</CustomerAddRq>"
    )
    assert "<Name>Jos&#233; ? &#8364;</Name>" in found


def test_raw_characters_beyond_the_code_page_make_a_set_unreadable(office):
    """They must be sent as numeric references; the switch lets them through."""
    body = "<CustomerAddRq><CustomerAdd><Name>☕ House</Name></CustomerAdd></CustomerAddRq>"
    with pytest.raises(ComError, match="0x80040400"):
        office.raw(body)
    office.company.configure(refuse_raw_characters=False)
    assert "<Name>? House</Name>" in office.raw(body)
    office.company.configure(replace_unstorable=False)
    with pytest.raises(ComError, match="0x80040400"):
        office.raw(body.replace("House", "Bar"))
