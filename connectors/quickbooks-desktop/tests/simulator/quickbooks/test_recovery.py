"""Error recovery of message sets, case by case."""

import pytest

from subledger_quickbooks_desktop.simulator.com import ComError

ID = "A1B2C3D4E5F6A7B8C9D0E1F"
NEW = 'onError="stopOnError" newMessageSetID="{}"'
BOTH = 'onError="stopOnError" oldMessageSetID="{}" newMessageSetID="{}"'
OLD = 'onError="stopOnError" oldMessageSetID="{}"'


def codes(found):
    return found.get("messageSetStatusCode"), found.get("newMessageSetID")


def checks(office):
    return [one["ref_number"] for one in office.company.documents() if one["type"] == "Check"]


def test_a_set_without_ids_says_nothing_of_recovery(office, make_check):
    """The attributes appear only where recovery was asked for."""
    assert codes(office.set(make_check())) == (None, None)


def test_the_same_set_sent_twice_is_carried_out_once(office, make_check):
    """The second answer is the stored first one, to the byte."""
    first = office.raw(make_check(), attributes=NEW.format(ID))
    office.clock.tick(60)
    assert office.raw(make_check(), attributes=NEW.format(ID)) == first
    assert checks(office) == ["A1"]
    assert f'newMessageSetID="{ID}" messageSetStatusCode="0"' in first


def test_other_content_under_the_same_id_is_a_checksum_error(office, make_check):
    """9001, and nothing is carried out."""
    office.set(make_check(), attributes=NEW.format(ID))
    found = office.set(make_check(number="B2"), attributes=NEW.format(ID))
    assert codes(found) == ("9001", ID)
    assert len(found) == 0
    assert checks(office) == ["A1"]


def test_a_status_enquiry_returns_the_stored_answer(office, make_check):
    """Old and new id equal and no requests: the stored answer, whatever it was."""
    office.set(make_check(), attributes=NEW.format(ID))
    found = office.set("", attributes=BOTH.format(ID, ID))
    assert codes(found) == ("0", ID)
    assert found.findtext("CheckAddRs/CheckRet/RefNumber") == "A1"


def test_a_status_enquiry_for_an_unknown_set_is_600(office, make_check):
    """Nothing stored, nothing carried out, even when requests come along."""
    assert codes(office.set("", attributes=BOTH.format(ID, ID))) == ("600", ID)
    assert codes(office.set(make_check(), attributes=BOTH.format(ID, ID))) == ("600", ID)
    assert checks(office) == []


def test_the_old_id_alone_makes_quickbooks_forget(office, make_check):
    """The first time fine, the second time nothing is left to forget: 600."""
    office.set(make_check(), attributes=NEW.format(ID))
    assert codes(office.set("", attributes=OLD.format(ID))) == ("0", None)
    assert codes(office.set("", attributes=OLD.format(ID))) == ("600", None)
    assert codes(office.set("", attributes=BOTH.format(ID, ID))) == ("600", ID)


def test_the_next_set_acknowledges_the_one_before(office, make_check):
    """Old id of the last set and a new id: forget and carry out in one go."""
    office.set(make_check(), attributes=NEW.format("one"))
    found = office.set(make_check(number="B2"), attributes=BOTH.format("one", "two"))
    assert codes(found) == ("0", "two")
    assert codes(office.set("", attributes=BOTH.format("one", "one"))) == ("600", "one")
    assert checks(office) == ["A1", "B2"]


def test_clear_all_drops_every_set_of_this_application_only(office, make_check):
    """Stored answers belong to one application by name."""
    other = office.company.begin_session(company_file="", app_name="Other")
    for number in ("1", "2"):
        office.set(make_check(number=number), attributes=NEW.format(number))
    mine, office.session = office.session, other
    assert codes(office.set("", attributes=BOTH.format("1", "1"))) == ("600", "1")
    office.set(make_check(number="3"), attributes=NEW.format("1"))
    office.session = mine
    assert codes(office.set("", attributes=OLD.format("ClearAllMessageSets"))) == ("0", None)
    assert codes(office.set("", attributes=BOTH.format("2", "2"))) == ("600", "2")
    office.session = other
    assert codes(office.set("", attributes=BOTH.format("1", "1"))) == ("0", "1")


