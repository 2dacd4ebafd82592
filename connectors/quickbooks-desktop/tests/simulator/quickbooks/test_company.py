"""The company file: sample world, sessions, switches, people, crashes, speed."""

import datetime as dt
import random
import signal
import subprocess
import sys
import time
from decimal import Decimal

import pytest

from subledger_quickbooks_desktop.simulator.com import ComError
from subledger_quickbooks_desktop.simulator.quickbooks import (
    CompanyFile,
    RefusedError,
    create_sample_company,
)

YEAR = dt.date(2026, 1, 1)


def test_the_sample_company_is_complete(company):
    """Accounts, classes, customers, vendors, an item, and money in the bank."""
    balances = company.trial_balance()
    assert len(balances) == 28
    assert balances["Operating Checking"] == Decimal("250000.00")
    assert balances["PEX Card Account"] == 0
    assert sum(balances.values()) == 0
    (opening,) = company.documents()
    assert opening["date"] == "2025-12-31"


def test_a_closing_date_can_be_part_of_the_sample(clock):
    """The preferences tell it."""
    company = CompanyFile(":memory:", clock)
    create_sample_company(company, year_start=YEAR, closing_date=dt.date(2026, 3, 31))
    assert company.settings.closing_date == "2026-03-31"


def test_switches_set_before_the_sample_stay(clock):
    """Filling the company does not forget how it was configured."""
    company = CompanyFile(":memory:", clock)
    company.configure(time_zone="Europe/Berlin")
    create_sample_company(company, year_start=YEAR, closing_date=None)
    assert company.settings.time_zone == "Europe/Berlin"


def test_switches_are_stored_and_seen_by_another_process(clock, tmp_path):
    """Two openings of the same file share switches and books."""
    first = CompanyFile(tmp_path / "books.qbw", clock)
    create_sample_company(first, year_start=YEAR, closing_date=None)
    second = CompanyFile(tmp_path / "books.qbw", clock)
    assert second.settings.class_tracking
    first.configure(class_tracking=False, locked_ids=("1-1",))
    assert not second.settings.class_tracking
    assert second.settings.locked_ids == ("1-1",)
    first.human.add_list_object("Vendor", {"Name": "New"})
    session = second.begin_session(company_file="", app_name="Test")
    answer = session.process(
        '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">'
        "<VendorQueryRq><FullName>New</FullName></VendorQueryRq></QBXMLMsgsRq></QBXML>"
    )
    assert "<Name>New</Name>" in answer
    first.close()
    second.close()


def test_an_unknown_switch_is_an_error(company):
    """A misspelt name does not pass."""
    with pytest.raises(TypeError):
        company.configure(clas_tracking=False)


@pytest.mark.parametrize("file", ["", r"C:\Books\Northwind.qbw", r"c:\books\NORTHWIND.QBW"])
def test_a_session_tells_what_it_is(company, file):
    """Path, version and country, as QuickBooks tells the caller."""
    session = company.begin_session(company_file=file, app_name="Test")
    assert session.company_file == r"C:\Books\Northwind.qbw"
    assert (session.major_version, session.minor_version, session.country) == (13, 0, "US")


def test_another_company_file_is_not_open(company):
    """While another company file is open the call fails with 0x8004040A."""
    with pytest.raises(ComError, match="0x8004040A"):
        company.begin_session(company_file=r"C:\Books\Other.qbw", app_name="Test")


@pytest.mark.parametrize("code", ["0x80040408", "0x80040414", "0x8004041A", "0x80040422"])
def test_begin_session_can_be_refused(company, code):
    """Every BeginSession error can be chosen, with QuickBooks' kind of text or one's own."""
    company.configure(begin_session_error=code)
    with pytest.raises(ComError) as raised:
        company.begin_session(company_file="", app_name="Test")
    assert raised.value.hresult == code
    assert raised.value.message
    company.configure(begin_session_message="Own words")
    with pytest.raises(ComError, match="Own words"):
        company.begin_session(company_file="", app_name="Test")


def test_processing_can_fail_as_a_whole(office, make_check):
    """An hresult for every set, with nothing done."""
    office.company.configure(process_error="0x80040402", process_message="Unexpected error")
    with pytest.raises(ComError, match="0x80040402"):
        office.set(make_check())
    office.company.configure(process_error="")
    assert len(office.company.documents()) == 1


def test_the_host_tells_the_mode_of_the_file(office):
    """HostQuery: product, versions, single or multi user."""
    found = office.done("<HostQueryRq/>").find("HostRet")
    assert found.findtext("QBFileMode") == "SingleUser"
    versions = [one.text for one in found.findall("SupportedQBXMLVersion")]
    assert versions[0] == "1.0"
    assert "13.0" in versions
    office.company.configure(multi_user=True)
    assert office.done("<HostQueryRq/>").findtext("HostRet/QBFileMode") == "MultiUser"


