"""Switches of one simulated installation and company file: preferences, doubts, faults."""

from __future__ import annotations

from attrs import frozen

VERSIONS = (
    "1.0", "1.1", "2.0", "2.1", "3.0", "4.0", "4.1", "5.0", "6.0", "7.0",
    "8.0", "9.0", "10.0", "11.0", "12.0", "13.0", "16.0",
)  # fmt: skip


@frozen(kw_only=True)
class Settings:
    """All switches with what a fresh sample company has; stored in the company file.

    Switches in the group "doubts" stand for behaviour that no public source settles.
    """

    # The installation and the company
    company_name: str = "Northwind Care LLC"
    company_file: str = r"C:\Books\Northwind.qbw"
    product_name: str = "QuickBooks Enterprise Solutions 24.0"
    country: str = "US"
    major_version: int = 13
    minor_version: int = 0
    versions: tuple[str, ...] = VERSIONS
    time_zone: str = "America/New_York"
    standard_offset_all_year: bool = False

    # Preferences
    class_tracking: bool = True
    sales_tax: bool = True
    auto_apply_payments: bool = False
    multi_user: bool = False
    automatic_login: bool = True
    personal_data: bool = True
    closing_date: str = ""

    # What the application may do, and whether QuickBooks can be reached
    read_only: bool = False
    begin_session_error: str = ""
    begin_session_message: str = ""
    process_error: str = ""
    process_message: str = ""

    # Other users
    lock_error_rate: float = 0.0
    lock_error_code: int = 3175
    locked_ids: tuple[str, ...] = ()

    # Faults that happen once, to a set that writes lists or documents: carry out so many of its
    # requests and fail without a stored answer; or carry out and store the next sets, and lose
    # so many answers on the way back
    fail_after_requests: int = -1
    lose_answers: int = 0

    # Doubts
    closed_add_code: int = 3180
    closed_modify_code: int = 3171
    closed_delete_code: int = 3161
    closed_message: str = "The date of the transaction is on or before the closing date."
    inactive_reference: str = "allow"
    missing_ref_number_warns: bool = False
    linked_changes_touch: bool = True
    unnamed_applications: str = "keep"
    delete_linked: str = "refuse"
    void_memo_prefix: str = "VOID: "
    replays_full_answer: bool = True
    replace_unstorable: bool = True
    trim_trailing: bool = True
    refuse_raw_characters: bool = True
    iterator_limit: int = 10