@pytest.mark.parametrize("attributes", [NEW, OLD])
def test_an_id_longer_than_23_characters_is_refused(office, make_check, attributes):
    """9004, and nothing is carried out."""
    found = office.set(make_check(), attributes=attributes.format("x" * 24))
    assert found.get("messageSetStatusCode") == "9004"
    assert checks(office) == []


def test_a_failed_set_is_stored_with_its_failure(office, make_check):
    """Sending it again repeats the refusal and not the work."""
    body = make_check(number="A1") + make_check(account="Nowhere") + make_check(number="A3")
    first = office.raw(body, attributes=NEW.format(ID))
    assert 'statusCode="3140"' in first
    assert 'statusCode="3231"' in first
    office.company.human.add_list_object("Account", {"Name": "Nowhere", "AccountType": "Expense"})
    assert office.raw(body, attributes=NEW.format(ID)) == first
    assert checks(office) == ["A1"]


def test_the_short_answer_tells_ids_only(office, make_check):
    """With the switch a repeated set answers with ErrorRecovery instead of the whole data."""
    office.company.configure(replays_full_answer=False)
    first = office.set(make_check(), attributes=NEW.format(ID))
    found = office.set(make_check(), attributes=NEW.format(ID))
    assert found.find("CheckAddRs/CheckRet") is None
    for tag in ("TxnID", "TxnNumber", "EditSequence"):
        assert found.findtext(f"CheckAddRs/ErrorRecovery/{tag}") == first.findtext(
            f"CheckAddRs/CheckRet/{tag}"
        )


def test_an_answer_lost_on_the_way_is_stored(office, make_check):
    """QuickBooks posted, the caller saw an error: the stored answer tells."""
    office.company.configure(lose_answers=1)
    with pytest.raises(ComError, match="0x80040402"):
        office.set(make_check(), attributes=NEW.format(ID))
    assert checks(office) == ["A1"]
    found = office.set(make_check(), attributes=NEW.format(ID))
    assert found.findtext("CheckAddRs/CheckRet/RefNumber") == "A1"
    assert checks(office) == ["A1"]


def test_a_set_that_broke_off_in_the_middle_has_no_stored_answer(office, make_check):
    """Part of it is in the books; the enquiry says 9002."""
    office.company.configure(fail_after_requests=1)
    with pytest.raises(ComError, match="0x80040402"):
        office.set(make_check() + make_check(number="B2"), attributes=NEW.format(ID))
    assert checks(office) == ["A1"]
    assert codes(office.set("", attributes=BOTH.format(ID, ID))) == ("9002", ID)


def test_a_restored_backup_has_forgotten_what_came_after(office, make_check, tmp_path):
    """Documents and stored answers after the backup are gone, and LastRestoreTime tells."""
    asked = "<CompanyActivityQueryRq/>"
    assert office.done(asked).find("CompanyActivityRet/LastRestoreTime") is None
    office.set(make_check(), attributes=NEW.format("before"))
    office.company.backup(tmp_path / "books.bak")
    office.set(make_check(number="B2"), attributes=NEW.format("after"))
    office.clock.tick(3600)
    office.company.restore(tmp_path / "books.bak")
    assert checks(office) == ["A1"]
    assert codes(office.set("", attributes=BOTH.format("before", "before")))[0] == "0"
    assert codes(office.set("", attributes=BOTH.format("after", "after")))[0] == "600"
    moved = office.done(asked).findtext("CompanyActivityRet/LastRestoreTime")
    assert moved == "2026-08-05T11:00:00-04:00"


def test_faults_spare_the_reading_and_private_data_of_the_web_connector(office, make_check):
    """A fault that is set waits for a set that writes lists or documents."""
    office.company.configure(lose_answers=1, lock_error_rate=1.0)
    office.set("<HostQueryRq/><CompanyQueryRq/>")
    office.done(
        "<DataExtModRq><DataExtMod><OwnerID>{6f1c2a3e-0000-4000-8000-000000000001}</OwnerID>"
        "<DataExtName>AppLock</DataExtName><OtherDataExtType>Company</OtherDataExtType>"
        "<DataExtValue>LOCKED</DataExtValue></DataExtMod></DataExtModRq>"
    )
    with pytest.raises(ComError, match="0x80040402"):
        office.set(make_check())
