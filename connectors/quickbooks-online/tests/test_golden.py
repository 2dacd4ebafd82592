"""Entities as the kernel stores them, and the bodies that they must become."""

import json
from pathlib import Path

import pytest

from subledger.model.stored import load
from subledger.testing.golden import orphans, pairs
from subledger_quickbooks_online.company import Account, Company
from subledger_quickbooks_online.render import render
from subledger_quickbooks_online.wire.jsontext import to_json

GOLDEN = Path(__file__).parent / "golden"
COMPANY = Company(
    accounts={
        "4": Account(
            id="4", name="Undeposited Funds", type="Other Current Asset", subtype="UndepositedFunds"
        ),
        "35": Account(id="35", name="Checking", type="Bank"),
        "36": Account(id="36", name="Savings", type="Bank"),
        "42": Account(id="42", name="Visa", type="Credit Card"),
        "84": Account(id="84", name="A/R", type="Accounts Receivable"),
    },
    location="3",
)


@pytest.mark.parametrize("pair", pairs(GOLDEN), ids=lambda pair: pair.name)
def test_an_entity_becomes_what_is_written_beside_it(delivery, pytestconfig, pair):
    """The file beside a stored entity is the body that is sent, digit by digit."""
    write = render(delivery(load(pair.input.read_text(encoding="utf-8"))), COMPANY)
    body = json.loads(to_json(write.body), parse_float=str)
    found = {"entity": write.entity, "body": body}
    assert not pair.difference(found, accept=pytestconfig.getoption("--accept"))


def test_no_body_is_without_its_entity():
    """Each file of what is expected stands beside what it is expected of."""
    assert orphans(GOLDEN) == []
