"""What the vendor's own document says about the simulator's answers."""

import json

import pytest

from subledger_syncro.simulator import (
    api_account,
    api_customers,
    api_estimates,
    api_goods,
    api_invoices,
    api_lines,
    api_payments,
    api_purchases,
)

from .judge import described, from_example, from_schema, permission, plain

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is a development package")

ROOMS = (
    api_account, api_customers, api_estimates, api_goods, api_invoices, api_lines, api_payments,
    api_purchases,
)  # fmt: skip
ROWS = [row for room in ROOMS for row in room.ROWS]
SERVED = {(method, "/" + plain(path)) for method, path, _, _ in ROWS}

UNDOCUMENTED = {
    ("GET", "/customer_purchases"): "behind a switch; the document has no such address",
    ("GET", "/customer_purchases/{}"): "behind a switch; the document has no such address",
}
OTHER_PERMISSION = {
    ("PUT", "/invoices/{}"): "the document names none",
    ("DELETE", "/invoices/{}"): "the document names none",
    ("PUT", "/invoices/{}/line_items/{}"): "the document names none",
    ("DELETE", "/invoices/{}/line_items/{}"): "the document names none",
    ("GET", "/customer_purchases"): "not in the document",
    ("GET", "/customer_purchases/{}"): "not in the document",
}
NOT_PRODUCED = {
    ("GET", "/contacts", "401"): "judged as a refusal of a permission below",
    ("GET", "/contacts/{}", "401"): "judged as a refusal of a permission below",
    ("POST", "/contacts", "401"): "judged as a refusal of a permission below",
}

