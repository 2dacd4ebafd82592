"""O2, X5, X7: what goes wrong with QuickBooks Online is a finding with a way out that works."""

from decimal import Decimal

import pytest
from online_cards import open_card_world
from service_world import HOOK, open_service_world
from world import ago

from subledger.flow.linking import Link, link
from subledger.model.kinds import CREDIT_MEMO, INVOICE, PAYMENT
from subledger.server.run import serving
from subledger_pex.simulator.landmarks import bought, plain


def fuel(name, cents=-1811, **values):
    """A purchase of fuel."""
    return bought(name, cents, ago(12), tags=plain("Fuel", "Clinic"), **values)


def requests(world, path):
    """The requests of an address that were answered."""
    return [entry for entry in world.ledger.simulation.log if path in entry.path]


async def test_o2_documents_go_in_batches_with_request_ids(tmp_path):
    """O2: thirty documents go in one request, each under its own stable requestid."""
    items = [fuel(f"fuel {n}", -100 - n) for n in range(31)]
    async with open_card_world(tmp_path, *items) as world:
        await world.sync("cards")
        assert len(world.papers()) == 31
        batches = [e for e in requests(world, "/batch") if e.status == 200]
        assert 1 <= len(batches) <= 4
        assert all(entry.query.get("requestid") for entry in batches)
        await world.reconcile("cards")


@pytest.mark.parametrize("fault", ["lost-answer", "error-after=504", "error-before", "dropped"])
async def test_o2_a_lost_batch_is_not_posted_twice(tmp_path, fault):
    """O2, X1: whatever happens to the answer of a batch, each document is there once."""
    items = [fuel(f"fuel {n}", -100 - n) for n in range(5)]
    async with open_card_world(tmp_path, *items) as world:
        world.ledger.simulation.faults.set(f"{fault}~POST *batch*@1")
        for _ in range(3):
            world.advance(minutes=5)
            await world.run_flow("cards")
            await world.kernel.dispatch("books")
        assert len(world.papers()) == 5
        assert await world.findings() == []
        await world.reconcile("cards")


async def test_o2_changed_lists_come_by_change_data_capture(tmp_path):
    """O2: after the first read of the lists only what changed is asked for, and is known."""
    async with open_service_world(tmp_path) as world:
        world.shop.customer("Silva Dental")
        await world.sync()
        world.ledger.add_customer("Kowalczyk Law")
        world.ledger.simulation.log.clear()
        world.shop.customer("Kowalczyk Law")
        invoice = world.shop.invoice("Kowalczyk Law", 10_000)
        world.advance(hours=2)
        await world.sync()
        await world.sync()
        assert requests(world, "/cdc")
        assert world.paper(INVOICE, invoice).party == "Kowalczyk Law"
        assert set(world.ledger.entries("customer")) == {"Kowalczyk Law"}


async def test_o2_closed_books_are_seen_before_posting(tmp_path):
    """O2, X7: a record of the closed period waits without a write; reopened, retry posts it."""
    async with open_card_world(tmp_path, fuel("old")) as world:
        world.ledger.close_books((ago(2)).date())
        await world.sync("cards")
        (finding,) = await world.findings("closed_period")
        assert finding.hint
        assert requests(world, "/batch") == []
        world.ledger.close_books(None)
        await world.retry(finding)
        await world.sync("cards")
        assert len(world.papers()) == 1
        await world.proof("cards")


async def test_o2_closed_between_plan_and_post(tmp_path):
    """Scenario 18: books that are closed after the plan take nothing; the whole flow waits."""
    items = [fuel(f"fuel {n}", -100 - n) for n in range(3)]
    async with open_card_world(tmp_path, fuel("first", -99)) as first:
        await first.sync("cards")
    folder = tmp_path / "second"
    folder.mkdir()
    async with open_card_world(folder, *items, flow={"review": True}) as world:
        await world.sync("cards")
        assert world.papers() == {}
        world.ledger.close_books((ago(2)).date())
        assert await world.approve("cards")
        await world.kernel.dispatch("books")
        assert world.papers() == {}
        (finding,) = await world.findings("closed_period")
        assert finding.records == 3
        world.ledger.close_books(None)
        await world.retry(finding)
        await world.sync("cards")
        await world.approve("cards")
        await world.deliver()
        assert len(world.papers()) == 3
        await world.proof("cards")


async def test_o2_a_storm_of_throttling_passes(tmp_path):
    """O2: while QuickBooks asks us to slow down a finding says so; it passes by itself."""
    async with open_card_world(tmp_path, fuel("one")) as world:
        await world.run_flow("cards")
        world.ledger.simulation.faults.set("throttle")
        assert (await world.kernel.dispatch("books")).state == "failed"
        (finding,) = await world.findings("rate_limited")
        assert finding.hint
        world.ledger.simulation.faults.set("")
        await world.sync("cards")
        assert len(world.papers()) == 1
        assert await world.findings() == []


