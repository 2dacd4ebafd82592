"""Who may ask, how often, and the seven shapes of an error."""

import pytest

from subledger_syncro.simulator import READER, Request, Simulation, Throttle, answer

SHAPES = {
    "success, message, params": ("POST", "customers", {"email": "x"}),
    "errors, one text": (
        "POST",
        "purchase_orders/{open_order}/create_po_line_item",
        {"product_id": 1},
    ),
    "errors, a list": ("POST", "payments", {}),
    "errors, by field": ("POST", "invoices/{overpaid}/line_items", {}),
    "error": ("GET", "line_items", None),
    "message": ("GET", "invoices/1", None),
    "bare fields": ("POST", "estimates", {}),
}


def shape(body):
    """Which of the shapes a body has; a text for anything else."""
    if body.get("success") is False and isinstance(body["message"], list) and "params" in body:
        return "success, message, params"
    if "errors" in body:
        sorts = {str: "errors, one text", list: "errors, a list", dict: "errors, by field"}
        return sorts[type(body["errors"])]
    if set(body) in ({"error"}, {"message"}):
        return next(iter(body))
    return "bare fields" if all(isinstance(one, list) for one in body.values()) else str(body)


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_of_an_error_occurs(account, name):
    """Each of the seven shapes that a client has to understand is given by some address."""
    account.admin("POST", "tokens", {"token": "no admin", "permissions": "everything"})
    allowed = account.simulation.tokens["no admin"] - {"Global Admin"}
    account.admin("POST", "tokens", {"token": "no admin", "permissions": sorted(allowed)})
    account.token = "no admin"
    method, address, body = SHAPES[name]
    marks = account.simulation.world.landmarks
    status, refused = account.call(method, address.format(**marks), body)
    assert status in {401, 404, 422}
    assert shape(refused) == name


def test_a_wrong_token_is_refused(account):
    """No token, another one, another scheme: 401, and nothing is told."""
    account.token = "wrong"
    assert account.call("GET", "me")[0] == 401
    account.token = ""
    assert account.call("GET", "me")[0] == 401
    for scheme in ("Basic demo-token", "demo-token"):
        assert account.ask("GET", "me", headers={"Authorization": scheme}).status == 401
    assert account.ask("GET", "me", headers={"authorization": "bearer demo-token"}).status == 200


def test_a_token_has_its_own_permissions(account):
    """A reader reads and is refused each write with 401, which ``/me`` tells beforehand."""
    account.admin("POST", "tokens", {"token": "reads", "permissions": sorted(READER)})
    account.token = "reads"
    rights = account.get("me")["permissions"]
    assert rights["payment"] == {"read": True, "write": False, "delete": False}
    for path in ("customers", "invoices", "payments", "products", "vendors", "purchase_orders"):
        assert account.call("GET", path)[0] == 200
    for path in ("customers", "invoices", "payments", "products", "vendors"):
        status, body = account.call("POST", path, {})
        assert (status, set(body)) == (401, {"error"})
    account.admin("POST", "tokens", {"token": "reads", "permissions": None})
    assert account.call("GET", "me")[0] == 401


def test_180_requests_a_minute(account):
    """The 181st request within a minute is told to wait; a minute later it goes through."""
    account.admin("POST", "behaviour", {"limit_per_minute": 180})
    statuses = [account.ask("GET", "me").status for _ in range(181)]
    assert statuses == [200] * 180 + [429]
    assert "Retry-After" not in account.last.headers
    account.watch.seconds += 60
    assert account.ask("GET", "me").status == 200


def test_a_wait_can_be_told(account):
    """A switch adds the header that nothing documents."""
    account.admin("POST", "behaviour", {"limit_per_minute": 1, "retry_after": 9})
    account.ask("GET", "me")
    assert account.ask("GET", "me").headers["Retry-After"] == "9"


def test_the_limit_counts_addresses(make_account):
    """Two accounts behind one address share a budget; another address has its own."""
    one, two = make_account(), make_account()
    two.simulation.throttle = one.simulation.throttle
    for account in (one, two):
        account.admin("POST", "behaviour", {"limit_per_minute": 2})
    assert [a.ask("GET", "me").status for a in (one, two, one, two)] == [200, 200, 429, 429]
    elsewhere = Request(
        path="/api/v1/me", headers={"Authorization": "Bearer demo-token"}, remote="10.0.0.9"
    )
    assert answer(two.simulation, elsewhere).status == 200


def test_a_throttle_can_be_off():
    """A limit of zero lets everything through."""
    throttle = Throttle(monotonic=lambda: 0.0)
    assert all(throttle.allows("a", 0) for _ in range(1000))
    assert [throttle.allows("a", 1) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("acme.syncromsp.com", 200),
        ("acme.localhost:8702", 200),
        ("127.0.0.1:8702", 200),
        ("simulator", 200),
        ("other.syncromsp.com", 404),
        ("other.localhost", 404),
    ],
)
def test_the_subdomain_names_the_account(account, host, status):
    """Another account's subdomain is answered with a page, as there is no such account."""
    response = account.ask("GET", "me", headers={"Host": host})
    assert response.status == status
    assert response.headers["Content-Type"].startswith("text/html") is (status == 404)


def test_an_unknown_address_and_a_broken_body(account):
    """An address that does not exist is 404, a body that is not JSON 400."""
    assert account.call("GET", "tax_rates") == (404, {"message": "Not found"})
    request = Request(
        method="POST",
        path="/api/v1/payments",
        headers={"Authorization": "Bearer demo-token"},
        body=b"{",
    )
    assert answer(account.simulation, request).status == 400


def test_the_account_tells_its_time_zone(account):
    """One currency and one time zone for the whole account."""
    locale = account.get("settings")["locale"]
    assert (locale["time_zone"], locale["currency_symbol"]) == ("America/Chicago", "$")
    assert account.get("me")["subdomain"] == "acme"


def test_a_simulation_needs_no_real_time(make_account):
    """Clock and stopwatch come in from outside."""
    simulation = make_account().simulation
    assert isinstance(simulation, Simulation)
    assert simulation.now.isoformat() == "2026-04-10T12:00:00+00:00"
