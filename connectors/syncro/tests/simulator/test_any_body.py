"""Whatever a client sends, the simulator answers, and the account still adds up."""

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subledger_syncro.simulator import Request, answer, truth
from subledger_syncro.simulator.answer import API

NAMES = (
    "customer_id", "amount_cents", "invoice_id", "invoice_number", "apply_payments", "ref_num",
    "payment_method", "name", "description", "item", "price", "quantity", "product_id", "taxable",
    "tax_rate_id", "discount_percent", "discount_dollars", "date", "due_date", "number", "email",
    "business_name", "firstname", "phone", "properties", "vendor_ids", "product_skus_attributes",
    "price_cost", "line_item_id", "note", "ref_customer_id",
)  # fmt: skip
WRITES = [(method, pattern.pattern) for method, pattern, _, _ in API.rows if method != "GET"]


def values(world):
    """JSON of any sort, and now and then something that the account knows."""
    known = [*list(world.invoices)[-5:], *list(world.customers)[-5:], *world.products, 901]
    plain = st.one_of(
        st.none(), st.booleans(), st.integers(-10**6, 10**6), st.text(max_size=8),
        st.decimals(-1000, 1000, places=2), st.sampled_from(known),
        st.sampled_from(["2026-04-10", "a@b.example", "true", "1e5", "NaN"]),
    )  # fmt: skip
    keys = st.sampled_from([str(number) for number in known])
    parts = st.dictionaries(keys, st.integers(-5, 50_000), max_size=2)
    return st.one_of(plain, st.lists(plain, max_size=2), parts)


@pytest.mark.parametrize(("method", "pattern"), WRITES)
def test_any_body_is_answered(account, method, pattern):
    """No body breaks a write: it is done or refused, and the books of the account add up."""
    simulation = account.simulation
    world = simulation.world
    seen = set()
    tables = (world.invoices, world.customers, world.orders, world.products)
    ids = [number for table in tables for number in list(table)[-4:]]

    @settings(
        max_examples=30,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        customer=st.sampled_from([*world.customers, None]),
        more=st.dictionaries(st.sampled_from(NAMES), values(world), max_size=6),
        number=st.sampled_from(ids),
        line=st.sampled_from([0, 1]),
    )
    def ask(customer, more, number, line):
        body = {"customer_id": customer, **more}
        lines = [row.id for row in world.invoices[number].lines] if number in world.invoices else []
        path = pattern.rstrip("?").rstrip("/").replace("(?P<id>[^/]+)", str(number))
        path = path.replace("(?P<line_id>[^/]+)", str([*lines, 1, 1][line]))
        plain = {name: str(one) if isinstance(one, Decimal) else one for name, one in body.items()}
        request = Request(
            method=method,
            path=path,
            headers={"Authorization": "Bearer demo-token"},
            body=json.dumps(plain, default=str).encode(),
        )
        response = answer(simulation, request)
        seen.add(response.status)
        json.loads(response.body)

    ask()
    assert seen & {200, 422}, "the address was never reached"
    assert seen <= {200, 404, 422}
    told = truth(world)
    paid = sum(row["paid"] for row in told["invoices"].values())
    assert told["receivable"] == sum(row["total"] for row in told["invoices"].values()) - paid
    for path in ("invoices", "payments", "customers", "products", "vendors", "estimates"):
        account.pages(path, path)
