"""S3, S11: customers and payments from the books into the service business's system."""

from decimal import Decimal

import pytest
from service_world import SECRETS, VERIFIER, connect, open_service_world, tables
from world import toml

from subledger.config import load_settings
from subledger.errors import ConfigError
from subledger.preview import preview
from subledger.server.run import serving
from subledger_quickbooks_online.simulator import Subscription, Switches

BACK = {"source": "books", "sink": "psa", "every": "manual"}
IMPORT = {"customers": {**BACK, "kinds": ["customer"], "review": True}}
PAYMENTS = {"payments": {**BACK, "kinds": ["payment"]}}
SALES = {
    "recipe": "psa-invoices",
    "source": "psa",
    "sink": "books",
    "every": "manual",
    "settings": {"receivables_account": "Accounts Receivable (A/R)"},
}
BOOKS = pytest.mark.parametrize("books", ["online", "desktop"])


@BOOKS
async def test_s3_customers_of_the_books_are_imported_once(tmp_path, books):
    """S3: a dry run shows them; the import makes each once, and takes those that are there."""
    async with open_service_world(tmp_path, books, flows=IMPORT) as world:
        for name in ("Silva Dental", "Kowalczyk Law"):
            world.ledger.add_customer(name)
        world.shop.customer("Silva Dental")
        before = len(world.shop.world.customers)
        await world.back("customers")
        shown = await preview(world.kernel, "customers", lambda *_: None)
        assert shown.report.state == "done"
        assert len(world.shop.world.customers) == before
        assert {"Kowalczyk Law"} <= {d.preview.party for d in shown.documents}
        await world.approve("customers")
        await world.kernel.dispatch("psa")
        names = sorted(c.business_name for c in world.shop.world.customers.values())
        assert names.count("Silva Dental") == names.count("Kowalczyk Law") == 1
        writes = sum(entry.method == "POST" for entry in world.shop.simulation.requests)
        await world.back("customers")
        await world.approve("customers")
        await world.kernel.dispatch("psa")
        assert writes == sum(entry.method == "POST" for entry in world.shop.simulation.requests)


async def test_a_preview_posts_nothing_of_another_flow(tmp_path):
    """X3, scenario 16: the first preview reads the lists; what another flow has waiting stays."""
    more = {"credits": {**SALES, "kinds": ["credit_memo"]}}
    kinds = {"kinds": ["customer", "item", "invoice"]}
    async with open_service_world(tmp_path, connected=False, flow=kinds, flows=more) as world:
        world.shop.customer("Silva Dental")
        world.shop.invoice("Silva Dental", 25_000)
        await world.run_flow()
        assert await world.findings("auth_expired")
        await connect(world.kernel, world.url)
        await preview(world.kernel, "credits", lambda *_: None)
        assert world.written() == 0
        assert list(world.ledger.papers()) == []
        await world.sync()
        assert world.balance("receivables") == 250


@BOOKS
async def test_s11_payments_of_the_books_go_back(tmp_path, books):
    """S11: a payment that the books received is recorded in Syncro, on its invoice, once."""
    settings = {"payments": False, "refunds": False}
    async with open_service_world(
        tmp_path, books, psa={"payments": "from_books"}, settings=settings, flows=PAYMENTS
    ) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 25_000)
        await world.sync()
        world.ledger.receive("Silva Dental", invoice.number, Decimal("100.00"))
        for _ in range(3):
            await world.back("payments")
            await world.sync()
        (payment,) = world.shop.world.payments.values()
        assert (payment.cents, payment.applied) == (10_000, ((invoice.id, 10_000),))
        assert world.balance("receivables") == Decimal("150.00")
        await world.proof()
        await world.proof("payments")


