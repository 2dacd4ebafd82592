"""The settings of one connected company file."""

import datetime as dt
import re
from typing import Literal

from attrs import field, frozen

from subledger.config.fields import Secret, describe

OWNER_ID = "{5b7c4b8e-2f6d-4b52-9a54-6d0f1c8d7e21}"
"""Identifies this application to QuickBooks, in all companies.

Source: QuickBooks Web Connector Programmer's Guide, chapter 4 (OwnerID).
"""

_GUID = re.compile(r"\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}\Z")


def _guid_or_empty(_instance: object, _attribute: object, value: str) -> None:
    if value and not _GUID.match(value):
        raise ValueError("write it as {xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}, with braces")


@frozen(kw_only=True)
class QuickBooksDesktopConfig:
    """One company file, reached through the QuickBooks Web Connector."""

    company_file: str = field(
        default="",
        metadata=describe(
            "Full path of the company file on the Windows computer; empty means the file that is "
            "open. Unattended runs need it.",
            example=r"'C:\Books\Acme.qbw'",
        ),
    )
    company_name: str = field(
        default="",
        metadata=describe("Name shown in the Web Connector; the connection's name by default."),
    )
    username: str = field(
        default="",
        metadata=describe("User name of the Web Connector; the connection's name by default."),
    )
    password: Secret | None = field(
        default=None,
        metadata=describe(
            "Password of the Web Connector by reference; without it, `subledger qwc NAME "
            "--new-password` makes one.",
            example='{ env = "QBWC_PASSWORD" }',
        ),
    )
    file_id: str = field(
        default="",
        validator=_guid_or_empty,
        metadata=describe("FileID of the .qwc file; made once and remembered by default."),
    )
    check_file_id: bool = field(
        default=True,
        metadata=describe("Refuse to work while a company file with another FileID is open."),
    )
    transfers: Literal["journal_entry", "transfer"] = field(
        default="journal_entry",
        metadata=describe(
            "What a transfer becomes; a QuickBooks Transfer cannot be voided or found again."
        ),
    )
    run_every: dt.timedelta = field(
        default=dt.timedelta(minutes=15),
        metadata=describe("How often the Web Connector is to run by itself."),
    )
    back_off: dt.timedelta = field(
        default=dt.timedelta(),
        metadata=describe(
            "How long the Web Connector stays away with Auto-Run after it found nothing to do; 0 "
            "leaves it to its own interval. Not shorter than run_every.",
            example='"1h"',
        ),
    )
    page_size: int = field(
        default=100, metadata=describe("Records a page when reading from QuickBooks.")
    )
    session_timeout: dt.timedelta = field(
        default=dt.timedelta(minutes=2),
        metadata=describe(
            "How long a silent session keeps other Web Connectors of this company out."
        ),
    )
    read_only: bool = field(
        default=False, metadata=describe("Read lists and documents, but never write.")
    )

    def __attrs_post_init__(self) -> None:
        if dt.timedelta() < self.back_off < self.run_every:
            raise ValueError(
                "back_off is shorter than run_every, so that it would call the Web Connector sooner"
            )
