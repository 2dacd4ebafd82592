"""Time activities: hours of an employee or a vendor. They post nothing."""

from __future__ import annotations

from subledger_quickbooks_online.simulator.company import faults
from subledger_quickbooks_online.simulator.company.books import Books, Draft, ref


def prepare(books: Books, draft: Draft) -> None:
    """Whose time it is, when, and how long; 2020 names what is missing."""
    body = draft.body
    body.setdefault("TxnDate", books.today)
    body.setdefault("BillableStatus", "NotBillable")
    worker = f"{body['NameOf']}Ref"
    if not ref(body, worker):
        raise faults.missing(worker)
    if "StartTime" in body and "EndTime" not in body:
        raise faults.missing("EndTime")
    if not {"Hours", "Minutes", "StartTime"} & set(body):
        raise faults.missing("Hours")
    if body["BillableStatus"] == "Billable" and not ref(body, "CustomerRef"):
        raise faults.billable_without_customer()
