"""What the first call of a session tells about the company file."""

from datetime import date
from pathlib import Path

import pytest

from subledger_quickbooks_desktop.wire.hcp import CompanyFacts, parse_hcp
from subledger_quickbooks_desktop.wire.xml import HostileXml

DOCUMENT = (Path(__file__).parent / "golden" / "answer_session_start.xml").read_text()
OWNER = "{11111111-2222-3333-4444-555555555555}"


def test_every_fact_of_a_full_answer_is_read() -> None:
    """Host, company and preferences become one value."""
    assert parse_hcp(DOCUMENT, owner_id=OWNER) == CompanyFacts(
        company_name="Northwind Care LLC",
        legal_name="Northwind Care LLC",
        file_id="{99999999-8888-7777-6666-555555555555}",
        product="QuickBooks Enterprise Solutions 24.0",
        product_version="34.0",
        country="US",
        supported_versions=("1.0", "13.0", "16.0"),
        file_mode="SingleUser",
        auto_login=True,
        auto_login_allowed=True,
        is_sample=False,
        class_tracking=True,
        multicurrency=False,
        sales_tax=False,
        closing_date=date(2025, 12, 31),
        auto_apply_payments=True,
        personal_data=False,
    )


def test_the_file_id_of_another_application_is_not_taken_for_ours() -> None:
    """Private data belongs to its owner; GUIDs compare without regard to case."""
    other = "{AAAAAAAA-2222-3333-4444-555555555555}"
    assert parse_hcp(DOCUMENT, owner_id=other).file_id == "{00000000-0000-0000-0000-000000000000}"
    assert parse_hcp(DOCUMENT, owner_id="{x}").file_id == ""


def test_sales_tax_is_on_when_its_preferences_are_there() -> None:
    """QuickBooks leaves the group out when sales tax is off."""
    with_tax = DOCUMENT.replace(
        "<CurrentApp", "<SalesTaxPreferences><PaySalesTax>Monthly</PaySalesTax>"
        "</SalesTaxPreferences><CurrentApp",
    )  # fmt: skip
    assert parse_hcp(with_tax, owner_id=OWNER).sales_tax is True


def test_what_is_missing_stays_unknown() -> None:
    """A partial answer gives unknown facts, not wrong ones."""
    facts = parse_hcp("<QBXML><QBXMLMsgsRs/></QBXML>", owner_id=OWNER)
    assert facts == CompanyFacts()
    broken = DOCUMENT.replace("2025-12-31", "0000-00-00").replace("<CompanyName>", "<CompanyName/>")
    with pytest.raises(HostileXml):
        parse_hcp(broken, owner_id=OWNER)
    assert parse_hcp(DOCUMENT.replace("2025-12-31", "0000-00-00"), owner_id=OWNER).closing_date is (
        None
    )
