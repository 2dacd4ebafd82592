"""Every code of QuickBooks has one fate, and a cause that a bookkeeper understands."""

import pytest

from subledger_quickbooks_desktop.wire import statuses
from subledger_quickbooks_desktop.wire.statuses import (
    Fate,
    fate_of_hresult,
    fate_of_status,
    parse_hresult,
)

STATUS_FATES = {
    0: "ok", 1: "empty", 500: "ok", 501: "ok", 510: "ok", 530: "ok", 531: "ok", 550: "ok",
    560: "ok", 570: "ok", 600: "verify", 1000: "verify", 1010: "retry", 1030: "fix", 1060: "fix",
    3000: "fix", 3010: "fix", 3020: "fix", 3030: "fix", 3031: "fix", 3035: "fix", 3040: "fix",
    3045: "fix", 3050: "fix", 3060: "fix", 3065: "fix", 3070: "fix", 3080: "fix", 3085: "fix",
    3090: "fix", 3100: "refresh", 3110: "fix", 3120: "refresh", 3130: "fix", 3140: "fix",
    3150: "fix", 3160: "ask", 3161: "ask", 3170: "ask", 3171: "ask", 3175: "retry", 3176: "retry",
    3180: "fix", 3185: "ask", 3190: "fix", 3200: "refresh", 3210: "refresh", 3231: "retry",
    3240: "refresh", 3250: "environment", 3260: "environment", 3261: "environment", 3270: "fix",
    3290: "fix", 3351: "fix", 3391: "refresh", 3500: "ask", 9001: "verify", 9002: "verify",
    9003: "verify", 9004: "fix", 9005: "verify",
}  # fmt: skip
HRESULT_FATES = {
    "0x80040400": ("fix", "fix"), "0x80040401": ("verify", "retry"),
    "0x80040402": ("verify", "retry"), "0x80040403": ("environment", "environment"),
    "0x80040404": ("fix", "fix"), "0x80040408": ("retry", "retry"),
    "0x8004040A": ("environment", "environment"), "0x8004040C": ("retry", "retry"),
    "0x8004040D": ("retry", "retry"), "0x80040410": ("retry", "retry"),
    "0x80040414": ("retry", "retry"), "0x80040416": ("environment", "environment"),
    "0x8004041A": ("environment", "environment"), "0x8004041B": ("retry", "retry"),
    "0x8004041C": ("verify", "retry"), "0x8004041D": ("environment", "environment"),
    "0x80040420": ("environment", "environment"), "0x80040421": ("verify", "environment"),
    "0x80040422": ("environment", "environment"),
}  # fmt: skip


@pytest.mark.parametrize(("code", "fate"), STATUS_FATES.items())
def test_a_status_of_a_write_has_its_fate(code: int, fate: str) -> None:
    """Each status that a write can get has its fate, one by one."""
    verdict = fate_of_status(code, "Error", "", is_write=True)
    assert verdict.fate == fate
    assert verdict.cause.endswith(".")


def test_the_tables_hold_nothing_else() -> None:
    """A code added without a test is noticed."""
    assert set(statuses._STATUSES) == set(STATUS_FATES)
    assert set(statuses._HRESULTS) == {int(text, 16) for text in HRESULT_FATES}


@pytest.mark.parametrize(("hresult", "fates"), HRESULT_FATES.items())
def test_an_hresult_has_its_fate_after_a_write_and_after_a_read(
    hresult: str, fates: tuple[str, str]
) -> None:
    """Where a write may have happened, it is verified."""
    assert fate_of_hresult(hresult, is_write=True).fate == fates[0]
    assert fate_of_hresult(hresult, is_write=False).fate == fates[1]


