"""The fault plan: how it is written, and what each fault does to a session."""

import random

import pytest

from subledger_quickbooks_desktop.simulator.faults import (
    Cut,
    FaultPlan,
    FaultPlanError,
    Faults,
    is_write,
)


def faults(text, seed=1):
    """A plan in operation."""
    return Faults(FaultPlan.parse(text), rng=random.Random(seed))  # noqa: S311 - no secret


class Door:
    """A person at the keyboard who notes what was asked."""

    def __init__(self, other):
        self.done = []
        self.other = other

    def restore_backup(self):
        """Note it."""
        self.done.append("restore")
        return "restored"

    def edit_something(self):
        """Note it."""
        self.done.append("edit")
        return "edited"

    def delete_something(self):
        """Note it."""
        self.done.append("delete")
        return "deleted"

    def other_company(self):
        """Open the other company."""
        self.done.append("other")
        return self.other


def test_a_plan_is_read_as_it_is_written():
    """Names, values and counts come back in the same form."""
    text = "lost-answer@3,cut=authenticate@2,slow=0.2,open-error=0x80040408@1,two-connectors"
    plan = FaultPlan.parse(f" {text.replace(',', ' , ')}, ")
    assert ",".join(map(str, plan.faults)) == text
    assert (plan.slow, plan.two_connectors, plan.touches_books) == (0.2, True, False)
    assert FaultPlan.parse("").faults == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lost-anser@3", "'lost-anser' is not a fault; there are cut,"),
        ("lost-answer@0", "counts from 1"),
        ("lost-answer=2", "takes no value"),
        ("cut@1", "needs a method: serverVersion"),
        ("cut=authenticat", "needs a method"),
        ("slow", "needs seconds"),
        ("slow=fast", "needs seconds"),
        ("slow=1@2", "takes no @n"),
        ("random=2", "probability"),
        ("open-error=408", "an hresult"),
        ("Lost Answer", "not of the form"),
    ],
)
def test_a_wrong_item_is_named(text, words):
    """The message says what is wrong and what there is."""
    with pytest.raises(FaultPlanError, match=words):
        FaultPlan.parse(text)


def test_all_wrong_items_are_named_at_once():
    """One reading shows every mistake."""
    with pytest.raises(FaultPlanError, match=r"slowly.*no value"):
        FaultPlan.parse("slowly=1,modal@1,user-edit=3")


def test_writes_are_told_from_reads(add, query):
    """Add, Mod, Del and Void write; queries, empty sets and text do not."""
    assert is_write(add)
    assert is_write(add.replace("VendorAddRq", "TxnVoidRq"))
    assert not is_write(query)
    assert not is_write('<QBXML><QBXMLMsgsRq onError="stopOnError"/></QBXML>')
    assert not is_write("no xml")


def test_random_faults_are_the_same_for_the_same_seed():
    """Chance is drawn from the seed, and both extremes hold."""

    def draw(text, seed):
        plan = faults(text, seed)
        return [(plan.call("authenticate"), plan.write(), plan.opening()) for _ in range(50)]

    assert draw("random=0.3", 7) == draw("random=0.3", 7)
    assert draw("random=0.3", 7) != draw("random=0.3", 8)
    assert draw("random=0", 7) == [(None, None, None)] * 50
    assert all(all(hits) for hits in draw("random=1", 7))


def test_calls_are_counted_for_each_method_over_the_whole_run():
    """The second authenticate is hit, whatever else was called."""
    plan = faults("cut=authenticate@2,cut-after=closeConnection")
    assert plan.call("authenticate") is None
    assert plan.call("sendRequestXML") is None
    assert plan.call("authenticate") is Cut.BEFORE
    assert plan.call("authenticate") is None
    assert [plan.call("closeConnection") for _ in range(2)] == [Cut.AFTER] * 2
    assert plan.fired[0] == "cut authenticate@2"


async def test_a_lost_answer_kills_the_connector_after_quickbooks_posted(
    bench, server, quickbooks, add, query
):
    """No receiveResponseXML, no closeConnection, no unlock; the next run is a fresh one."""
    server.script["sendRequestXML"] = [query, add, add]
    server.script["receiveResponseXML"] = [50]
    connector = bench.connector(faults=faults("lost-answer@1"))
    result = await connector.run_once()
    assert (result.killed, result.error, result.failed) == (True, None, True)
    assert quickbooks.requests == [query, add]
    assert server.methods[-1] == "sendRequestXML"
    assert quickbooks.private["AppLock"].startswith("LOCKED")
    assert quickbooks.ended == 1
    server.script["receiveResponseXML"] = [100]
    assert (await connector.run_once()).percent == 100


