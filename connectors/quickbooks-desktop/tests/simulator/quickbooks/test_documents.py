"""The documents of banking and card programmes: adding, changing, voiding, deleting."""

import datetime as dt
from decimal import Decimal

import pytest

CARD = (
    "<{0}AddRq><{0}Add><AccountRef><FullName>PEX Credit Card</FullName></AccountRef>"
    "<PayeeEntityRef><FullName>Shell</FullName></PayeeEntityRef><TxnDate>2026-08-05</TxnDate>"
    "<RefNumber>E1</RefNumber><ExternalGUID>{{6f1c2a3e-0000-4000-8000-000000000001}}</ExternalGUID>"
    "<ExpenseLineAdd><AccountRef><FullName>Fuel</FullName></AccountRef><Amount>20.00</Amount>"
    "<ClassRef><FullName>Clinic</FullName></ClassRef></ExpenseLineAdd>"
    "<ExpenseLineAdd><AccountRef><FullName>Travel:Meals</FullName></AccountRef>"
    "<Amount>5.50</Amount><CustomerRef><FullName>Lakeside Clinic</FullName></CustomerRef>"
    "</ExpenseLineAdd></{0}Add></{0}AddRq>"
)
JOURNAL = (
    "<JournalEntryAddRq><JournalEntryAdd><TxnDate>2026-08-05</TxnDate><RefNumber>J1</RefNumber>"
    "<JournalDebitLine><AccountRef><FullName>{}</FullName></AccountRef><Amount>10.00</Amount>"
    "</JournalDebitLine><JournalCreditLine><AccountRef><FullName>{}</FullName></AccountRef>"
    "<Amount>{}</Amount></JournalCreditLine></JournalEntryAdd></JournalEntryAddRq>"
)
DEPOSIT = (
    "<DepositAddRq><DepositAdd><TxnDate>2026-08-05</TxnDate><DepositToAccountRef><FullName>"
    "{}</FullName></DepositToAccountRef>{}</DepositAdd></DepositAddRq>"
)
DEPOSIT_LINE = (
    "<DepositLineAdd><AccountRef><FullName>{}</FullName></AccountRef><Amount>{}</Amount>"
    "</DepositLineAdd>"
)
TRANSFER = (
    "<TransferAddRq><TransferAdd><TxnDate>2026-08-05</TxnDate><TransferFromAccountRef><FullName>"
    "Operating Checking</FullName></TransferFromAccountRef><TransferToAccountRef><FullName>{}"
    "</FullName></TransferToAccountRef><Amount>1000.00</Amount></TransferAdd></TransferAddRq>"
)


def ret(found):
    return next(one for one in found if one.tag.endswith("Ret"))


def mod(kind, found, inner, *, edit=None):
    document = ret(found)
    return (
        f"<{kind}ModRq><{kind}Mod><TxnID>{document.findtext('TxnID')}</TxnID><EditSequence>"
        f"{edit or document.findtext('EditSequence')}</EditSequence>{inner}</{kind}Mod>"
        f"</{kind}ModRq>"
    )


def remove(verb, kind, found):
    identity = ret(found).findtext("TxnID")
    return (
        f"<Txn{verb}Rq><Txn{verb}Type>{kind}</Txn{verb}Type><TxnID>{identity}</TxnID></Txn{verb}Rq>"
    )


def line(identity, inner=""):
    return f"<ExpenseLineMod><TxnLineID>{identity}</TxnLineID>{inner}</ExpenseLineMod>"


def test_a_check_takes_money_from_the_bank(office):
    """Debit the lines, credit the bank; ids and numbers come from counters."""
    found = ret(office.check("12.30"))
    assert found.findtext("Amount") == "12.30"
    assert found.findtext("TxnID").endswith("-1785938400")
    assert found.findtext("IsToBePrinted") == "false"
    assert office.company.balance("PEX Card Account") == Decimal("-12.30")
    assert office.company.balance("Fuel") == Decimal("12.30")


def test_the_line_id_skips_the_hidden_line_of_the_document(office):
    """Transaction 4, its own line 5, the first expense line 6."""
    found = ret(office.check())
    first = int(found.findtext("TxnID").split("-")[0], 16)
    line_id = found.findtext("ExpenseLineRet/TxnLineID")
    assert int(line_id.split("-")[0], 16) == first + 2


