"""K6: what the log tells, and what it never tells."""

import io
import json

import pytest
import structlog
from world import PASSWORD, TOKEN, ago

from subledger.observe import redact
from subledger.observe.logging import set_up
from subledger.secret import Secret
from subledger_pex.simulator.landmarks import bought, plain

ITEM = bought("item", -100, ago(9), tags=plain("Fuel"))


@pytest.fixture
def log():
    """Everything that is logged, as text."""
    stream = io.StringIO()
    set_up("debug", "json", stream=stream)
    yield stream
    redact.forget_all()


def lines(log):
    """The log as documents."""
    return [json.loads(line) for line in log.getvalue().splitlines()]


async def test_ids_in_log_lines(make, log):
    """K6: a line about a run names flow and run, a line about a session names the connection."""
    async with make(ITEM) as world:
        await world.sync()
    by_event = {line["event"]: line for line in lines(log)}
    assert by_event["run_started"]["flow"] == "cards"
    assert by_event["run_finished"]["run"] == by_event["run_started"]["run"] == 1
    assert by_event["run_finished"]["read"] == 1
    assert by_event["soap_call"]["connection"] == "books"
    methods = {line["method"] for line in lines(log) if line["event"] == "soap_call"}
    assert {"authenticate", "sendRequestXML", "receiveResponseXML"} <= methods
    assert all(line["time"] for line in lines(log))


async def test_history_names_the_record(make):
    """K6: the audit trail names flow, connection, record and effect of each posting."""
    async with make(ITEM) as world:
        await world.sync()
        (row,) = await world.kernel.store.read(
            lambda c: (
                c.exec_driver_sql("SELECT * FROM history WHERE action='posted'").mappings().all()
            )
        )
        assert row["flow"] == "cards"
        assert row["connection"] == "books"
        assert row["record"] == str(world.landmark("item"))
        assert row["effect"] == 1
        assert row["detail"].startswith("Check ")


async def test_secrets_are_nowhere(make, log):
    """K6: token and password are in no log line, wire log or database, also when all goes wrong."""
    async with make(ITEM, debug={"wire_log": "wire"}) as world:
        await world.sync()
        await world.company.session(password="wrong")
        world.cards.faults = type(world.cards.faults)(expire_token_at=1, error_at=2)
        await world.run_flow()
        for words in (("status",), ("findings",), ("doctor",)):
            assert TOKEN not in json.dumps((await world.command(*words))[1])
        structlog.get_logger().info(
            "canary", authorization=f"Basic {TOKEN}", secret=Secret(PASSWORD)
        )
        kept = [p for p in world.folder.rglob("*") if p.is_file() and p.name != "company.db"]
        assert any(path.suffix == ".xml" for path in kept)
        texts = {path.name: path.read_bytes() for path in kept} | {"log": log.getvalue().encode()}
    for secret in (TOKEN, PASSWORD):
        assert [name for name, text in texts.items() if secret.encode() in text] == []
    assert '"canary"' in log.getvalue()


async def test_canary_would_be_found(log):
    """K6: the search above finds a secret that nobody masks."""
    structlog.get_logger().info("plain", text=f"it is {TOKEN}x".replace("token", "t0ken"))
    assert "a-t0ken-that-nobody-may-see" in log.getvalue()
