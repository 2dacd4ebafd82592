"""Every request that the connector sends is one that Syncro's OpenAPI document describes."""

import json
import os
import re
from pathlib import Path

import pytest
from attrs import evolve

from subledger.manifest import Operation
from subledger.model import Application, Party, Reference, Settlement, kinds
from subledger.money import Money
from subledger.ports import Delivery, Query, Question
from subledger_syncro.simulator import sales

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def document():
    """The official document; the tests are skipped where it is not at hand."""
    folder = os.environ.get("SUBLEDGER_CONTRACTS") or ROOT / "shared" / "contracts"
    path = Path(folder) / "syncro" / "openapi.json"
    if not path.is_file():
        pytest.skip("Syncro's OpenAPI document is not here: set SUBLEDGER_CONTRACTS")
    return json.loads(path.read_text())


def described(document, method, path):
    """The document's description of a request; None where it has none."""
    for template, operations in document["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", r"[^/]+", re.escape(template))
        if re.fullmatch(pattern, f"/{path}") and method.lower() in operations:
            return operations[method.lower()]
    return None


def body_schema(document, operation):
    """The properties of the request's body."""
    body = operation["requestBody"]
    if "$ref" in body:
        for step in body["$ref"].removeprefix("#/").split("/"):
            document = document[step]
        body = document
    schema = body["content"]["application/json"]["schema"]
    return schema.get("properties", {})


TYPES = {"integer": int, "string": str, "object": dict, "boolean": bool}


def problems(document, sent):
    """What is wrong with the requests, one sentence each."""
    found = set()
    for method, url, params, content in sent:
        path = url.removeprefix("/api/v1/")
        operation = described(document, method, path)
        if operation is None:
            found.add(f"{method} {path} is not described")
            continue
        names = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
        found |= {f"{path}?{name}" for name, _ in params or () if name not in names}
        if content is not None:
            schema = body_schema(document, operation)
            for name, value in json.loads(content).items():
                kind = TYPES.get(schema.get(name, {}).get("type"))
                if kind is None or not isinstance(value, kind):
                    found.add(f"{method} {path}: {name} = {value!r}")
    return found


async def requests_of(account):
    """Everything that the connector can ask and write."""
    whole = frozenset({kinds.CUSTOMER, kinds.ITEM, kinds.VENDOR})
    pages = await account.pages(whole=whole)
    account.clock.advance(days=1)
    world, now = account.simulation.world, account.clock()
    invoice = sales.add_invoice(
        world,
        now,
        customer_id=account.marks["double_one"],
        day=now.date(),
        lines=[sales.line(world, now, item="A", name="A", price_cents=100, taxable=False)],
    )
    sales.delete_payment(world, now, world.payments[account.marks["first_part"]])
    await account.pages(cursor=pages[-1].cursor)
    application = Application(
        document=Reference(kind=kinds.INVOICE, id=str(invoice.id)), amount=Money(100)
    )
    payment = Settlement(
        kind=kinds.PAYMENT,
        id="1",
        party=Reference(kind=kinds.CUSTOMER, id=str(invoice.customer_id)),
        date=now.date(),
        amount=Money(100),
        applications=(application,),
    )
    customer = Party(kind=kinds.CUSTOMER, id="2", name="New", company="New", email="n@x.example")
    async with account.sink() as sink:
        await sink.check()
        for entity in (payment, customer):
            delivery = Delivery(
                effect=1,
                kind=entity.kind,
                operation=Operation.CREATE,
                key="k" * 26,
                attempt_key="a" * 26,
                marker=f"sl:{entity.kind}-1",
                entity=entity,
            )
            await sink.deliver([delivery])
            await sink.find(delivery)
        for query in Query:
            async for _ in sink.read(Question(id=1, query=query)):
                pass
    return account.wire.sent


async def test_every_request_is_described(document, world):
    """Paths, parameters and bodies are Syncro's own."""
    sent = await requests_of(world(invoices=30))
    asked = {f"{method} {url.split('/')[3]}" for method, url, _, _ in sent}
    assert asked >= {"GET me", "GET settings", "GET vendors", "POST payments", "POST customers"}
    assert problems(document, sent) == set()


async def test_what_no_document_describes_is_asked_behind_its_switch_alone(document, world):
    """Customer purchases have the one undescribed address, and each purchase one below it."""
    account = world(invoices=30)
    account.simulation.behaviour = evolve(account.simulation.behaviour, customer_purchases=True)
    await account.pages()
    assert problems(document, account.wire.sent) == set()
    await account.pages(settings={"customer_purchases": True})
    found = problems(document, account.wire.sent)
    assert "GET customer_purchases is not described" in found
    assert all(one.startswith("GET customer_purchases") for one in found)


def test_a_request_of_our_own_making_is_noticed(document):
    """Negative control: what the document does not describe is told."""
    wrong = [
        ("GET", "/api/v1/tax_rates", [], None),
        ("GET", "/api/v1/payments", [("since", "x")], None),
        ("POST", "/api/v1/payments", [], b'{"amount_cents": "1", "date": "x"}'),
    ]
    assert len(problems(document, wrong)) == 4
