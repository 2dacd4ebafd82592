"""What the published schema lets pass and QuickBooks does not, and how problems read."""

import time
from typing import Any

import pytest
from lxml import etree

from subledger_quickbooks_desktop.wire import schema
from subledger_quickbooks_desktop.wire.checks import SCHEMA, check_message_set, check_request
from subledger_quickbooks_desktop.wire.qbxml import build
from subledger_quickbooks_desktop.wire.versions import Version

ACCOUNT = {"FullName": "Bank"}
LINE = {"AccountRef": {"FullName": "Meals"}, "Amount": "1.00"}
CHECK = {"AccountRef": ACCOUNT, "ExpenseLineAdd": LINE}


def journal(debit: str, credit: str) -> dict[str, Any]:
    """Return a journal entry of two lines."""
    return {
        "JournalEntryAdd": {
            "JournalDebitLine": {"AccountRef": ACCOUNT, "Amount": debit},
            "JournalCreditLine": {"AccountRef": ACCOUNT, "Amount": credit},
        }
    }


def rules(name: str, fields: Any, **attributes: str) -> list[str]:
    """Return the rules that a request breaks."""
    return [problem.rule for problem in check_request(build(name, fields, **attributes))]


@pytest.mark.parametrize(
    ("name", "fields", "attributes", "rule"),
    [
        ("CheckAddRq", {"CheckAdd": {"AccountRef": ACCOUNT}}, {}, "lines"),
        ("CreditCardChargeAddRq", {"CreditCardChargeAdd": {"AccountRef": ACCOUNT}}, {}, "lines"),
        ("DepositAddRq", {"DepositAdd": {"DepositToAccountRef": ACCOUNT}}, {}, "lines"),
        ("JournalEntryAddRq", journal("1.00", "2.00"), {}, "balance"),
        ("ClassAddRq", {"ClassAdd": {"Name": "A:B"}}, {}, "colon"),
        ("ClassAddRq", {"ClassAdd": {"Name": " "}}, {}, "name"),
        ("ClassAddRq", {"ClassAdd": {"Name": "日本"}}, {}, "characters"),
        ("ClassAddRq", {"ClassAdd": {"Name": "x"}}, {"requestID": "x" * 51}, "request-id"),
        ("CustomerQueryRq", {}, {"iterator": "Start"}, "iterator"),
        ("CustomerQueryRq", {"MaxReturned": 5}, {"iterator": "Continue"}, "iterator"),
        ("CheckAddRq", {"CheckAdd": CHECK | {"AccountRef": {"ListID": "1", "FullName": "B"}}}, {},
         "reference"),
        ("CheckAddRq", {"CheckAdd": CHECK | {"AccountRef": {}}}, {}, "reference"),
        ("CheckAddRq", {"CheckAdd": CHECK | {"AccountRef": {"FullName": ""}}}, {}, "reference"),
        ("CheckAddRq", {"CheckAdd": CHECK | {"IsTaxIncluded": "true"}}, {}, "edition"),
        ("CheckAddRq", {"CheckAdd": CHECK | {"TxnDate": "2026-08-05Z"}}, {}, "time-zone"),
        ("CheckAddRq", {"CheckAdd": CHECK | {"TxnDate": " 2026-08-05"}}, {}, "white-space"),
        ("CheckAddRq", {"CheckAdd": CHECK | {"Memo": "x" * 4092 + "\na"}}, {}, None),
        ("CheckAddRq", {"CheckAdd": CHECK | {"Memo": "x" * 4093 + "\na"}}, {}, "newlines"),
    ],
)  # fmt: skip
def test_a_rule_beyond_the_schema_is_found(
    official_schema: etree.XMLSchema, name: str, fields: Any, attributes: dict[str, str], rule: str
) -> None:
    """Each is valid for the published schema, and refused by us with its rule."""
    root = etree.Element("QBXML")
    message_set = etree.SubElement(root, "QBXMLMsgsRq", onError="stopOnError")
    message_set.append(build(name, fields, **attributes))
    assert official_schema.validate(etree.fromstring(etree.tostring(root)))
    assert [problem.rule for problem in check_message_set(root)] == ([rule] if rule else [])
    assert rule not in SCHEMA


@pytest.mark.parametrize(
    ("name", "fields", "attributes"),
    [
        ("CheckAddRq", {"CheckAdd": CHECK}, {}),
        ("JournalEntryAddRq", journal("1.00", "1"), {}),
        ("ClassAddRq", {"ClassAdd": {"Name": "café"}}, {"requestID": "x" * 50}),
        ("CustomerQueryRq", {"MaxReturned": 5}, {"iterator": "Start"}),
        ("CustomerAddRq", {"CustomerAdd": {"Name": "A", "AdditionalContactRef": [
            {"ContactName": "Main Email", "ContactValue": "a@example.com"}]}}, {}),
        ("CustomerQueryRq", {}, {"iterator": "Stop", "iteratorID": "{x}"}),
        ("CustomerModRq",
         {"CustomerMod": {"ListID": "1", "EditSequence": "1", "ClassRef": {"FullName": ""}}}, {}),
    ],
)  # fmt: skip
def test_a_good_request_has_no_problem(name: str, fields: Any, attributes: dict[str, str]) -> None:
    """The rules have a negative control; clearing a reference in a change is allowed."""
    assert rules(name, fields, **attributes) == []