# a name for each answer: method, address with landmarks in braces, body, expected status
ANSWERS = {
    "me": ("GET", "me", None, 200),
    "settings": ("GET", "settings", None, 200),
    "tabs": ("GET", "settings/tabs", None, 200),
    "customers": ("GET", "customers?include_disabled=true", None, 200),
    "customer": ("GET", "customers/{customer}", None, 200),
    "child": ("GET", "customers/{child}", None, 200),
    "no customer": ("GET", "customers/{deleted_customer}", None, 404),
    "latest customer": ("GET", "customers/latest", None, 200),
    "autocomplete": ("GET", "customers/autocomplete?query=landmark", None, 200),
    "new customer": ("POST", "customers", {"business_name": "New", "tax_rate_id": 901}, 200),
    "wrong customer": ("POST", "customers", {"business_name": "New", "email": "x"}, 422),
    "changed customer": ("PUT", "customers/{customer}", {"city": "Austin"}, 200),
    "wrongly changed": ("PUT", "customers/{customer}", {"email": "x"}, 422),
    "delete customer": ("DELETE", "customers/{customer}", None, 200),
    "delete no customer": ("DELETE", "customers/1", None, 404),
    "contacts": ("GET", "contacts", None, 200),
    "contact": ("GET", "contacts/5100001", None, 200),
    "no contact": ("GET", "contacts/1", None, 404),
    "new contact": ("POST", "contacts", {"customer_id": "{customer}", "name": "Bo"}, 200),
    "contact of nobody": ("POST", "contacts", {"customer_id": 1, "name": "Bo"}, 404),
    "wrong contact": ("POST", "contacts", {"customer_id": "{customer}", "email": "x"}, 422),
    "invoices": ("GET", "invoices", None, 200),
    "invoice": ("GET", "invoices/{paid_in_two}", None, 200),
    "no invoice": ("GET", "invoices/{deleted}", None, 404),
    "new invoice": (
        "POST",
        "invoices",
        {"customer_id": "{customer}", "number": "N1", "date": "2026-04-10"},
        200,
    ),
    "wrong invoice": ("POST", "invoices", {}, 422),
    "changed invoice": ("PUT", "invoices/{overpaid}", {"note": "x"}, 200),
    "change no invoice": ("PUT", "invoices/{deleted}", {"note": "x"}, 404),
    "delete invoice": ("DELETE", "invoices/{exempt}", None, 200),
    "new line": ("POST", "invoices/{exempt}/line_items", {"item": "A", "name": "B"}, 200),
    "wrong line": ("POST", "invoices/{exempt}/line_items", {"name": "B"}, 422),
    "changed line": ("PUT", "invoices/{exempt}/line_items/{line of exempt}", {"item": "A"}, 200),
    "change no line": ("PUT", "invoices/{exempt}/line_items/1", {"item": "A"}, 404),
    "delete line": ("DELETE", "invoices/{exempt}/line_items/{line of exempt}", None, 200),
    "delete no line": ("DELETE", "invoices/{exempt}/line_items/1", None, 404),
    "line items": ("GET", "line_items", None, 200),
    "estimates": ("GET", "estimates", None, 200),
    "estimate": ("GET", "estimates/{an estimate}", None, 200),
    "new estimate": ("POST", "estimates", {"customer_id": "{customer}", "date": "2026-04-10"}, 200),
    "wrong estimate": ("POST", "estimates", {}, 422),
    "payments": ("GET", "payments", None, 200),
    "payment": ("GET", "payments/{split_payment}", None, 200),
    "credit": ("GET", "payments/{store_credit}", None, 200),
    "no payment": ("GET", "payments/{deleted_payment}", None, 404),
    "new payment": ("POST", "payments", {"customer_id": "{payer}", "amount_cents": 100}, 200),
    "wrong payment": ("POST", "payments", {"customer_id": "{payer}"}, 422),
    "methods": ("GET", "payment_methods", None, 200),
    "products": ("GET", "products", None, 200),
    "product": ("GET", "products/23096009", None, 200),
    "no product": ("GET", "products/1", None, 404),
    "new product": (
        "POST",
        "products",
        {"name": "A", "description": "B", "price_cost": "1.5"},
        200,
    ),
    "wrong product": ("POST", "products", {"name": ""}, 422),
    "changed product": ("PUT", "products/23096009", {"name": "A"}, 200),
    "wrongly changed product": ("PUT", "products/23096009", {"name": ""}, 422),
    "categories": ("GET", "products/categories", None, 200),
    "vendors": ("GET", "vendors", None, 200),
    "vendor": ("GET", "vendors/798001", None, 200),
    "no vendor": ("GET", "vendors/1", None, 404),
    "new vendor": ("POST", "vendors", {"name": "V"}, 200),
    "wrong vendor": ("POST", "vendors", {"name": "V", "email": "x"}, 422),
    "orders": ("GET", "purchase_orders", None, 200),
    "order": ("GET", "purchase_orders/{open_order}", None, 200),
    "no order": ("GET", "purchase_orders/1", None, 404),
    "receive": ("POST", "purchase_orders/{open_order}/receive", {}, 200),
    "order line": (
        "POST",
        "purchase_orders/{open_order}/create_po_line_item",
        {"product_id": 23096009, "quantity": 2},
        200,
    ),
    "wrong order line": (
        "POST",
        "purchase_orders/{open_order}/create_po_line_item",
        {"product_id": 23096001},
        422,
    ),
    "schedules": ("GET", "schedules", None, 200),
    "schedule": ("GET", "schedules/71001", None, 200),
    "no schedule": ("GET", "schedules/1", None, 404),
}
FLAT_IN_SCHEMA = {"invoice": "wrapped as in the answers to a change; the schema draws it flat"}


def filled(value, account):
    """An address or a body with the ids of landmarks."""
    world = account.simulation.world
    known = {
        **world.landmarks,
        "line of exempt": world.invoices[account.mark("exempt")].lines[0].id,
        "an estimate": min(world.estimates),
    }
    if isinstance(value, dict):
        return {name: filled(item, account) for name, item in value.items()}
    if isinstance(value, str) and value.startswith("{") and value[1:-1] in known:
        return known[value[1:-1]]
    if isinstance(value, str):
        for name, number in known.items():
            value = value.replace(f"{{{name}}}", str(number))
    return value


def route_of(method, address):
    """The served route that an address belongs to, without the names of variables."""
    from subledger_syncro.simulator.request import Routes  # noqa: PLC0415

    path = "/" + address.partition("?")[0]
    for row in ROWS:
        if row[0] == method and Routes.of("", [row]).find(method, path):
            return "/" + plain(row[1])
    raise AssertionError(address)