async def test_x5_lapsed_subscription(tmp_path):
    """X5: a subscription that ended stops the connection with a finding; paid again, it goes on."""
    async with open_service_world(tmp_path) as world:
        world.shop.customer("Silva Dental")
        await world.sync()
        world.ledger.person.end_subscription()
        invoice = world.shop.invoice("Silva Dental", 10_000)
        await world.run_flow()
        report = await world.kernel.dispatch("books")
        found = await world.findings()
        assert report.state == "failed"
        assert any("subscription" in f"{row.message} {row.hint}".lower() for row in found)
        world.ledger.person.end_subscription(ended=False)
        for row in found:
            await world.retry(row)
        await world.sync()
        assert world.change(world.paper(INVOICE, invoice)) == 100
        assert await world.findings() == []


async def test_x5_inactive_account(tmp_path):
    """X5: an account that a person made inactive is named; active again, retry posts each once."""
    async with open_card_world(tmp_path, fuel("one"), fuel("two", -200)) as world:
        world.ledger.deactivate_account("Fuel")
        await world.sync("cards")
        (finding,) = await world.findings("mapping_stale", "mapping_missing")
        assert finding.records == 2
        assert "Fuel" in finding.subject
        assert finding.hint
        world.ledger.activate_account("Fuel")
        await world.retry(finding)
        await world.sync("cards")
        assert len(world.papers()) == 2
        await world.proof("cards")


@pytest.mark.parametrize("gone", ["Customer", "Item"])
async def test_x5_inactive_customer_or_item(tmp_path, gone):
    """X5: what a person made inactive stops its documents only; active again, retry posts."""
    async with open_service_world(tmp_path) as world:
        world.shop.customer("Silva Dental")
        world.shop.customer("Kowalczyk Law")
        paid = world.shop.invoice("Silva Dental", 25_000)
        world.shop.pay(paid)
        await world.sync()
        name = {"Customer": "Silva Dental", "Item": "Labour"}[gone]
        own = world.ledger.entries(gone.lower())[name]["Id"]
        world.ledger.person.inactivate(gone, own)
        waiting = {
            world.shop.invoice("Silva Dental", 5_000).id: 50,
            world.shop.invoice("Kowalczyk Law", 7_000).id: 70,
        }
        await world.sync()
        (finding,) = await world.findings("mapping_stale")
        assert finding.subject == f"{gone} {name}"
        assert len(world.papers()) == (3 if gone == "Customer" else 2)
        world.ledger.person.reactivate(gone, own)
        await world.retry(finding)
        await world.sync()
        papers = world.papers()
        changes = {number: world.change(papers[f"sl:invoice-{number}"]) for number in waiting}
        assert changes == waiting
        assert await world.findings() == []
        await world.proof()


async def test_x5_name_used_by_another_list(tmp_path):
    """X5: a customer whose name a vendor has is a conflict that says so; renamed, it goes."""
    async with open_service_world(tmp_path) as world:
        world.ledger.person.create("Vendor", {"DisplayName": "Silva Dental"})
        number = world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        await world.sync()
        (finding,) = await world.findings("name_conflict")
        assert "vendor" in finding.message
        assert world.papers() == {}
        world.shop.edit(world.shop.world.customers[number], business_name="Silva Dental Care")
        world.shop.edit(world.shop.world.invoices[invoice.id], note="again")
        await world.sync()
        assert world.paper(INVOICE, invoice).party == "Silva Dental Care"
        assert await world.findings("name_conflict", "dependency") == []
        await world.proof()


async def test_x5_duplicate_number(tmp_path):
    """X5: a number that the books have already is told; renumbered there, retry posts once."""
    async with open_service_world(tmp_path) as world:
        world.shop.customer("Silva Dental")
        customer = world.ledger.add_customer("Kowalczyk Law")
        own = world.ledger.enter_invoice(customer, "1001", Decimal("5.00"))
        invoice = world.shop.invoice("Silva Dental", 10_000)
        assert invoice.number == "1001"
        await world.sync()
        (finding,) = await world.findings("duplicate_document")
        assert finding.hint
        assert world.papers() == {}
        world.ledger.person.edit("Invoice", own, {"DocNumber": "K-1001"})
        await world.retry(finding)
        await world.sync()
        assert world.paper(INVOICE, invoice).number == "1001"
        await world.proof()


