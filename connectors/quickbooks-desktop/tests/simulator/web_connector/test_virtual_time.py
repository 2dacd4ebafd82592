"""The Web Connector on a loop whose time jumps: nothing waits for the wall clock."""

import asyncio

from subledger_quickbooks_desktop.simulator.web_connector import Behaviour


def run_in_virtual_time(coroutine):
    """Run a coroutine on a loop that jumps to the next timer; its result and the seconds passed."""
    loop = asyncio.new_event_loop()
    passed = [0.0]
    select = loop._selector.select

    def jump(timeout):
        passed[0] += timeout or 0.0
        return select(0)

    loop.time = lambda: passed[0]
    loop._selector.select = jump
    try:
        return loop.run_until_complete(coroutine), passed[0]
    finally:
        loop.close()


def test_pauses_intervals_and_time_limits_take_virtual_time(bench, query):
    """Two NoOp pauses, an hour between two runs, and a call that never answers."""
    server = bench.server
    server.script["sendRequestXML"] = ["NoOp", "NoOp", query]
    server.script["getLastError"] = ["NoOp"]
    connector = bench.connector(sleep=asyncio.sleep)
    results, passed = run_in_virtual_time(connector.run(2, every=3600))
    assert [result.percent for result in results] == [100, 100]
    assert 3610 <= passed < 3611

    class Silent:
        async def post(self, action, body):
            await asyncio.Event().wait()

    limited = bench.connector(transport=Silent(), behaviour=Behaviour(call_timeout=100))
    result, passed = run_in_virtual_time(limited.run_once())
    assert result.error == "QBWC1036"
    assert 200 <= passed < 201  # serverVersion may fail, clientVersion may not