def test_a_check_without_number_will_be_printed(office, make_check):
    """IsToBePrinted defaults to true where no number is given."""
    found = office.done(make_check().replace("<RefNumber>A1</RefNumber>", ""))
    assert ret(found).findtext("IsToBePrinted") == "true"


def test_card_charges_and_credits_mirror_each_other(office):
    """A charge raises what is owed, a credit lowers it; both have positive amounts."""
    charge = ret(office.done(CARD.format("CreditCardCharge")))
    assert charge.findtext("Amount") == "25.50"
    assert office.company.balance("PEX Credit Card") == Decimal("-25.50")
    credit = ret(office.done(CARD.format("CreditCardCredit")))
    assert credit.findtext("Amount") == "25.50"
    assert credit.findtext("ExternalGUID") == "{6f1c2a3e-0000-4000-8000-000000000001}"
    assert office.company.balance("PEX Credit Card") == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (CARD.format("CreditCardCharge").replace("PEX Credit Card", "PEX Card Account"), "3210"),
        (CARD.format("CreditCardCharge").replace("Fuel", "Nowhere"), "3140"),
        (CARD.format("CreditCardCharge").replace("Shell", "Nobody"), "3140"),
        (CARD.format("CreditCardCharge").replace(">20.00", ">-20.00"), "3210"),
        (CARD.format("CreditCardCharge").replace("Fuel", "Accounts Receivable"), "3180"),
        (
            CARD.format("CreditCardCharge").replace(
                "<AccountRef><FullName>Fuel</FullName></AccountRef>", ""
            ),
            "3270",
        ),
        (JOURNAL.format("Fuel", "PEX Card Account", "9.99"), "3180"),
        (JOURNAL.format("Fuel", "Accounts Payable", "10.00"), "3180"),
        (TRANSFER.format("Operating Checking"), "3210"),
        (TRANSFER.format("Fuel"), "3210"),
        (DEPOSIT.format("Operating Checking", ""), "3150"),
        (DEPOSIT.format("Fuel", DEPOSIT_LINE.format("Fuel", "1.00")), "3210"),
        (DEPOSIT.format("Operating Checking", DEPOSIT_LINE.format("Fuel", "-1.00")), "3210"),
    ],
)
def test_what_the_books_do_not_allow_is_refused_and_leaves_no_trace(office, body, code):
    """Wrong types of account, unknown names, totals below nothing, journals out of balance."""
    before = office.company.documents()
    assert office.refused(body) == code
    assert office.company.documents() == before


def test_class_tracking_can_be_off(office):
    """A class on a line answers 3250 then, and PreferencesQuery says so."""
    office.company.configure(class_tracking=False)
    assert office.refused(CARD.format("CreditCardCharge")) == "3250"
    found = office.done("<PreferencesQueryRq/>")
    assert found.findtext("PreferencesRet/AccountingPreferences/IsUsingClassTracking") == "false"


def test_inactive_objects_are_usable_unless_the_switch_says_otherwise(office, make_check):
    """Whether QuickBooks takes an inactive account is a doubt, so both are simulated."""
    office.done(make_check(account="Postage"))
    office.company.configure(inactive_reference="refuse")
    assert office.refused(make_check(account="Postage")) == "3140"


def test_a_deposit_collects_lines_into_an_account(office):
    """Lines credit their accounts, a negative one is a fee, cash back goes elsewhere."""
    cash_back = (
        "<CashBackInfoAdd><AccountRef><FullName>Owner Draws</FullName></AccountRef>"
        "<Amount>5.00</Amount></CashBackInfoAdd>"
    )
    lines = DEPOSIT_LINE.format("Card Rebates", "30.00") + DEPOSIT_LINE.format(
        "Bank Service Charges", "-1.00"
    )
    found = ret(office.done(DEPOSIT.format("Operating Checking", cash_back + lines)))
    assert found.findtext("DepositTotal") == "24.00"
    assert office.company.balance("Operating Checking") == Decimal("250024.00")
    assert office.company.balance("Owner Draws") == Decimal("5.00")
    assert office.company.balance("Card Rebates") == Decimal("-30.00")