async def test_x5_link_to_the_invoice_that_a_person_wrote(tmp_path):
    """X5: an invoice that was entered by hand is taken for ours when a person says so."""
    async with open_service_world(tmp_path) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        payment = world.shop.pay(invoice)
        customer = world.ledger.add_customer("Silva Dental")
        own = world.ledger.enter_invoice(customer, invoice.number, Decimal("100.00"))
        await world.sync()
        (finding,) = await world.findings("duplicate_document")
        wanted = Link(source="psa", sink="books")
        assert await world.kernel.store.tx(link, finding.id, wanted, world.kernel.now_ms(), "me")
        await world.sync()
        await world.sync()
        assert set(world.papers()) == {f"sl:payment-{payment.id}"}
        assert world.balance("receivables") == 0
        assert world.ledger.company.read("Invoice", own)["Balance"] == 0
        assert await world.findings() == []
        await world.proof()


async def test_x5_credits_that_quickbooks_applies_by_itself(tmp_path):
    """X5: where QuickBooks uses a credit before our payment comes, the hint's way out works."""
    async with open_service_world(tmp_path) as world:
        automatic = {"SalesFormsPrefs.AutoApplyCredit": True}
        world.ledger.company.set_preferences(automatic)
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 25_000)
        payment = world.shop.pay(invoice)
        credit = world.shop.refund(invoice, 5_000, pay_out=False)
        await world.sync()
        (finding,) = await world.findings()
        assert "Automatically apply credits" in finding.hint
        (own,) = world.ledger.company.query("select * from Payment")["Payment"]
        assert own["TotalAmt"] == 0
        world.ledger.company.set_preferences(dict.fromkeys(automatic, False))
        world.ledger.delete_payment(own["Id"])
        await world.retry(finding)
        await world.sync()
        assert world.paper(PAYMENT, payment).open == 0
        assert world.paper(INVOICE, invoice).open == 0
        assert world.paper(CREDIT_MEMO, credit).open == Decimal("50.00")
        assert await world.findings() == []
        await world.quiet()
        await world.proof()


async def test_x5_merged_customer(tmp_path):
    """X5: a customer that was merged away is told with two ways out, and both of them work."""
    async with open_service_world(tmp_path) as world:
        world.shop.customer("Silva Dental")
        world.shop.customer("Silva Dental Inc.")
        world.shop.invoice("Silva Dental", 10_000)
        old = world.shop.invoice("Silva Dental Inc.", 2_000)
        await world.sync()
        ids = {name: row["Id"] for name, row in world.ledger.entries("customer").items()}
        world.ledger.person.merge("Customer", ids["Silva Dental"], ids["Silva Dental Inc."])
        one = world.shop.invoice("Silva Dental Inc.", 3_000)
        two = world.shop.invoice("Silva Dental Inc.", 4_000)
        world.advance(hours=2)
        await world.sync()
        (finding,) = await world.findings("missing_in_books")
        assert "merged" in finding.message
        assert len(world.papers()) == 2
        assert world.paper(INVOICE, old).party == "Silva Dental"

        world.shop.edit(two, customer_id=world.shop.customers["Silva Dental"])
        await world.sync()
        assert world.paper(INVOICE, two).party == "Silva Dental"

        await world.retry(finding)
        await world.sync()
        assert world.paper(INVOICE, one).party == "Silva Dental Inc."
        assert await world.findings() == []
        await world.proof()


async def test_x2_a_person_edits_and_deletes(tmp_path):
    """X2: what a person changed or deleted in the books is found when they are read back."""
    async with open_service_world(tmp_path) as world:
        world.shop.customer("Silva Dental")
        one = world.shop.invoice("Silva Dental", 10_000)
        two = world.shop.invoice("Silva Dental", 2_000)
        await world.sync()
        world.ledger.person.delete("Invoice", world.paper(INVOICE, two).id)
        paper = world.paper(INVOICE, one)
        lines = [dict(paper.raw["Line"][0], Amount=Decimal("90.00"))]
        lines[0]["SalesItemLineDetail"] = {
            k: v for k, v in lines[0]["SalesItemLineDetail"].items() if k == "ItemRef"
        }
        world.ledger.person.edit("Invoice", paper.id, {"Line": lines})
        with pytest.raises(AssertionError):
            await world.reconcile()
        kinds = {row.category for row in await world.findings()}
        assert {"missing_in_books", "changed_in_books"} <= kinds


async def test_o2_webhooks_make_the_flow_due(tmp_path):
    """S1, O2: news of either side, shown with the right secret, runs the flow at once."""
    async with open_service_world(
        tmp_path,
        psa={"webhook_secret": {"env": "HOOK"}},
        connection={"webhook_verifier": {"env": "VERIFIER"}},
        door=serving,
    ) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        http = world.kernel.runtime.http
        address = f"{world.url}/webhooks/psa"
        assert (await http("POST", address, body=b"{}")).status == 401
        headers = {"x-subledger-secret": HOOK}
        assert (await http("POST", address, headers=headers, body=b"{}")).status == 204
        await world.until(lambda: len(world.papers()) == 1)
        assert world.change(world.paper(INVOICE, invoice)) == 100
