"""The .qwc file and what the Web Connector checks when it is added."""

import re

import pytest
from attrs import evolve

from subledger_quickbooks_desktop.simulator.web_connector import (
    Applications,
    ConnectorError,
    TransportError,
    check_support,
    load_qwc,
)

GOOD = """<?xml version="1.0"?>
<QBWCXML>
  <AppName>Northwind sync</AppName>
  <AppID></AppID>
  <AppURL>https://books.example.com/qbwc</AppURL>
  <AppDescription>Posts card expenses</AppDescription>
  <AppSupport>https://books.example.com/support</AppSupport>
  <UserName>northwind</UserName>
  <OwnerID>{57F3B9B6-86F1-4FCC-B1EE-566DE1813D20}</OwnerID>
  <FileID>{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}</FileID>
  <QBType>QBFS</QBType>
  <Scheduler><RunEveryNMinutes>5</RunEveryNMinutes></Scheduler>
  <AuthFlags>0xF</AuthFlags>
  <IsReadOnly>false</IsReadOnly>
</QBWCXML>
"""


@pytest.fixture
def load(tmp_path):
    """Load a .qwc file with the given replacements."""

    def load_with(*replacements):
        text = GOOD
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "application.qwc"
        path.write_text(text)
        return load_qwc(path)

    return load_with


def test_a_good_file_becomes_an_application(load):
    """Names, addresses, ids and the interval."""
    application = load()
    assert application.app_name == "Northwind sync"
    assert application.app_url == "https://books.example.com/qbwc"
    assert application.username == "northwind"
    assert application.owner_id == "{57F3B9B6-86F1-4FCC-B1EE-566DE1813D20}"
    assert application.file_id == "{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}"
    assert application.every_seconds == 300
    assert not application.read_only


def test_the_first_unit_of_the_scheduler_wins(load):
    """Seconds before minutes means seconds."""
    seconds = "<Scheduler><RunEveryNSeconds>90</RunEveryNSeconds>"
    assert load(("<Scheduler>", seconds)).every_seconds == 90


def test_localhost_may_use_http(load):
    """For development only."""
    assert load(("https://books.example.com", "http://localhost:8080")).app_url.startswith("http:")


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("QBWC1000", "https://books.example.com/support", "https://help.example.com/support"),
        ("QBWC1001", "https://books.example.com/qbwc", "https://192.0.2.7/qbwc"),
        ("QBWC1001", "https://books.example.com/qbwc", "https://[2001:db8::1]/qbwc"),
        ("QBWC1002", "https://books.example.com/support", "https://192.0.2.7/support"),
        ("QBWC1010", "https://books.example.com/qbwc", "http://books.example.com/qbwc"),
        (
            "QBWC1026",
            "{57F3B9B6-86F1-4FCC-B1EE-566DE1813D20}",
            "57F3B9B6-86F1-4FCC-B1EE-566DE1813D20",
        ),
        ("QBWC1026", "{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}", "{90A44FB5}"),
        ("QBWC1034", "0xF", "all"),
        ("QBWC1039", "<UserName>northwind</UserName>", ""),
        ("QBWC1039", "<AppName>Northwind sync</AppName>", "<AppName/>"),
        ("QBWC1039", "Posts card expenses", "x" * 81),
        ("QBWC1039", "QBFS", "QBO"),
        ("QBWC1039", "<RunEveryNMinutes>5</RunEveryNMinutes>", ""),
        ("QBWC1039", "<RunEveryNMinutes>5", "<RunEveryNMinutes>0"),
        ("QBWC1039", "<AuthFlags>", "<Style>RPC</Style><AuthFlags>"),
        ("QBWC1039", "https://books.example.com/qbwc", "books.example.com/qbwc"),
        ("QBWC1039", "</QBWCXML>", ""),
    ],
)
def test_a_bad_file_is_refused_with_its_code(load, code, old, new):
    """Each rule of the guide has its code."""
    with pytest.raises(ConnectorError, match=code):
        load((old, new))


def test_another_root_is_no_application(tmp_path):
    """Any other XML file is refused with QBWC1039."""
    path = tmp_path / "x.qwc"
    path.write_text("<QBXML/>")
    with pytest.raises(ConnectorError, match="QBWC1039"):
        load_qwc(path)


@pytest.mark.parametrize("status", [200, 202])
async def test_a_support_page_answers_200_or_202(load, status):
    """Both count as reached."""
    urls = []

    async def get_status(url):
        urls.append(url)
        return status

    await check_support(load(), get_status)
    assert urls == ["https://books.example.com/support"]


async def test_a_support_page_that_is_not_there_is_refused(load):
    """Another status is QBWC1003, no answer QBWC1004."""

    async def not_found(url):
        return 404

    async def silent(url):
        raise TransportError("refused")

    with pytest.raises(ConnectorError, match="QBWC1003"):
        await check_support(load(), not_found)
    with pytest.raises(ConnectorError, match="QBWC1004"):
        await check_support(load(), silent)


def test_owner_and_file_id_belong_to_one_application(load):
    """The pair under another name is QBWC1039; another FileID is another company."""
    registry = Applications()
    first = load()
    registry.add(first)
    with pytest.raises(ConnectorError, match=re.escape("belong to Northwind sync")):
        registry.add(evolve(first, app_name="Northwind sync 2"))
    with pytest.raises(ConnectorError, match="There is an application named"):
        registry.add(first)
    other = "{00A44FB5-33D9-4815-AC85-BC87A7E7D1EB}"
    registry.add(evolve(first, app_name="Southwind sync", file_id=other))
    assert registry.names == ("Northwind sync", "Southwind sync")


def test_a_unique_name_replaces_the_application(load):
    """Adding it again updates instead of cloning."""
    registry = Applications()
    first = evolve(load(), app_unique_name="northwind")
    registry.add(first)
    registry.add(evolve(first, app_name="Northwind, renamed"))
    assert registry.names == ("Northwind, renamed",)