def test_a_journal_entry_posts_its_lines_in_their_order(office):
    """Debit and credit lines come back as they were sent; the number is given when missing."""
    found = ret(office.done(JOURNAL.format("Fuel", "PEX Card Account", "10.00")))
    assert [one.tag for one in found][-2:] == ["JournalDebitLine", "JournalCreditLine"]
    second = office.done(
        JOURNAL.format("Fuel", "PEX Card Account", "10.00").replace("<RefNumber>J1</RefNumber>", "")
    )
    assert ret(second).findtext("RefNumber") == "1"


def test_a_transfer_can_be_changed_but_has_no_number_and_cannot_be_removed(office):
    """Only TransferMod exists; QuickBooks' own user can still delete one."""
    found = office.done(TRANSFER.format("PEX Card Account"))
    assert ret(found).findtext("ToAccountBalance") == "1000.00"
    office.done(mod("Transfer", found, "<Amount>900.00</Amount>"))
    assert office.company.balance("PEX Card Account") == Decimal("900.00")
    office.company.human.delete_document(ret(found).findtext("TxnID"))
    assert office.company.balance("PEX Card Account") == 0


def test_a_mod_of_the_header_leaves_the_lines_alone(office):
    """Lines that are not mentioned stay with their ids."""
    found = office.done(CARD.format("CreditCardCharge"))
    office.clock.tick()
    changed = office.done(mod("CreditCardCharge", found, "<Memo>checked</Memo>"))
    assert ret(changed).findtext("Memo") == "checked"
    assert ret(changed).findtext("EditSequence") == "1785938401"
    assert ret(changed).findtext("TimeCreated") == "2026-08-05T10:00:00-04:00"
    ids = [one.findtext("TxnLineID") for one in ret(found).findall("ExpenseLineRet")]
    assert [one.findtext("TxnLineID") for one in ret(changed).findall("ExpenseLineRet")] == ids


def test_a_mod_that_names_lines_replaces_them(office):
    """Kept by id, new as -1, the others are gone."""
    found = office.done(CARD.format("CreditCardCharge"))
    keep = ret(found).findall("ExpenseLineRet")[1].findtext("TxnLineID")
    new = line(
        "-1",
        "<AccountRef><FullName>Travel:Hotel</FullName></AccountRef><Amount>1.00</Amount>",
    )
    changed = office.done(mod("CreditCardCharge", found, line(keep) + new))
    rows = ret(changed).findall("ExpenseLineRet")
    assert [one.findtext("AccountRef/FullName") for one in rows] == ["Travel:Meals", "Travel:Hotel"]
    assert rows[0].findtext("CustomerRef/FullName") == "Lakeside Clinic"
    assert ret(changed).findtext("Amount") == "6.50"
    assert office.company.balance("Fuel") == 0


def test_kept_lines_must_stand_in_their_order(office):
    """3290 otherwise, and 3120 for a line that is not there."""
    found = office.done(CARD.format("CreditCardCharge"))
    first, second = (one.findtext("TxnLineID") for one in ret(found).findall("ExpenseLineRet"))
    assert office.refused(mod("CreditCardCharge", found, line(second) + line(first))) == "3290"
    assert office.refused(mod("CreditCardCharge", found, line("999-1"))) == "3120"


def test_lines_of_a_journal_entry_are_changed_by_id(office):
    """A new pair of lines keeps the entry in balance."""
    found = office.done(JOURNAL.format("Fuel", "PEX Card Account", "10.00"))
    ids = [one.findtext("TxnLineID") for one in ret(found) if one.tag.startswith("Journal")]
    inner = "".join(
        f"<JournalLineMod><TxnLineID>{one}</TxnLineID><Amount>7.00</Amount></JournalLineMod>"
        for one in ids
    ) + (
        "<JournalLineMod><TxnLineID>-1</TxnLineID><JournalLineType>Debit</JournalLineType>"
        "<AccountRef><FullName>Travel</FullName></AccountRef><Amount>1.00</Amount>"
        "</JournalLineMod>"
    )
    assert office.refused(mod("JournalEntry", found, inner)) == "3180"
    balanced = inner.replace("Debit", "Credit").replace("1.00", "0.00")
    office.done(mod("JournalEntry", found, balanced))
    assert office.company.balance("Fuel") == Decimal("7.00")


def test_a_stale_document_is_refused(office):
    """3200 with the number that was given."""
    found = office.done(CARD.format("CreditCardCharge"))
    office.clock.tick()
    office.company.human.edit_document(ret(found).findtext("TxnID"), {"Memo": "mine"})
    answer = office.ask(mod("CreditCardCharge", found, "<Memo>yours</Memo>"))
    assert answer.get("statusCode") == "3200"
    assert '"1785938400" is out-of-date' in answer.get("statusMessage")


