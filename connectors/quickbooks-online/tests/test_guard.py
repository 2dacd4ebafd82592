"""The guard that links keep for years: it may not change with the code that makes it."""

from decimal import Decimal

import pytest

from subledger_quickbooks_online.interpret import guard_of, was_edited

INVOICE = {
    "Id": "7",
    "SyncToken": "3",
    "DocNumber": "1001",
    "PrivateNote": 'sl:invoice-1 café "x"\n',
    "TotalAmt": Decimal("10.50"),
    "Active": True,
    "CustomerRef": {"value": "4", "name": "A"},
    "Line": [
        {
            "Id": "1",
            "Amount": Decimal("10.5"),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "2"}, "Qty": 2},
        }
    ],
    "Balance": Decimal(0),
}


def test_a_guard_stays_what_it_was():
    """What an earlier version of this connector stored still fits."""
    assert guard_of(INVOICE) == "3:a82630fccde8d6e7"


@pytest.mark.parametrize(
    "same", [{"SyncToken": "4"}, {"Balance": Decimal(5)}, {"TotalAmt": Decimal("10.5")}]
)
def test_what_we_do_not_write_is_no_edit(same):
    """A payment that is applied, or the form of a number, changes nothing that we wrote."""
    assert not was_edited({**INVOICE, **same}, guard_of(INVOICE))


@pytest.mark.parametrize(
    "edit", [{"DocNumber": "1002"}, {"PrivateNote": "cafe"}, {"TotalAmt": Decimal("10.51")}]
)
def test_what_we_write_is_compared(edit):
    """A changed number, note or amount is an edit."""
    assert was_edited({**INVOICE, **edit}, guard_of(INVOICE))
