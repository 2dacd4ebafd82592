"""Entities as the kernel stores them, and the bodies that they must become."""

import json
from pathlib import Path

import pytest

from subledger.model.stored import load
from subledger_quickbooks_online.company import Account, Company
from subledger_quickbooks_online.render import render
from subledger_quickbooks_online.wire.jsontext import to_json

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.json") if ".expected" not in path.name)
COMPANY = Company(
    accounts={
        "35": Account(id="35", name="Checking", type="Bank"),
        "36": Account(id="36", name="Savings", type="Bank"),
        "42": Account(id="42", name="Visa", type="Credit Card"),
        "84": Account(id="84", name="A/R", type="Accounts Receivable"),
    },
    location="3",
)


@pytest.mark.parametrize("name", NAMES)
def test_an_entity_becomes_what_is_written_beside_it(delivery, name):
    """The file beside a stored entity is the body that is sent, digit by digit."""
    entity = load((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    expected = json.loads((GOLDEN / f"{name}.expected.json").read_text(encoding="utf-8"))
    write = render(delivery(entity), COMPANY)
    assert write.entity == expected["entity"]
    assert json.loads(to_json(write.body), parse_float=str) == expected["body"]