def problems(schema, body):
    """What a schema has against a body."""
    validator = jsonschema.Draft202012Validator(schema)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_as_documented(account, document, name):
    """Status and body of an answer are what the vendor's document describes for its route."""
    method, template, body, expected = ANSWERS[name]
    address = str(filled(template, account))
    response = account.ask(method, address, filled(body, account))
    assert response.status == expected, response.body
    key = (method, route_of(method, address), str(expected))
    schemas = {row[:3]: row[3] for row in described(document)}
    if key not in schemas:
        assert expected in {404, 422}, "only refusals are left out of the document"
        return
    schema, shown = schemas[key], json.loads(response.body)
    if name in FLAT_IN_SCHEMA:
        assert problems(schema, shown["invoice"]) == []
    elif schema is not None:
        assert problems(schema, shown) == []


def test_every_documented_answer_is_judged(document):
    """No status that the document describes for a served route is left out of the cases."""
    judged = {
        (method, route_of(method, template), str(status))
        for method, template, _, status in ANSWERS.values()
    }
    asked = {row[:3] for row in described(document) if (row[0], row[1]) in SERVED}
    assert asked - judged == set(NOT_PRODUCED)


def test_every_served_address_is_documented(document):
    """The simulator serves no address that the vendor's document does not have, but one."""
    known = {row[:2] for row in described(document)}
    assert SERVED - known == set(UNDOCUMENTED)


def test_permissions_are_the_documented_ones(document):
    """Every route asks for the permission that the vendor's document states for it."""
    wrong = {
        (method, "/" + plain(path)): (ours, permission(document, method, "/" + plain(path)))
        for method, path, ours, _ in ROWS
        if ours != (permission(document, method, "/" + plain(path)) or "")
    }
    assert set(wrong) == set(OTHER_PERMISSION), wrong


def test_a_refused_permission_is_as_documented(account, document):
    """A missing permission is answered 401 with the documented shape."""
    account.admin("POST", "tokens", {"token": "little", "permissions": []})
    account.token = "little"
    schemas = {row[:3]: row[3] for row in described(document)}
    for method, path, status in NOT_PRODUCED:
        address = path.lstrip("/").replace("{}", "1")
        answered, body = account.call(method, address, {} if method == "POST" else None)
        assert str(answered) == status
        assert problems(schemas[method, path, status], body) == []


def test_the_flat_invoice_is_the_documented_one(account, document):
    """With its switch, one invoice comes flat, as the schema draws it."""
    account.admin("POST", "behaviour", {"wrap_invoice": False})
    shown = json.loads(account.ask("GET", f"invoices/{account.mark('paid_in_two')}").body)
    schemas = {row[:3]: row[3] for row in described(document)}
    schema = schemas["GET", "/invoices/{}", "200"]
    assert shown["number"]
    assert problems(schema, shown) == []
    assert set(shown) == set(schema["properties"])


@pytest.mark.parametrize(
    ("example", "wrong"),
    [
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1}, {}),
        ({"a": "1.0"}, {"a": 1.0}),
        ({"a": 1}, {"a": "1.0"}),
        ({"a": [{"b": 1}]}, {"a": [{"b": "x"}]}),
        ({"a": "2019-11-06T08:24:20.821Z"}, {"a": "2019-11-06"}),
    ],
)
def test_the_judge_finds_a_difference(example, wrong):
    """Control: a missing, an additional and a differently typed field are all found."""
    assert problems(from_example(example), example) == []
    assert problems(from_example(example), wrong) != []


def test_the_judge_reads_schemas():
    """Control: a schema's types and formats are held against a body, null apart."""
    schema = from_schema(
        {"type": "object", "properties": {"day": {"type": "string", "format": "date"}}}
    )
    assert problems(schema, {"day": "2026-01-31"}) == problems(schema, {"day": None}) == []
    assert problems(schema, {"day": "2026-01-31T00:00:00.000Z"}) != []
    assert problems(schema, {"day": 5}) != []
