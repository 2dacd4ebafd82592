"""The file that introduces the service is right, or is not made."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from subledger_quickbooks_desktop.wire.qwc import ConnectorFile, render_qwc

GOLDEN = Path(__file__).parent / "golden" / "connector.qwc"
FIELDS: dict[str, Any] = {
    "app_name": "subledger Northwind Care",
    "app_url": "https://books.example.com/qbwc/northwind",
    "app_description": "Keeps Northwind's cards & books in agreement",
    "app_support": "https://books.example.com/support",
    "user_name": "northwind",
    "owner_id": "{11111111-2222-3333-4444-555555555555}",
    "file_id": "{99999999-8888-7777-6666-555555555555}",
}


def test_the_file_is_as_on_disk() -> None:
    """Every tag, with its value, in ASCII."""
    file = ConnectorFile(
        **FIELDS, run_every_minutes=5, unique_name="subledger-northwind", auth_flags=0xF
    )
    assert render_qwc(file) == GOLDEN.read_bytes()


def test_a_minimal_file_has_the_required_tags() -> None:
    """What may be left out is left out; the identifier is there though empty."""
    root = etree.fromstring(render_qwc(ConnectorFile(**FIELDS)))
    tags = [child.tag for child in root]
    assert {"AppName", "AppID", "AppURL", "AppDescription", "AppSupport", "UserName", "OwnerID",
            "FileID", "QBType"} <= set(tags)  # fmt: skip
    assert not {"Scheduler", "AuthFlags", "CertURL", "AppUniqueName"} & set(tags)
    assert "assword" not in render_qwc(ConnectorFile(**FIELDS)).decode()


def test_seconds_are_an_alternative_to_minutes() -> None:
    """One of them is written."""
    root = etree.fromstring(render_qwc(ConnectorFile(**FIELDS, run_every_seconds=90)))
    assert root.findtext("Scheduler/RunEveryNSeconds") == "90"
    assert root.find("Scheduler/RunEveryNMinutes") is None


def test_localhost_may_use_http() -> None:
    """For development on the same computer."""
    local = {"app_url": "http://localhost:8080/qbwc", "app_support": "http://localhost:8080/"}
    ConnectorFile(**(FIELDS | local))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"app_name": " "}, "app_name: must not be empty"),
        ({"user_name": ""}, "user_name: must not be empty"),
        ({"user_name": "a\nb"}, "user_name: holds control characters"),
        ({"app_description": "x" * 81}, "app_description: 81 characters, at most 80"),
        ({"app_url": "http://books.example.com/"}, "app_url: must begin with https://"),
        ({"app_url": "ftp://books.example.com/"}, "app_url: must be an absolute https URL"),
        ({"app_url": "/qbwc"}, "app_url: must be an absolute https URL"),
        ({"app_url": "https://192.0.2.7/"}, "app_url: must name a host"),
        ({"app_url": "https://[2001:db8::1]/"}, "app_url: must name a host"),
        ({"app_url": "https://u:p@books.example.com/"}, "app_url: must be an absolute https URL"),
        ({"app_url": "https://books.example.com/a b"}, "app_url: must be plain ASCII"),
        ({"app_url": "https://books.example.com:x/"}, "app_url: .* is no URL"),
        ({"app_support": "https://other.example.com/"}, "app_support: its host other.example.com"),
        ({"owner_id": "11111111-2222-3333-4444-555555555555"}, "owner_id: must be a GUID in brac"),
        ({"file_id": ""}, "file_id: must be a GUID in braces"),
        ({"run_every_minutes": 0}, "run_every_minutes: must be 1 or more"),
        ({"run_every_minutes": 1, "run_every_seconds": 1}, "give one of them"),
        ({"cert_url": "http://books.example.com/"}, "cert_url: must begin with https://"),
    ],
)
def test_what_the_web_connector_would_refuse_is_refused_with_a_reason(
    change: dict[str, Any], message: str
) -> None:
    """The text names the field and the rule."""
    with pytest.raises(ValueError, match=message):
        ConnectorFile(**(FIELDS | change))


def test_the_longest_description_is_allowed() -> None:
    """Eighty is the limit, not seventy-nine."""
    ConnectorFile(**(FIELDS | {"app_description": "x" * 80}))