async def test_an_unseen_answer_reaches_the_server_and_is_1042(bench, server, add):
    """The server has the answer, the connector does not know it."""
    server.script["sendRequestXML"] = [add]
    result = await bench.connector(faults=faults("answer-unseen@1")).run_once()
    assert server.methods[-1] == "receiveResponseXML"
    assert (result.error, result.percent) == ("QBWC1042", None)


@pytest.mark.parametrize(("fault", "reached"), [("cut", False), ("cut-after", True)])
async def test_a_cut_connection_loses_the_call_or_the_reply(bench, server, add, fault, reached):
    """Before: the server never saw it. After: the server served it."""
    server.script["sendRequestXML"] = [add]
    result = await bench.connector(faults=faults(f"{fault}=sendRequestXML@1")).run_once()
    assert result.error == "QBWC1041"
    assert ("sendRequestXML" in server.methods) is reached
    assert bench.quickbooks.requests == []


async def test_a_crash_in_quickbooks_posts_and_answers_with_an_error(
    bench, server, quickbooks, add, query
):
    """0x80040402 for the write, and QuickBooks is gone for the rest of the session."""
    server.script["sendRequestXML"] = [add, query]
    server.script["receiveResponseXML"] = [50, 100]
    result = await bench.connector(faults=faults("crash-in-quickbooks@1")).run_once()
    first, second = server.values("receiveResponseXML")
    assert (first["response"], first["hresult"]) == ("", "0x80040402")
    assert (second["response"], second["hresult"]) == ("", "0x80040401")
    assert quickbooks.requests == [add]
    assert (result.error, quickbooks.ended) == (None, 1)


async def test_a_duplicate_receive_delivers_the_same_answer_twice(bench, server, add):
    """The first reply counts."""
    server.script["sendRequestXML"] = [add]
    server.script["receiveResponseXML"] = [100, -1]
    result = await bench.connector(faults=faults("duplicate-receive@1")).run_once()
    first, second = server.values("receiveResponseXML")
    assert first == second
    assert result.percent == 100


@pytest.mark.parametrize(
    ("text", "hresult"), [("modal@1", "0x80040414"), ("open-error=0x80040408@1", "0x80040408")]
)
async def test_quickbooks_that_does_not_open_is_reported(bench, server, text, hresult):
    """Both tries of the first opening fail; the next opening succeeds."""
    server.script["connectionError"] = [""]
    result = await bench.connector(faults=faults(text)).run_once()
    (values,) = server.values("connectionError")
    assert (values["hresult"], result.error) == (hresult, None)
    assert bench.quickbooks.opened == [""]


async def test_slow_quickbooks_takes_its_time_for_each_request(bench, server, query):
    """The pause goes through the given sleep."""
    server.script["sendRequestXML"] = [query]
    server.script["receiveResponseXML"] = [50, 100]
    await bench.connector(faults=faults("slow=0.2")).run_once()
    assert bench.sleeps == [0.2, 0.2]


async def test_the_books_are_touched_before_the_run_that_is_named(bench, quickbooks):
    """Restoring, editing, deleting and another company, each in its run."""
    other = type(quickbooks)()
    door = Door(other)
    plan = faults("user-edit@1,restored-backup@2,user-delete@2,wrong-company@3")
    connector = bench.connector(faults=plan, door=door)
    seen = []
    for _ in range(4):
        await connector.run_once()
        seen.append((list(door.done), len(quickbooks.opened), len(other.opened)))
    assert seen == [
        (["edit"], 1, 0),
        (["edit", "restore", "delete"], 2, 0),
        (["edit", "restore", "delete", "other"], 2, 1),
        (["edit", "restore", "delete", "other"], 3, 1),
    ]
    assert any("restored-backup: restored" in line for line in bench.lines)


def test_a_plan_for_the_books_needs_somebody_at_the_keyboard(bench):
    """Without a door the plan is refused at once."""
    with pytest.raises(ValueError, match="BooksDoor"):
        bench.connector(faults=faults("user-edit@1"))


async def test_no_fault_is_fired_without_a_plan(bench, server, add):
    """The default plan is empty: a session with a write goes through."""
    server.script["sendRequestXML"] = [add]
    plan = faults("")
    result = await bench.connector(faults=plan).run_once()
    assert (result.percent, result.writes, plan.fired) == (100, 1, [])
