"""K6: a monitoring system sees how flows, records and connections stand."""

import pytest
from prometheus_client.parser import text_string_to_metric_families
from service_world import SECRETS, open_service_world


async def scraped(world):
    """Every number by its name and labels, as Prometheus' own parser reads it."""
    reply = await world.kernel.runtime.http("GET", f"{world.url}/metrics")
    assert reply.status == 200
    text = reply.body.decode()
    assert not any(secret in text for secret in SECRETS.values())
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize("books", ["online", "desktop"])
async def test_k6_metrics_tell_what_is_done_and_what_waits(tmp_path, books):
    """K6: runs, records that wait, writes on their way, findings and pauses are numbers."""
    async with open_service_world(tmp_path, books, server={"metrics": True}) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        world.shop.pay(invoice)
        await world.sync()
        before = await scraped(world)
        finished = before["subledger_flow_last_success_timestamp_seconds", "sales"]
        assert abs(finished - world.kernel.runtime.now().timestamp()) < 60
        assert before["subledger_flow_failed", "sales"] == 0
        assert before["subledger_connection_paused", "books"] == 0
        assert not [key for key in before if key[0] == "subledger_records"]
        assert before["process_resident_memory_bytes",] > 0
        world.shop.invoice("Silva Dental", 5_000)
        await world.run_flow()
        waiting = await scraped(world)
        assert waiting["subledger_run_planned", "sales"] == 1
        assert waiting["subledger_effects", "books", "planned"] == 1
        assert waiting["subledger_records", "planned", "sales"] == 1
        world.ledger.close_books(world.shop.today)
        await world.deliver()
        held = await scraped(world)
        assert held["subledger_findings", "", "closed_period", "sales"] == 1
        state = "rejected" if books == "online" else "held"  # Desktop tells the closing date first
        assert held["subledger_records", state, "sales"] == 1


async def test_k6_metrics_are_off_unless_asked_for(tmp_path):
    """K6: names of flows and connections are not told to everybody."""
    async with open_service_world(tmp_path) as world:
        reply = await world.kernel.runtime.http("GET", f"{world.url}/metrics")
        assert reply.status == 404
        assert b"[server] metrics" in reply.body
