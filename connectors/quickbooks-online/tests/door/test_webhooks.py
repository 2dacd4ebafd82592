"""Notifications: both formats, the signature, and what a person does."""

import base64
import hashlib
import hmac
import json

import pytest

from subledger_quickbooks_online.simulator import Subscription, sign
from subledger_quickbooks_online.simulator.delivery import deliver

URL = "https://app.example/webhook"


@pytest.fixture
def told(app):
    """A subscription; gives the bodies of what was told since the last look."""
    app.simulation.subscriptions.append(Subscription(url=URL, verifier="secret"))

    def go():
        return [json.loads(one.body) for one in app.simulation.take_notifications()]

    return go


def test_cloudevents(app, told):
    """The newer format: an array of events with the company's id in each."""
    made = app.post("vendor", {"DisplayName": "Paper"})["Vendor"]
    [[event]] = told()
    assert event["type"] == "qbo.vendor.created.v1"
    assert event["intuitentityid"] == made["Id"]
    assert event["intuitaccountid"] == app.realm
    assert event["specversion"] == "1.0"
    assert event["time"] == "2026-03-02T17:00:00.000000000Z"
    assert event["datacontenttype"] == "application/json"
    assert event["data"] == {}
    assert len(event["id"]) == 36


def test_the_legacy_format(app, told):
    """The older format: one notification for a company, with its entities."""
    app.simulation.set(webhook_format="legacy")
    made = app.post("vendor", {"DisplayName": "Paper"})["Vendor"]
    [body] = told()
    [notification] = body["eventNotifications"]
    assert notification["realmId"] == app.realm
    [entity] = notification["dataChangeEvent"]["entities"]
    assert entity == {
        "name": "Vendor",
        "id": made["Id"],
        "operation": "Create",
        "lastUpdated": "2026-03-02T17:00:00+0000",
    }


def test_the_signature_covers_the_body(app, told):
    """intuit-signature is the base64 of HMAC-SHA256 over the bytes of the body."""
    app.post("vendor", {"DisplayName": "Päper"})
    [notification] = app.simulation.take_notifications()
    digest = hmac.new(b"secret", notification.body, hashlib.sha256).digest()
    assert notification.headers["intuit-signature"] == base64.b64encode(digest).decode()
    assert sign("other", notification.body) != notification.headers["intuit-signature"]
    assert notification.url == URL


def test_reads_tell_nothing(app, told):
    """Control: only changes are told."""
    app.get("preferences")
    assert told() == []


def test_what_a_person_does_is_told(app, bill, told):
    """An edit and a deletion by hand arrive as events."""
    made = app.post("bill", bill)["Bill"]
    told()
    app.person.edit("Bill", made["Id"], {"PrivateNote": "by hand"})
    app.person.delete("Bill", made["Id"])
    bodies = told()
    assert [[event["type"] for event in body] for body in bodies] == [
        ["qbo.bill.updated.v1"],
        ["qbo.bill.deleted.v1"],
    ]
    assert len({event["id"] for body in bodies for event in body}) == 2


def test_a_merge_names_what_went(app, told):
    """A merge tells both Ids."""
    keep, drop = (
        app.post("customer", {"DisplayName": name})["Customer"]["Id"] for name in ("A", "B")
    )
    told()
    app.person.merge("Customer", keep, drop)
    events = [event for body in told() for event in body]
    [merged] = [event for event in events if event["type"] == "qbo.customer.merged.v1"]
    assert merged["intuitentityid"] == keep
    assert merged["data"] == {"deletedId": drop}


def test_duplicates_and_disorder(app, told):
    """By switches events come twice, and in another order."""
    batch = [
        {"bId": str(n), "operation": "create", "Vendor": {"DisplayName": f"V{n}"}} for n in range(8)
    ]
    app.simulation.set(webhook_duplicates=True, webhook_shuffled=True)
    app.post("batch", {"BatchItemRequest": batch})
    [events] = told()
    ids = [event["intuitentityid"] for event in events]
    assert len(ids) == 16
    assert len(set(ids)) == 8
    assert ids != sorted(ids, key=int)


def test_lost_notifications(app, told):
    """By a switch nothing arrives, and what was lost does not come later."""
    app.simulation.set(webhook_lost=True)
    app.post("vendor", {"DisplayName": "Paper"})
    assert told() == []
    app.simulation.set(webhook_lost=False)
    second = app.post("vendor", {"DisplayName": "Ink"})["Vendor"]
    assert [[event["intuitentityid"] for event in body] for body in told()] == [[second["Id"]]]


def test_a_refused_write_tells_nothing(app, told):
    """Nothing happened, so nothing is told."""
    app.call("POST", "vendor", {})
    assert told() == []


async def test_delivery_is_tried_again(app, told):
    """Until it is answered 200, with the vendor's pauses times the pace."""
    app.post("vendor", {"DisplayName": "Paper"})
    [notification] = app.simulation.take_notifications()
    answers, pauses = [0, 500, 302, 200], []

    async def send(_):
        return answers.pop(0)

    async def sleep(seconds):
        pauses.append(seconds)

    assert await deliver(notification, send, pace=0.1, sleep=sleep) == [0, 500, 302, 200]
    assert pauses == [1, 2, 3]


async def test_delivery_gives_up(app, told):
    """After the last pause nothing more is tried."""
    app.post("vendor", {"DisplayName": "Paper"})
    [notification] = app.simulation.take_notifications()
    pauses = []

    async def send(_):
        return 503

    async def sleep(seconds):
        pauses.append(seconds)

    assert await deliver(notification, send, sleep=sleep) == [503] * 9
    assert pauses == [10, 20, 30, 300, 1200, 7200, 14400, 21600]