def test_a_void_keeps_the_document_and_empties_it(office):
    """Amounts become nothing, the memo says so, TimeModified moves, nothing is deleted."""
    found = office.check("9.00")
    office.clock.tick()
    office.done(remove("Void", "Check", found))
    voided = office.done("<CheckQueryRq><IncludeLineItems>true</IncludeLineItems></CheckQueryRq>")
    document = ret(voided)
    assert document.findtext("Amount") == "0.00"
    assert document.findtext("ExpenseLineRet/Amount") == "0.00"
    assert document.findtext("Memo") == "VOID: fee"
    assert document.findtext("EditSequence") == "1785938401"
    assert office.company.balance("Fuel") == 0
    asked = "<TxnDeletedQueryRq><TxnDelType>Check</TxnDelType></TxnDeletedQueryRq>"
    assert office.ask(asked).get("statusCode") == "1"
    office.done(remove("Void", "Check", found))


def test_a_deleted_document_is_gone_and_remembered_for_ninety_days(office):
    """A second delete answers 3120; TxnDeletedQuery lists it within its window."""
    found = office.check("9.00")
    answer = office.done(remove("Del", "Check", found))
    assert answer.findtext("RefNumber") == "A1"
    assert office.refused(remove("Del", "Check", found)) == "3120"
    assert office.refused(remove("Del", "Bill", found)) == "3120"
    asked = (
        "<TxnDeletedQueryRq><TxnDelType>Check</TxnDelType><DeletedDateRangeFilter>"
        "<FromDeletedDate>2026-08-01</FromDeletedDate></DeletedDateRangeFilter></TxnDeletedQueryRq>"
    )
    assert office.done(asked).findtext("TxnDeletedRet/RefNumber") == "A1"
    office.clock.tick(90 * 24 * 3600 + 1)
    assert office.ask(asked).get("statusCode") == "1"


@pytest.mark.parametrize("date", ["2026-07-31", "2026-06-01"])
def test_closed_books_refuse_documents_up_to_the_closing_date(office, make_check, date):
    """Adding, changing, voiding and deleting are refused; the day after is open."""
    office.done(make_check(date="2026-08-01"))
    old = office.check(date=date)
    office.company.human.set_closing_date(dt.date(2026, 7, 31))
    office.done(make_check(number="B", date="2026-08-01"))
    assert office.refused(make_check(date=date)) == "3180"
    assert office.refused(mod("Check", old, "<Memo>x</Memo>")) == "3171"
    assert office.refused(remove("Void", "Check", old)) == "3171"
    assert office.refused(remove("Del", "Check", old)) == "3161"
    new = ret(office.done("<CheckQueryRq><RefNumber>B</RefNumber></CheckQueryRq>"))
    assert office.refused(mod("Check", [new], f"<TxnDate>{date}</TxnDate>")) == "3171"
    office.company.configure(closed_add_code=3170)
    assert office.refused(make_check(date=date)) == "3170"
    office.company.human.delete_document(ret(old).findtext("TxnID"))


def test_somebody_elses_lock_is_an_error_to_try_again(office, make_check):
    """Locked documents answer 3175, and a rate of lock errors can be set for all writes."""
    found = office.check()
    office.company.configure(locked_ids=(ret(found).findtext("TxnID"),))
    assert office.refused(mod("Check", found, "<Memo>x</Memo>")) == "3175"
    assert office.refused(remove("Del", "Check", found)) == "3175"
    office.company.configure(locked_ids=(), lock_error_rate=1.0, lock_error_code=3180)
    answer = office.ask(make_check())
    assert answer.get("statusCode") == "3180"
    assert "modified by another user" in answer.get("statusMessage")
    office.company.configure(lock_error_rate=0.5)
    codes = {office.ask(make_check()).get("statusCode") for _ in range(40)}
    assert codes == {"0", "3180"}


def test_a_read_only_permission_refuses_every_write(office, make_check):
    """A user who may only read gets status 3260 for every write."""
    office.company.configure(read_only=True)
    assert office.refused(make_check()) == "3260"
    office.done("<ClassQueryRq/>")
