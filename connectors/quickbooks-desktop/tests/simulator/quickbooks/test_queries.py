"""Queries over documents: filters, lines, pages, iterators."""

import pytest

RANGE = (
    "<{0}DateRangeFilter><From{1}Date>{2}</From{1}Date><To{1}Date>{3}</To{1}Date>"
    "</{0}DateRangeFilter>"
)


@pytest.fixture
def books(office, make_check):
    """Five checks on three days, the last one from another bank."""
    for number, date, account in (
        ("a-1", "2026-08-01", "Fuel"),
        ("A-1", "2026-08-02", "Travel:Hotel"),
        ("A-2", "2026-08-02", "Travel"),
        ("10", "2026-08-03", "Fuel"),
    ):
        office.check(number=number, date=date, account=account)
        office.clock.tick(60)
    office.done(make_check(number="9", date="2026-08-03", bank="Operating Checking"))
    return office


def numbers(found):
    return [one.findtext("RefNumber") for one in found]


def query(office, inside, attributes=""):
    return office.ask(f"<CheckQueryRq {attributes}>{inside}</CheckQueryRq>")


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("", ["a-1", "A-1", "A-2", "10", "9"]),
        ("<RefNumber>A-1</RefNumber>", ["a-1", "A-1"]),
        ("<RefNumberCaseSensitive>A-1</RefNumberCaseSensitive>", ["A-1"]),
        ("<MaxReturned>2</MaxReturned>", ["a-1", "A-1"]),
        (RANGE.format("Txn", "Txn", "2026-08-02", "2026-08-02"), ["A-1", "A-2"]),
        (
            RANGE.format("Modified", "Modified", "2026-08-05T10:01:00", "2026-08-05T10:02:00"),
            ["A-1", "A-2"],
        ),
        ("<AccountFilter><FullName>Operating Checking</FullName></AccountFilter>", ["9"]),
        ("<AccountFilter><FullName>Fuel</FullName></AccountFilter>", ["a-1", "10", "9"]),
        ("<AccountFilter><FullName>Travel</FullName></AccountFilter>", ["A-2"]),
        (
            "<AccountFilter><FullNameWithChildren>Travel</FullNameWithChildren></AccountFilter>",
            ["A-1", "A-2"],
        ),
        (
            (
                "<RefNumberFilter><MatchCriterion>StartsWith</MatchCriterion><RefNumber>a</RefNumber>"
                "</RefNumberFilter>"
            ),
            ["a-1", "A-1", "A-2"],
        ),
        (
            (
                "<RefNumberRangeFilter><FromRefNumber>9</FromRefNumber><ToRefNumber>10</ToRefNumber>"
                "</RefNumberRangeFilter>"
            ),
            ["10", "9"],
        ),
        (
            "<TxnDateRangeFilter><DateMacro>ThisMonthToDate</DateMacro></TxnDateRangeFilter>",
            ["a-1", "A-1", "A-2", "10", "9"],
        ),
    ],
)
def test_documents_are_found_by_filters(books, inside, found):
    """Number, dates, accounts with and without children, ranges, macros."""
    assert numbers(query(books, inside)) == found


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<TxnID>FFF-1</TxnID>", "500"),
        ("<RefNumber>nothing</RefNumber>", "1"),
        ("<RefNumber>10</RefNumber><RefNumber>nothing</RefNumber>", "500"),
        (RANGE.format("Txn", "Txn", "2026-09-01", "2026-09-02"), "1"),
        (RANGE.format("Txn", "Txn", "2026-09-02", "2026-09-01"), "3030"),
        (RANGE.format("Modified", "Modified", "2026-02-31", "2026-09-01"), "3020"),
        ("<EntityFilter><FullName>Nobody</FullName></EntityFilter>", "1"),
    ],
)
def test_what_is_not_found_is_told_by_the_status(books, inside, code):
    """500 for an id, 1 for a filter without matches, 3030 for dates the wrong way round."""
    assert query(books, inside).get("statusCode") == code


def test_a_number_that_is_not_found_can_warn(books):
    """Whether an unknown number is 1 or 500 is a doubt, so both are simulated."""
    books.company.configure(missing_ref_number_warns=True)
    assert query(books, "<RefNumber>nothing</RefNumber>").get("statusCode") == "500"


def test_lines_come_only_when_asked_for(books):
    """IncludeLineItems is false by default."""
    assert query(books, "<RefNumber>10</RefNumber>").find("CheckRet/ExpenseLineRet") is None
    found = query(books, "<RefNumber>10</RefNumber><IncludeLineItems>true</IncludeLineItems>")
    assert found.findtext("CheckRet/ExpenseLineRet/Amount") == "3.00"