@pytest.mark.parametrize(
    ("code", "message", "fate"),
    [
        (3180, "There was an error when saving.  This list has been modified by another user.",
         Fate.RETRY),
        (3180, "The transaction could not be locked. It is in use by another user.", Fate.RETRY),
        (3170, "QuickBooks failed to acquire the lock for this object.", Fate.RETRY),
        (3170, "The transaction is in a closed period: the books have been closed.", Fate.ASK),
        (3180, "The account is missing.", Fate.FIX),
        (3140, "It is in use by another user.", Fate.FIX),
    ],
)  # fmt: skip
def test_lock_texts_split_two_codes_and_no_others(code: int, message: str, fate: Fate) -> None:
    """The code decides; the text only tells a lock from a refusal in 3170 and 3180."""
    assert fate_of_status(code, "Error", message, is_write=True).fate == fate


@pytest.mark.parametrize("code", [3160, 3170, 3172, 3180, 3185])
@pytest.mark.parametrize(
    "message",
    [
        "The payment has been deposited. Remove it from the deposit first.",
        "You cannot modify this transaction because it is in a deposit.",
    ],
)
def test_what_is_in_a_deposit_is_told_with_the_way_out(code: int, message: str) -> None:
    """Whatever code refuses a change of deposited money, the hint is to take it out first."""
    verdict = fate_of_status(code, "Error", message, is_write=True)
    assert verdict.fate == Fate.ASK
    assert "Make Deposits" in verdict.hint


def test_other_words_about_deposits_are_no_such_refusal() -> None:
    """A wrong account to deposit to, or another code, is what its code says."""
    wrong = 'The "DepositToAccountRef" field has an invalid value.'
    assert fate_of_status(3180, "Error", wrong, is_write=True).fate == Fate.FIX
    gone = "The deposit has been deposited."
    assert fate_of_status(3120, "Error", gone, is_write=True).fate == Fate.REFRESH


@pytest.mark.parametrize(
    ("code", "severity", "is_write", "fate"),
    [
        (3999, "Error", True, Fate.FIX),
        (3999, "Error", False, Fate.FIX),
        (1999, "Error", True, Fate.FIX),
        (1999, "Error", False, Fate.RETRY),
        (1000, "Error", False, Fate.RETRY),
        (599, "Warn", True, Fate.OK),
        (7, "Info", True, Fate.OK),
        (-1, "", True, Fate.VERIFY),
        (-1, "", False, Fate.RETRY),
        (9150, "Error", True, Fate.FIX),
    ],
)
def test_an_unknown_status_is_judged_by_its_severity(
    code: int, severity: str, is_write: bool, fate: Fate
) -> None:
    """An Error on a write stored nothing; a missing status proves nothing."""
    assert fate_of_status(code, severity, "", is_write=is_write).fate == fate


@pytest.mark.parametrize("hresult", ["0x80041234", "", "rubbish", "0x800706BE"])
def test_an_unknown_hresult_after_a_write_is_verified(hresult: str) -> None:
    """And after a read it is tried again."""
    assert fate_of_hresult(hresult, is_write=True).fate == Fate.VERIFY
    assert fate_of_hresult(hresult, is_write=False).fate == Fate.RETRY


@pytest.mark.parametrize("text", ["0x80040400", "80040400", " 0X80040400 ", "-2147220480"])
def test_an_hresult_is_read_in_every_spelling(text: str) -> None:
    """Hexadecimal with or without prefix, signed decimal."""
    assert parse_hresult(text) == 0x80040400


def test_what_was_saved_with_a_loss_is_shown() -> None:
    """550 and 570 are done, but a person should know."""
    assert fate_of_status(550, "Warn", "", is_write=True).notice
    assert fate_of_status(570, "Warn", "", is_write=True).notice
    assert not fate_of_status(0, "Info", "", is_write=True).notice


def test_whoever_must_act_is_told_how() -> None:
    """Every fate that needs a person carries a hint."""
    cases = [*statuses._STATUSES.values(), *statuses._HRESULTS.values()]
    for case in cases:
        if case.fate in {Fate.FIX, Fate.ENVIRONMENT, Fate.ASK}:
            assert case.hint.endswith("."), case