def test_set_ids_of_a_foreign_message_set_are_measured() -> None:
    """A set that was not written by us is checked for the length of its ids."""
    root = etree.Element("QBXML")
    etree.SubElement(root, "QBXMLMsgsRq", onError="stopOnError", newMessageSetID="x" * 24)
    assert [problem.rule for problem in check_message_set(root)] == ["set-id"]


@pytest.mark.parametrize(
    ("xml", "problem"),
    [
        ("<TxnDelRq><TxnID>1</TxnID><TxnDelType>Check</TxnDelType></TxnDelRq>",
         "TxnDelRq/TxnID: TxnDelType is missing before it (required)"),
        ("<TxnDelRq><TxnDelType>Transfer</TxnDelType><TxnID>1</TxnID></TxnDelRq>",
         "TxnDelRq/TxnDelType: 'Transfer' is not one of ARRefundCreditCard, Bill"),
        ("<TxnDelRq><TxnDelType>Check</TxnDelType></TxnDelRq>",
         "TxnDelRq: TxnID is missing (required)"),
        ("<ClassAddRq><ClassAdd><IsActive>true</IsActive><Name>x</Name></ClassAdd></ClassAddRq>",
         "ClassAddRq/ClassAdd/IsActive: Name is missing before it (required)"),
        ("<ClassAddRq><ClassAdd><Name>x</Name><Name>y</Name></ClassAdd></ClassAddRq>",
         "ClassAddRq/ClassAdd/Name[2]: it stands here once too often (repeat)"),
        (("<CheckModRq><CheckMod><TxnID>1</TxnID><EditSequence>1</EditSequence>"
          "<Memo>m</Memo><RefNumber>1</RefNumber></CheckMod></CheckModRq>"),
         "CheckModRq/CheckMod/RefNumber: it must stand before Memo (order)"),
        ("<CheckQueryRq><TxnID>1</TxnID><RefNumber>2</RefNumber></CheckQueryRq>",
         "CheckQueryRq/RefNumber: it cannot stand together with TxnID (choice)"),
        ("<ClassAddRq><ClassAdd><Name>x</Name><Nope/></ClassAdd></ClassAddRq>",
         "ClassAddRq/ClassAdd/Nope: there is no such field here (unknown)"),
        (f"<ClassAddRq><ClassAdd><Name>{'x' * 32}</Name></ClassAdd></ClassAddRq>",
         "ClassAddRq/ClassAdd/Name: 32 characters, at most 31 (length)"),
        ("<AccountQueryRq iterator='Start'/>",
         "AccountQueryRq/@iterator: there is no such attribute here (attribute)"),
        ("<Nope/>", "Nope: there is no such request (unknown)"),
    ],
)  # fmt: skip
def test_a_problem_says_where_and_what(xml: str, problem: str) -> None:
    """QuickBooks names no field; we do."""
    assert str(check_request(etree.fromstring(xml))[0]).startswith(problem)


def test_all_problems_are_told_at_once() -> None:
    """Two bad lines are two problems, with their numbers."""
    request = build(
        "CheckAddRq",
        {"CheckAdd": CHECK | {"ExpenseLineAdd": [LINE, LINE | {"Amount": "1.5"}, {"Amount": "x"}]}},
    )
    assert [problem.path for problem in check_request(request)] == [
        "CheckAddRq/CheckAdd/ExpenseLineAdd[2]/Amount",
        "CheckAddRq/CheckAdd/ExpenseLineAdd[3]/Amount",
    ]


def test_a_field_newer_than_the_version_is_found() -> None:
    """ExternalGUID on a transaction needs 9.0, a transfer 12.0."""
    guid = {"ExternalGUID": "{01234567-89ab-cdef-0123-456789abcdef}"}
    request = build("CheckAddRq", {"CheckAdd": CHECK | guid})
    found = check_request(request, version=Version(8, 0))
    assert [(problem.rule, problem.path) for problem in found] == [
        ("version", "CheckAddRq/CheckAdd/ExternalGUID")
    ]
    assert check_request(request, version=Version(9, 0)) == []
    transfer = build("TransferQueryRq", {})
    assert [problem.rule for problem in check_request(transfer, version=Version(11, 0))] == [
        "version"
    ]


def test_fields_of_other_editions_pass_there() -> None:
    """What the US edition does not have is allowed elsewhere."""
    request = build("CheckAddRq", {"CheckAdd": CHECK | {"IsTaxIncluded": "true"}})
    assert check_request(request, edition="other") == []


def test_the_schema_data_is_small_and_loads_fast() -> None:
    """Below 300 KB and 50 ms, and compiled only where used."""
    source = schema.files("subledger_quickbooks_desktop.wire").joinpath("schema.json")
    assert len(source.read_bytes()) < 300_000
    schema._data.cache_clear()
    start = time.process_time()
    schema._data()
    assert time.process_time() - start < 0.05


def test_every_type_in_the_schema_data_compiles() -> None:
    """No particle is unreadable, every kind named exists, every enumeration has values."""
    for name in schema._data()["types"]:
        content = schema.content(name)
        for child in content.children:
            if schema.is_complex(child.kind):
                schema.content(child.kind)
            elif child.kind.startswith("e."):
                assert schema.enumeration(child.kind[2:].rstrip("="))
    for name in schema.request_names():
        place = schema.request(name)
        assert place is not None
        schema.content(place.kind)
