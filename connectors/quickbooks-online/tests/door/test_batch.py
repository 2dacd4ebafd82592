"""Batches: independent items, in JSON and in XML."""

import pytest

from subledger_quickbooks_online.simulator.xmlform import NAMESPACE

N = f"{{{NAMESPACE}}}"


def vendor(number):
    return {
        "bId": f"b{number}",
        "operation": "create",
        "Vendor": {"DisplayName": f"Vendor {number}"},
    }


def batch(app, *items, **query):
    return app.post("batch", {"BatchItemRequest": list(items)}, **query)["BatchItemResponse"]


def test_one_bad_item_leaves_the_others(app):
    """Each item is answered by its bId; a refused one holds a Fault and the status stays 200."""
    made = batch(app, vendor(1), {**vendor(1), "bId": "again"}, vendor(2))
    assert [one["bId"] for one in made] == ["b1", "again", "b2"]
    assert made[0]["Vendor"]["DisplayName"] == "Vendor 1"
    assert made[1]["Fault"]["Error"][0]["code"] == "6240"
    assert app.count("Vendor") == 2


def test_all_operations(app, bill):
    """Create, update, void by option, delete and query travel in one batch each."""
    made = batch(app, {"bId": "1", "operation": "create", "Bill": bill})[0]["Bill"]
    stub = {"Id": made["Id"], "SyncToken": "0"}
    changes = {**stub, "sparse": True, "PrivateNote": "noted"}
    [changed] = batch(app, {"bId": "2", "operation": "update", "Bill": changes})
    assert changed["Bill"]["PrivateNote"] == "noted"
    [rows] = batch(app, {"bId": "3", "Query": "select * from Bill"})
    assert rows["QueryResponse"]["Bill"][0]["Id"] == made["Id"]
    [gone] = batch(app, {"bId": "4", "operation": "delete", "Bill": {**stub, "SyncToken": "1"}})
    assert gone["Bill"]["status"] == "Deleted"


@pytest.mark.parametrize("options", ["void", "include=void"])
def test_void_by_option(app, options):
    """The item's optionsData voids a payment."""
    customer = app.post("customer", {"DisplayName": "Blue Clinic"})["Customer"]["Id"]
    made = app.post("payment", {"CustomerRef": {"value": customer}, "TotalAmt": 25})["Payment"]
    item = {
        "bId": "1",
        "operation": "update",
        "optionsData": options,
        "Payment": {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True},
    }
    assert batch(app, item)[0]["Payment"]["TotalAmt"] == 0


def test_thirty_items(app):
    """Thirty items are taken, one more is refused with 1040 and nothing is done."""
    assert len(batch(app, *map(vendor, range(30)))) == 30
    body = {"BatchItemRequest": [vendor(number) for number in range(30, 61)]}
    assert app.code("POST", "batch", body) == (400, "1040")
    assert app.count("Vendor") == 30


@pytest.mark.parametrize("body", [{}, {"BatchItemRequest": []}, None])
def test_an_empty_batch(app, body):
    """A batch without items is refused."""
    status, answered = app.call("POST", "batch", body)
    assert status == 400
    assert answered["Fault"]["Error"][0]["Detail"] == "Batch Request is Empty"


@pytest.mark.parametrize(
    "item",
    [
        {"bId": "1"},
        {"bId": "1", "operation": "create", "Vendor": {}, "Customer": {}},
        "nonsense",
    ],
)
def test_an_item_without_one_object(app, item):
    """An item holds exactly one object or query."""
    assert app.code("POST", "batch", {"BatchItemRequest": [item]}) == (400, "2010")


def test_an_unknown_entity_or_operation(app):
    """Both are faults of their item only."""
    made = batch(
        app,
        {"bId": "1", "operation": "create", "Nonsense": {}},
        {"bId": "2", "operation": "explode", "Vendor": {}},
        vendor(3),
    )
    assert [one["Fault"]["Error"][0]["code"] for one in made[:2]] == ["500", "500"]
    assert "Vendor" in made[2]


def test_each_item_is_remembered(app):
    """The requestid of a batch makes each of its items repeatable by its bId."""
    first = batch(app, vendor(1), vendor(2), requestid="key-1")
    assert batch(app, vendor(1), vendor(2), requestid="key-1") == first
    assert app.count("Vendor") == 2
    again = batch(app, vendor(2), {**vendor(3), "bId": "b9"}, requestid="key-1")
    assert again[0] == first[1]
    assert app.count("Vendor") == 3


def test_a_refused_item_is_not_remembered(app):
    """Control: what failed is tried again under the same requestid."""
    app.post("vendor", {"DisplayName": "Vendor 1"})
    assert "Fault" in batch(app, vendor(1), requestid="key-1")[0]
    [other] = app.query("select * from Vendor")["Vendor"]
    app.person.edit("Vendor", other["Id"], {"DisplayName": "Renamed"})
    assert "Vendor" in batch(app, vendor(1), requestid="key-1")[0]


def test_long_ids(app):
    """With a requestid of 37 characters or a bId of 11 the items are refused with 2130."""
    [one] = batch(app, vendor(1), requestid="k" * 37)
    assert one["Fault"]["Error"][0]["code"] == "2130"
    [one] = batch(app, {**vendor(1), "bId": "b" * 11}, requestid="k" * 36)
    assert one["Fault"]["Error"][0]["code"] == "2130"
    [one] = batch(app, {**vendor(1), "bId": "b" * 10}, requestid="k" * 36)
    assert "Vendor" in one


def test_changes_in_a_batch(app):
    """Change data capture may be an item."""
    batch(app, vendor(1))
    query = {"Entities": "Vendor", "ChangedSince": "2026-03-01T00:00:00Z"}
    [one] = batch(app, {"bId": "c", "CDCQuery": query})
    assert one["CDCResponse"][0]["QueryResponse"][0]["Vendor"][0]["DisplayName"] == "Vendor 1"


def test_a_batch_in_xml(app, schema):
    """An XML batch is carried out, and its answer is valid by the schema."""
    body = (
        f'<IntuitBatchRequest xmlns="{NAMESPACE}">'
        '<BatchItemRequest bId="1" operation="create"><Vendor><DisplayName>One</DisplayName>'
        "</Vendor></BatchItemRequest>"
        '<BatchItemRequest bId="2"><Query>select * from Vendor</Query></BatchItemRequest>'
        '<BatchItemRequest bId="3" operation="create"><Vendor><DisplayName>One</DisplayName>'
        "</Vendor></BatchItemRequest></IntuitBatchRequest>"
    )
    root = app.xml("POST", "batch", body)
    schema.assertValid(root)
    assert [item.get("bId") for item in root] == ["1", "2", "3"]
    assert root[0].findtext(f"{N}Vendor/{N}DisplayName") == "One"
    assert root[1][0].tag == f"{N}QueryResponse"
    assert root[2].find(f"{N}Fault/{N}Error").get("code") == "6240"


def test_an_empty_item_in_xml(app):
    """An XML item without content is refused."""
    body = f'<IntuitBatchRequest xmlns="{NAMESPACE}"><BatchItemRequest/></IntuitBatchRequest>'
    assert app.xml("POST", "batch", body).find(f".//{N}Error").get("code") == "2010"
