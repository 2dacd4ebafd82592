"""QuickBooks fails with an HRESULT or a status: the session ends or goes on, never for ever."""

import pytest

HRESULTS = (
    *("0x80040400", "0x80040401", "0x80040402", "0x80040403", "0x80040404", "0x80040408"),
    *("0x8004040A", "0x8004040C", "0x8004040D", "0x80040410", "0x80040414", "0x80040416"),
    *("0x8004041A", "0x8004041B", "0x8004041C", "0x8004041D", "0x80040420", "0x80040421"),
    *("0x80040422", "0x12345678", "-2147220478", "nonsense", ""),
)
FIX = ("0x80040400", "0x80040404")
UNKNOWN_AFTER_A_WRITE = (
    *("0x80040401", "0x80040402", "0x8004041C", "0x80040421", "0x12345678", "-2147220478"),
    *("nonsense", ""),
)
ROUNDS = 40
ODD = (
    "<QBXML><QBXMLMsgsRs><CheckAddRs statusCode='0'><CheckRet><TxnID>1-1</TxnID>"
    "<Amount>{}</Amount></CheckRet></CheckAddRs></QBXMLMsgsRs></QBXML>"
)


@pytest.mark.parametrize("hresult", HRESULTS)
async def test_a_session_in_which_every_request_fails_comes_to_an_end(bench, hresult: str) -> None:
    """QuickBooks answers every request with the same HRESULT: the session ends by itself."""
    await bench.plan_checks(2)
    ticket, _ = await bench.login()
    hcp = bench.hcp()
    for _ in range(ROUNDS):
        if not await bench.ask(ticket, hcp):
            break
        hcp = ""
        if not 1 <= await bench.give(ticket, "", hresult, "It failed.") <= 99:
            break
    else:
        pytest.fail("the session does not end")
    assert "settled" not in await bench.states()
    await bench.call("closeConnection", ticket)
    for _ in range(3):
        await bench.run()
        bench.clock.forward(120)
    assert len(bench.posted()) == (await bench.states()).count("settled")


@pytest.mark.parametrize("hresult", HRESULTS)
async def test_a_write_that_fails_is_refused_unknown_or_still_to_be_sent(
    bench, hresult: str
) -> None:
    """Each HRESULT after a write: certain refusals are final, uncertain ones are never resent."""
    await bench.plan_checks(1)
    ticket, request, session = await bench.until("CheckAddRq")
    percent = await bench.give(ticket, "", hresult, "It failed.")
    (state,) = await bench.states()
    if hresult in FIX:
        assert (state, percent) == ("rejected", 100)
    elif hresult in UNKNOWN_AFTER_A_WRITE:
        assert (state, percent) == ("unknown", -1)
    else:
        assert (state, percent) == ("planned", -1)
    if percent < 0:
        assert await bench.call("getLastError", ticket) not in ("", "NoOp", "No work is left.")
    if state == "unknown":
        session.process(request)
    await bench.call("closeConnection", ticket)
    await bench.run()
    assert len(bench.posted()) == (0 if hresult in FIX else 1)


@pytest.mark.parametrize(
    "name", ["CompanyActivityQueryRq", "AccountQueryRq", "enquiry", "CheckQueryRq", "replay"]
)
@pytest.mark.parametrize("hresult", ["0x80040400", "0x80040402", "0x80040414"])
async def test_a_single_request_that_always_fails_does_not_hold_the_session(
    bench, name, hresult: str, request
) -> None:
    """One sort of request always fails: bounded rounds, and nothing is posted twice."""
    which = request.node.callspec.params["name"]
    await bench.plan_checks(2)
    if which in ("enquiry", "CheckQueryRq", "replay"):
        _ticket, write, session = await bench.until("CheckAddRq")
        if which == "replay":
            session.process(write)
        bench.clock.forward(61)
    for _ in range(3):
        await _session(bench, which, hresult)
        bench.clock.forward(120)
    states = await bench.states()
    assert len(bench.posted()) == len({row["memo"] for row in bench.posted()})
    assert states.count("settled") <= len(bench.posted())