def test_a_person_edits_books_behind_the_applications_back(office):
    """Adding, changing, voiding, deleting, renaming, deactivating, closing."""
    human, company = office.company.human, office.company
    line = {"AccountRef": {"FullName": "Fuel"}, "Amount": "8.00"}
    txn = human.add_document(
        "Check",
        {
            "ExpenseLineAdd": [line, line],
            "AccountRef": {"FullName": "PEX Card Account"},
            "Memo": "Fish & Chips",
        },
    )
    human.rename_account("Fuel", "Petrol")
    human.deactivate_account("Petrol")
    human.edit_document(txn, {"Memo": "by hand"})
    document = next(one for one in company.documents() if one["txn_id"] == txn)
    assert document["memo"] == "by hand"
    assert document["amount"] == 16
    assert [one["account"] for one in document["lines"]] == ["Petrol", "Petrol"]
    human.set_closing_date(dt.date(2026, 12, 31))
    human.void_document(txn)
    assert company.balance("Petrol") == 0
    human.delete_document(txn)
    with pytest.raises(RefusedError, match="3120"):
        human.delete_document(txn)
    with pytest.raises(KeyError):
        human.add_document("Check", {"Surprise": "1"})


@pytest.mark.parametrize(("standard_all_year", "offset"), [(False, "-04:00"), (True, "-05:00")])
def test_times_are_local_and_their_offset_may_be_wrong_in_summer(office, standard_all_year, offset):
    """The wall clock is right, the offset is that of winter where the switch says so."""
    office.company.configure(standard_offset_all_year=standard_all_year)
    found = office.check().find("CheckRet")
    assert found.findtext("TimeCreated") == f"2026-08-05T10:00:00{offset}"
    assert found.findtext("EditSequence") == "1785938400"


def test_an_aware_clock_is_shown_in_the_zone_of_the_pc():
    """The clock may tell UTC; the books tell local time."""
    company = CompanyFile(":memory:", lambda: dt.datetime(2026, 1, 5, 3, tzinfo=dt.UTC))
    company.human.add_list_object("Vendor", {"Name": "New"})
    found = company.human.request("VendorQuery", {})
    assert found.findtext("VendorRet/TimeCreated") == "2026-01-04T22:00:00-05:00"


def test_a_killed_simulator_leaves_whole_messages(clock, tmp_path, make_check):
    """After kill -9 every answered message is in the books, which balance and can be opened."""
    path = tmp_path / "books.qbw"
    company = CompanyFile(path, clock)
    create_sample_company(company, year_start=YEAR, closing_date=None)
    company.close()
    text = (
        '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">'
        + make_check(number="NUMBER")
        + make_check(number="NUMBER")
        + "</QBXMLMsgsRq></QBXML>"
    )
    script = (
        "import datetime as dt, sys\n"
        "from subledger_quickbooks_desktop.simulator.quickbooks import CompanyFile\n"
        "company = CompanyFile(sys.argv[1], lambda: dt.datetime(2026, 8, 5, 10))\n"
        "session = company.begin_session(company_file='', app_name='Test')\n"
        "for number in range(100000):\n"
        "    session.process(sys.argv[2].replace('NUMBER', str(number)))\n"
        "    print(number, flush=True)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(path), text], stdout=subprocess.PIPE, text=True
    )
    seen = [process.stdout.readline() for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    seen += process.communicate()[0].splitlines()
    answered = int(seen[-1])
    company = CompanyFile(path, clock)
    found = [one["ref_number"] for one in company.documents() if one["type"] == "Check"]
    assert len(found) in (2 * (answered + 1), 2 * (answered + 2))
    assert all(found.count(number) == 2 for number in set(found))
    assert sum(company.trial_balance().values()) == 0
    company.close()


def test_a_backup_can_be_restored_into_a_file(clock, tmp_path):
    """File to file, also over books that are open."""
    company = CompanyFile(tmp_path / "books.qbw", clock)
    create_sample_company(company, year_start=YEAR, closing_date=None)
    company.backup(tmp_path / "books.qbb")
    company.human.add_list_object("Vendor", {"Name": "New"})
    company.restore(tmp_path / "books.qbb")
    company.human.add_list_object("Vendor", {"Name": "New"})
    company.close()


def test_the_same_seed_gives_the_same_world(clock):
    """Ids of iterators come from the random numbers that are passed in."""
    answers = []
    for _ in range(2):
        company = CompanyFile(":memory:", clock, rng=random.Random(7))  # noqa: S311 - repeatable
        create_sample_company(company, year_start=YEAR, closing_date=None)
        session = company.begin_session(company_file="", app_name="Test")
        answers.append(
            session.process(
                '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq '
                'onError="stopOnError"><VendorQueryRq iterator="Start"><MaxReturned>1</MaxReturned>'
                "</VendorQueryRq></QBXMLMsgsRq></QBXML>"
            )
        )
    assert answers[0] == answers[1]


def test_it_is_fast_enough_for_deep_crash_tests(clock, make_check, make_office):
    """Worlds, writes and long answers within generous limits of the promised times."""
    start = time.process_time()
    for _ in range(20):
        company = CompanyFile(":memory:", clock)
        create_sample_company(company, year_start=YEAR, closing_date=None)
    assert (time.process_time() - start) / 20 < 0.1
    office = make_office(company, clock)
    start = time.process_time()
    for number in range(500):
        office.raw(make_check(number=str(number)))
    assert (time.process_time() - start) / 500 < 0.01
    start = time.process_time()
    answer = office.raw("<CheckQueryRq><IncludeLineItems>true</IncludeLineItems></CheckQueryRq>")
    assert answer.count("<CheckRet>") == 500
    assert time.process_time() - start < 1.0