@BOOKS
async def test_s11_what_came_from_there_does_not_go_back(tmp_path, books):
    """S11: once the direction is turned round, payments that we wrote are known as ours."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 25_000)
        world.shop.pay(invoice, 10_000)
        await world.sync()
        assert world.balance("receivables") == Decimal("150.00")
        world.reconfigure(
            connections={"psa": {"payments": "from_books"}},
            flows={
                "sales": {"settings": {"payments": False, "refunds": False}},
                "payments": {**BACK, "kinds": ["payment"]},
            },
        )
        world.ledger.receive("Silva Dental", invoice.number, Decimal("50.00"))
        for _ in range(2):
            await world.back("payments")
            await world.sync()
        assert sorted(p.cents for p in world.shop.world.payments.values()) == [5_000, 10_000]
        assert world.balance("receivables") == Decimal("100.00")
        (echo,) = [row for row in await world.findings("excluded") if row.flow == "payments"]
        assert "came into books from psa" in echo.message
        await world.proof("payments")


@BOOKS
async def test_s11_a_payment_that_the_books_delete_is_told(tmp_path, books):
    """S11, S12: what went back and is deleted in the books later is a finding: Syncro keeps it."""
    settings = {"payments": False, "refunds": False}
    async with open_service_world(
        tmp_path, books, psa={"payments": "from_books"}, settings=settings, flows=PAYMENTS
    ) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 25_000)
        await world.sync()
        amounts = (Decimal("100.00"), Decimal("50.00"))
        first, _second = [world.ledger.receive("Silva Dental", invoice.number, a) for a in amounts]
        await world.back("payments")
        assert not await world.findings("gone_in_source")
        world.advance(hours=5)
        world.ledger.delete_payment(first)
        await world.back("payments")
        (finding,) = await world.findings("gone_in_source")
        assert first in finding.message + finding.subject
        assert len(world.shop.world.payments) == 2


@BOOKS
async def test_s11_both_directions_are_refused(tmp_path, books):
    """S11, scenario 9: payments out and payments back exclude each other, and why is told."""
    called = {
        "connector": "quickbooks-online",
        "client_id": "a",
        "client_secret": {"env": "QBO_SECRET"},
    }
    calling = {"connector": "quickbooks-desktop", "password": {"env": "QBWC_PASSWORD"}}
    async with open_service_world(tmp_path, books) as world:
        connections = {
            "psa": {"connector": "syncro", "api_token": {"env": "SYNCRO_TOKEN"}, "subdomain": "a"},
            "books": called if books == "online" else calling,
        }
        both = tables(connections, world.ledger, flows=PAYMENTS)
        path = tmp_path / "both.toml"
        path.write_text(toml(both))
        with pytest.raises(ConfigError) as refused:
            load_settings(path, environment=SECRETS)
        (problem,) = refused.value.problems
        assert "payment" in problem.message
        assert "each would come back as new" in problem.message
        assert "payments = false" in problem.hint
        one = tables(connections, world.ledger, flows=PAYMENTS, settings={"payments": False})
        path.write_text(toml(one))
        load_settings(path, environment=SECRETS)


@pytest.mark.parametrize("form", ["legacy", "cloudevents"])
async def test_s11_a_webhook_of_the_books_brings_the_payment(tmp_path, form):
    """S11, O2: Intuit's signed call, in both formats, makes the flow run at once."""
    async with open_service_world(
        tmp_path,
        psa={"payments": "from_books"},
        connection={"webhook_verifier": {"env": "VERIFIER"}},
        settings={"payments": False, "refunds": False},
        flows=PAYMENTS,
        switches=Switches(webhook_format=form),
        door=serving,
    ) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 25_000)
        await world.run_flow()
        await world.until(lambda: len(world.papers()) == 1)
        simulation = world.ledger.simulation
        simulation.subscriptions.append(
            Subscription(url=f"{world.url}/webhooks/books", verifier="somebody-else")
        )
        world.ledger.receive("Silva Dental", invoice.number, Decimal("100.00"))
        await world.poke()
        assert world.shop.world.payments == {}
        simulation.subscriptions[:] = [
            Subscription(url=f"{world.url}/webhooks/books", verifier=VERIFIER)
        ]
        world.ledger.receive("Silva Dental", invoice.number, Decimal("50.00"))
        await world.poke()
        await world.until(lambda: len(world.shop.world.payments) == 2)
        assert {p.cents for p in world.shop.world.payments.values()} == {10_000, 5_000}