async def _session(bench, which: str, hresult: str) -> None:
    from lxml import etree  # noqa: PLC0415 - one helper

    ticket, answer = await bench.login()
    if answer == "none":
        return
    session, hcp = bench.session(), bench.hcp()
    for _ in range(ROUNDS):
        request = await bench.ask(ticket, hcp)
        hcp = ""
        if not request:
            break
        requests = etree.fromstring(request.encode())[0]
        name = str(requests[0].tag) if len(requests) else "enquiry"
        sort = "replay" if which == "replay" and name == "CheckAddRq" else name
        if sort == which:
            percent = await bench.give(ticket, "", hresult, "It failed.")
        else:
            percent = await bench.give(ticket, session.process(request))
        if not 1 <= percent <= 99:
            break
    else:
        pytest.fail("the session does not end")
    await bench.call("closeConnection", ticket)


@pytest.mark.parametrize("status", [1000, 3250, 3260, 3000, 9001, 9999])
async def test_a_search_that_quickbooks_refuses_ends_the_session_with_the_reason(
    bench, status: int, name
) -> None:
    """An unknown write whose search is refused stays unknown; it is not asked for for ever."""
    await bench.plan_checks(1)
    await bench.until("CheckAddRq")
    bench.clock.forward(61)
    ticket, _ = await bench.login()
    session, hcp = bench.session(), bench.hcp()
    searches = 0
    for _ in range(ROUNDS):
        request = await bench.ask(ticket, hcp)
        hcp = ""
        if not request:
            break
        if name(request) == "CheckQueryRq":
            searches += 1
            answer = (
                f'<QBXML><QBXMLMsgsRs><CheckQueryRs statusCode="{status}" statusSeverity="Error"'
                ' statusMessage="no"/></QBXMLMsgsRs></QBXML>'
            )
        else:
            answer = session.process(request)
        if not 1 <= await bench.give(ticket, answer) <= 99:
            break
    assert 1 <= searches <= 5
    assert await bench.states() == ["unknown"]
    assert len(bench.posted()) == 0


@pytest.mark.parametrize(
    "answer",
    [
        "hello",
        "<QBXML>",
        "<html><body>502</body></html>",
        '<!DOCTYPE QBXML [<!ENTITY a "b">]><QBXML>&a;</QBXML>',
        "<QBXML><QBXMLMsgsRs></QBXMLMsgsRs></QBXML>",
        "<QBXML/>",
        "   ",
        "<QBXML><QBXMLMsgsRs><CheckAddRs statusCode='x'/></QBXMLMsgsRs></QBXML>",
        ODD.format("many"),
        ODD.format("<a>1</a><b/>"),
    ],
)
async def test_an_answer_that_makes_no_sense_is_recovered_from(bench, answer: str) -> None:
    """Rubbish after a write: no fault, the outcome is unknown, and it is found out later."""
    await bench.plan_checks(2)
    ticket, request, session = await bench.until("CheckAddRq")
    session.process(request)
    assert await bench.give(ticket, answer) in range(-1, 101)
    assert (await bench.states())[0] != "settled"
    await bench.call("closeConnection", ticket)
    bench.clock.forward(61)
    result = await bench.run()
    assert not result.failed
    assert await bench.states() == ["settled", "settled"]
    assert len(bench.posted()) == 2


@pytest.mark.parametrize("answer", ["hello", "<QBXML>", "<QBXML><QBXMLMsgsRs/></QBXML>"])
async def test_a_list_that_comes_as_rubbish_is_asked_for_again(bench, answer: str) -> None:
    """Rubbish after a question: no fault, and the next session has the list."""
    await bench.plan_checks(1)
    ticket, _request, _session = await bench.until("AccountQueryRq")
    assert await bench.give(ticket, answer) in range(-1, 100)
    await bench.call("closeConnection", ticket)
    result = await bench.run()
    assert not result.failed
    assert await bench.states() == ["settled"]
