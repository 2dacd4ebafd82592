"""Change data capture."""

from datetime import timedelta

import pytest


def changed(app, since, entities="Vendor,Bill"):
    found = app.get("cdc", entities=entities, changedSince=since)["CDCResponse"]
    assert len(found) == 1
    return found[0]["QueryResponse"]


@pytest.mark.parametrize(
    "since", ["2026-03-02T09:00:00-08:00", "2026-03-02T17:00:00 00:00", "2026-03-02"]
)
def test_what_changed_since(app, bill, since):
    """Changed objects come whole; a blank where the offset's plus sign was is understood."""
    made = app.post("bill", bill)["Bill"]
    vendors, bills = changed(app, since)
    assert vendors["Vendor"][0]["DisplayName"] == "Northwind Paper"
    assert bills["Bill"] == [made]


def test_deleted_transactions_leave_stubs(app, bill):
    """A deleted document is told by its Id and status."""
    made = app.post("bill", bill)["Bill"]
    app.simulation.clock.advance(timedelta(minutes=1))
    app.person.delete("Bill", made["Id"])
    [bills] = changed(app, "2026-03-02T17:00:30Z", "bill")
    [stub] = bills["Bill"]
    assert (stub["Id"], stub["status"]) == (made["Id"], "Deleted")
    assert "Line" not in stub


def test_nothing_changed(app):
    """Without changes the answer holds an empty object."""
    assert changed(app, "2026-03-02T18:00:00Z", "Invoice") == [{}]


def test_thirty_days(app):
    """An older time is refused, or taken as thirty days ago by a switch of the company."""
    status, answered = app.call("GET", "cdc", entities="Vendor", changedSince="2026-01-01")
    assert (status, answered["Fault"]["type"]) == (400, "ValidationFault")
    app.person.company.configure(cdc_too_old="clamp")
    assert changed(app, "2026-01-01", "Vendor") == [{}]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"entities": "Vendor"}, "2020"),
        ({"changedSince": "2026-03-01"}, "2020"),
        ({"entities": "Nonsense", "changedSince": "2026-03-01"}, "500"),
        ({"entities": "Vendor", "changedSince": "yesterday"}, "2010"),
    ],
)
def test_what_is_missing_or_wrong(app, query, code):
    """Missing and unreadable parameters are refused."""
    assert app.code("GET", "cdc", **query) == (400, code)


def test_in_xml(app, bill, schema):
    """The XML form of changes and stubs is valid."""
    made = app.post("bill", bill)["Bill"]
    app.person.delete("Bill", made["Id"])
    schema.assertValid(app.xml("GET", "cdc", entities="Vendor,Bill", changedSince="2026-03-01"))