def test_an_iterator_walks_through_all_and_dies_with_its_session(books):
    """Start, Continue, the last page with nothing remaining, then 3391 for ever."""
    page = "<MaxReturned>2</MaxReturned>"
    first = query(books, page, 'iterator="Start"')
    identity = first.get("iteratorID")
    assert identity.startswith("{")
    assert first.get("iteratorRemainingCount") == "3"
    more = f'iterator="Continue" iteratorID="{identity}"'
    second, third = query(books, page, more), query(books, page, more)
    assert numbers(first) + numbers(second) + numbers(third) == ["a-1", "A-1", "A-2", "10", "9"]
    assert third.get("iteratorRemainingCount") == "0"
    assert third.get("iteratorID") == identity
    other = books.company.begin_session(company_file="", app_name="Test")
    books.session.end()
    books.session = other
    dead = query(books, page, more)
    assert dead.get("statusCode") == "3391"
    assert dead.get("statusMessage") == f'The iteratorID "{identity}" is not valid.'


def test_an_iterator_needs_a_page_size_and_its_own_query(books):
    """3150 without MaxReturned; another query's iterator is dead to this one."""
    assert query(books, "", 'iterator="Start"').get("statusCode") == "3150"
    found = query(books, "<MaxReturned>1</MaxReturned>", 'iterator="Start"')
    answer = books.ask(
        f'<BillQueryRq iterator="Continue" iteratorID="{found.get("iteratorID")}">'
        "<MaxReturned>1</MaxReturned></BillQueryRq>"
    )
    assert answer.get("statusCode") == "3391"


def test_an_iterator_can_be_stopped_and_too_many_evict_the_oldest(books):
    """Stop ends one; opening more than the limit ends the first."""
    page = "<MaxReturned>1</MaxReturned>"
    ids = [query(books, page, 'iterator="Start"').get("iteratorID") for _ in range(11)]
    for identity, code in ((ids[0], "3391"), (ids[1], "0")):
        found = query(books, page, f'iterator="Continue" iteratorID="{identity}"')
        assert found.get("statusCode") == code
    assert query(books, "", f'iterator="Stop" iteratorID="{ids[1]}"').get("statusCode") == "0"
    found = query(books, page, f'iterator="Continue" iteratorID="{ids[1]}"')
    assert found.get("statusCode") == "3391"


def test_a_document_deleted_between_two_pages_is_left_out(books):
    """The iterator goes on with what is left."""
    first = query(books, "<MaxReturned>4</MaxReturned>", 'iterator="Start"')
    last = next(d for d in books.company.documents() if d["ref_number"] == "9")
    books.company.human.delete_document(last["txn_id"])
    found = query(
        books,
        "<MaxReturned>4</MaxReturned>",
        f'iterator="Continue" iteratorID="{first.get("iteratorID")}"',
    )
    assert numbers(found) == []


def test_the_number_of_matches_can_be_asked_for(books):
    """MetaData gives retCount, with or without the data."""
    only = query(books, "", 'metaData="MetaDataOnly"')
    assert (only.get("retCount"), len(only), only.get("statusCode")) == ("5", 0, "0")
    both = query(books, "<MaxReturned>1</MaxReturned>", 'metaData="MetaDataAndResponseData"')
    assert (both.get("retCount"), len(both)) == ("5", 1)


def test_one_query_tells_what_changed_of_any_kind(books):
    """TransactionQuery gives a summary row for every document."""
    since = (
        "<TransactionModifiedDateRangeFilter><FromModifiedDate>2026-08-05T10:03:00"
        "</FromModifiedDate></TransactionModifiedDateRangeFilter>"
    )
    found = books.done(
        f'<TransactionQueryRq iterator="Start"><MaxReturned>10</MaxReturned>{since}'
        "<TransactionTypeFilter><TxnTypeFilter>All</TxnTypeFilter></TransactionTypeFilter>"
        "</TransactionQueryRq>"
    )
    assert numbers(found) == ["10", "9"]
    row = found[0]
    assert (row.findtext("TxnType"), row.findtext("Amount")) == ("Check", "3.00")
    assert row.findtext("AccountRef/FullName") == "PEX Card Account"
    none = books.ask(
        "<TransactionQueryRq><TransactionTypeFilter><TxnTypeFilter>Bill</TxnTypeFilter>"
        "</TransactionTypeFilter></TransactionQueryRq>"
    )
    assert none.get("statusCode") == "1"


def test_a_voided_document_is_still_found_by_its_account(books):
    """Its postings are nothing, but they are there."""
    one = next(d for d in books.company.documents() if d["ref_number"] == "10")
    books.company.human.void_document(one["txn_id"])
    found = query(books, "<AccountFilter><FullName>Fuel</FullName></AccountFilter>")
    assert numbers(found) == ["a-1", "10", "9"]


def test_answers_hide_what_an_older_version_did_not_know(books, make_check):
    """ExternalGUID on transactions is shown from 9.0 on."""
    guid = "{6f1c2a3e-0000-4000-8000-000000000001}"
    books.done(make_check(number="G", extra=f"<ExternalGUID>{guid}</ExternalGUID>"))
    asked = "<CheckQueryRq><RefNumber>G</RefNumber></CheckQueryRq>"
    assert books.done(asked, version="9.0").findtext("CheckRet/ExternalGUID") == guid
    assert books.done(asked, version="8.0").find("CheckRet/ExternalGUID") is None
