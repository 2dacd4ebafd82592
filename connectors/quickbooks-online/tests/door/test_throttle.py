"""The limits of requests for a company."""

from datetime import timedelta

import pytest

from subledger_quickbooks_online.simulator import Switches


@pytest.fixture
def count(app):
    """How many of so many calls are let through."""

    def go(number, path="preferences", method="GET", body=None):
        statuses = [app.send(method, path, body).status for _ in range(number)]
        return sum(status != 429 for status in statuses)

    return go


@pytest.fixture
def limited(app):
    app.simulation.switches = Switches()
    return app


def test_without_limits_nothing_is_counted(count):
    """Control: with the limits off every call is let through."""
    assert count(30) == 30


def test_ten_a_second(limited, count):
    """The eleventh within a second is refused, and there is room a second later."""
    assert count(12) == 10
    limited.simulation.clock.advance(timedelta(seconds=1))
    assert count(12) == 10


def test_five_hundred_a_minute(limited, count):
    """The five hundred and first within a minute is refused."""
    limited.simulation.set(per_second=0)
    assert count(502) == 500
    limited.simulation.clock.advance(timedelta(seconds=59))
    assert count(1) == 0
    limited.simulation.clock.advance(timedelta(seconds=1))
    assert count(1) == 1


def test_forty_batches_a_minute(limited, count):
    """Batches have a limit of their own, and other calls go on."""
    limited.simulation.set(per_second=0)
    body = {"BatchItemRequest": [{"bId": "1", "Query": "select * from Preferences"}]}
    assert count(42, "batch", "POST", body) == 40
    assert count(3) == 3


def test_the_body_of_a_429(app):
    """The ordinary variant: a Fault of type SERVICE with code 3001 and no Retry-After."""
    app.simulation.faults.set("throttle@1")
    response = app.send("GET", "preferences")
    assert response.status == 429
    assert "Retry-After" not in response.headers
    app.simulation.faults.set("throttle@1")
    _, body = app.call("GET", "preferences")
    assert body["Fault"]["type"] == "SERVICE"
    assert body["Fault"]["Error"][0] == {
        "Message": "message=ThrottleExceeded; errorCode=003001; statusCode=429",
        "Detail": "The request limit was reached.  Try again later",
        "code": "3001",
        "element": "",
    }


def test_the_gateway_writes_lower_case(app):
    """The gateway's variant has lower-case keys and a time in milliseconds."""
    app.simulation.set(throttled_as="gateway")
    app.simulation.faults.set("throttle@1")
    status, body = app.call("GET", "preferences")
    assert status == 429
    assert body["fault"]["type"] == "SERVICE"
    assert body["fault"]["error"][0] == {
        "message": "message=ThrottleExceeded; errorCode=003001; statusCode=429",
        "detail": None,
        "code": "3001",
        "element": None,
    }
    assert isinstance(body["time"], int)
    assert "Fault" not in body


def test_the_older_variant_is_a_403(app):
    """The older variant has status 403 and the same code."""
    app.simulation.set(throttled_as="forbidden")
    app.simulation.faults.set("throttle@1")
    status, body = app.call("GET", "preferences")
    assert status == 403
    assert body["Fault"]["Error"][0]["code"] == "3001"
    assert "statusCode=403" in body["Fault"]["Error"][0]["Message"]
