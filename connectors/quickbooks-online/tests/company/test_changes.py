"""What changed: change data capture, and the events for webhooks."""

import datetime as dt

import pytest


def operations(desk):
    return [(each.entity, each.id, each.operation) for each in desk.company.take_changes()]


def test_every_write_is_an_event(desk):
    """Create, Update, Void and Delete, oldest first; taken once."""
    customer = desk.customer()
    invoice = desk.invoice(customer)
    desk.change("Invoice", invoice, PrivateNote="x")
    desk.company.void("Invoice", desk.token("Invoice", invoice))
    desk.company.delete("Invoice", desk.token("Invoice", invoice))
    assert operations(desk) == [
        ("Customer", customer, "Create"),
        ("Invoice", "1", "Create"),
        ("Invoice", "1", "Update"),
        ("Invoice", "1", "Void"),
        ("Invoice", "1", "Delete"),
    ]
    assert operations(desk) == []


def test_a_new_company_has_no_events(desk):
    """What the starter company begins with is no change."""
    assert desk.company.take_changes() == []


def test_a_payment_changes_its_invoice(desk):
    """The other side of a link is an event of its own."""
    customer = desk.customer()
    invoice = desk.invoice(customer)
    desk.company.take_changes()
    desk.payment(customer, "40", (invoice, "Invoice", "40"))
    assert operations(desk) == [("Payment", "2", "Create"), ("Invoice", "1", "Update")]


def test_an_event_tells_its_moment(desk):
    """In UTC, by the company's clock."""
    desk.customer()
    assert desk.company.take_changes()[0].at == desk.clock.now


def test_a_refused_write_leaves_no_event(desk):
    """Neither an object nor an event."""
    desk.refused(desk.purchase, "-5")
    assert desk.company.take_changes() == []


def test_attachments_and_tax_codes_make_no_events(desk):
    """Intuit sends no webhooks for them."""
    desk.company.create("Attachable", {"Note": "x"})
    desk.company.tax_service({"TaxCode": "X", "TaxRateDetails": [{"TaxRateId": "1"}]})
    assert desk.company.take_changes() == []


def test_changes_since_a_moment(desk):
    """Whole objects of the entities that were asked for, one answer for each with changes."""
    since = desk.clock.now
    desk.clock.move(hours=1)
    customer = desk.customer()
    invoice = desk.invoice(customer)
    answers = desk.company.changed_since(["Invoice", "Customer", "Vendor"], since)
    assert answers == [
        {"Invoice": [invoice], "startPosition": 1, "maxResults": 1, "totalCount": 1},
        {
            "Customer": [desk.company.read("Customer", customer)],
            "startPosition": 1,
            "maxResults": 1,
            "totalCount": 1,
        },
    ]


def test_only_what_is_new_is_told(desk):
    """Objects from before the moment are left out; the moment itself counts."""
    old = desk.purchase()
    desk.clock.move(seconds=1)
    since = desk.clock.now
    new = desk.purchase()
    answer = desk.company.changed_since(["Purchase"], since)[0]
    assert [each["Id"] for each in answer["Purchase"]] == [new["Id"]]
    assert old["Id"] != new["Id"]


def test_no_change_is_one_empty_answer(desk):
    """A list with an empty object."""
    assert desk.company.changed_since(["Invoice"], desk.clock.now) == [{}]


def test_a_deleted_document_is_a_stub(desk):
    """Status Deleted, Id and the moment."""
    since = desk.clock.now
    shown = desk.purchase()
    desk.clock.move(hours=1)
    desk.company.delete("Purchase", desk.token("Purchase", shown))
    answer = desk.company.changed_since(["Purchase"], since)[0]
    assert answer["Purchase"] == [
        {
            "domain": "QBO",
            "status": "Deleted",
            "Id": shown["Id"],
            "MetaData": {"LastUpdatedTime": "2025-03-03T11:00:00-08:00"},
        }
    ]


def test_an_inactive_object_is_an_ordinary_one(desk):
    """Active false, not a stub."""
    since = desk.clock.now
    customer = desk.customer()
    desk.change("Customer", {"Id": customer}, Active=False)
    answer = desk.company.changed_since(["Customer"], since)[0]
    assert answer["Customer"][0]["Active"] is False


def test_thirty_days_are_the_farthest(open_desk):
    """Beyond them a fault, or by switch the last thirty days."""
    desk = open_desk()
    desk.purchase()
    since = desk.clock.now
    desk.clock.move(days=30)
    assert desk.company.changed_since(["Purchase"], since)[0]["maxResults"] == 1
    desk.clock.move(seconds=1)
    fault = desk.refused(desk.company.changed_since, ["Purchase"], since)
    assert fault.type == "ValidationFault"
    desk.company.configure(cdc_too_old="clamp")
    assert desk.company.changed_since(["Purchase"], since) == [{}]


@pytest.mark.parametrize("entity", ["TaxCode", "TaxRate", "TaxAgency", "Unicorn"])
def test_some_entities_have_no_change_data(desk, entity):
    """Those are refused."""
    assert desk.refused(desk.company.changed_since, [entity], desk.clock.now).code == "500"


def test_at_most_a_thousand_objects_are_told(desk):
    """In total over all entities."""
    since = desk.clock.now - dt.timedelta(days=1)
    with desk.company.transaction():
        for number in range(990):
            desk.company.create("Term", {"Name": f"T{number}", "DueDays": 1})
    answers = desk.company.changed_since(["Term", "Account"], since)
    assert [answer["maxResults"] for answer in answers] == [994, 6]


def test_what_is_gone_stands_among_the_others_in_time(desk):
    """One order of time, so that a full answer can be followed up from its last moment."""
    since = desk.clock.now
    first, gone, last = desk.purchase(), desk.purchase(), desk.purchase()
    for change in (
        lambda: desk.change("Purchase", first, PrivateNote="1"),
        lambda: desk.company.delete("Purchase", {"Id": gone["Id"], "SyncToken": "0"}),
        lambda: desk.change("Purchase", last, PrivateNote="3"),
    ):
        desk.clock.move(seconds=1)
        change()
    answer = desk.company.changed_since(["Purchase"], since)[0]["Purchase"]
    assert [each["Id"] for each in answer] == [first["Id"], gone["Id"], last["Id"]]
    assert [each.get("status") for each in answer] == [None, "Deleted", None]
