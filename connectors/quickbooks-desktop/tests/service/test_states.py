"""Each row of the protocol's table of states, one test a row, and what belongs around it."""

import pytest
import sqlalchemy as sa

from subledger.store.schema import CONNECTION

PASSWORD = "correct horse battery staple"
OTHER_FILE_ID = "{99999999-2222-3333-4444-555555555555}"
STRANGE = "0123456789abcdef0123456789abcdef-1"


async def test_versions_are_answered_without_any_state(bench) -> None:
    """The calls serverVersion and clientVersion need no session and leave none behind."""
    assert (await bench.call("serverVersion")).startswith("subledger")
    assert await bench.call("clientVersion", "2.3.0.215") == ""
    assert await bench.call("clientVersion", "1.0.0.1") == ""


async def test_without_work_a_login_is_answered_with_none(bench) -> None:
    """Nothing to do: `none`, and the next login is not kept out by the first."""
    for _ in range(2):
        ticket, answer = await bench.login()
        assert ticket
        assert answer == "none"
        assert await bench.call("closeConnection", ticket) == "OK"


async def test_with_work_a_login_gets_a_new_ticket_and_the_company_file(make_bench) -> None:
    """Work: a ticket nobody can guess from the last one, and the configured path."""
    bench = make_bench(company_file=r"C:\Books\Northwind.qbw")
    await bench.plan_checks(1)
    first, path = await bench.login()
    assert path == r"C:\Books\Northwind.qbw"
    await bench.call("closeConnection", first)
    second, _ = await bench.login()
    assert second != first


async def test_a_second_connector_is_busy_until_the_first_falls_silent(bench) -> None:
    """Two live connectors of one company: the second is busy, but not for ever."""
    await bench.plan_checks(1)
    first, _ = await bench.login()
    bench.clock.forward(59)
    assert (await bench.login())[1] == "busy"
    assert await bench.ask(first, bench.hcp()), "the first goes on unharmed"
    bench.clock.forward(61)
    second, answer = await bench.login()
    assert answer == ""
    assert await bench.ask(first) == "", "the superseded ticket is nobody's"
    assert await bench.ask(second, bench.hcp())


async def test_a_request_without_an_answer_is_settled_first_in_the_next_session(
    bench, name
) -> None:
    """The answer was lost: the next session asks what became of the write before anything else."""
    await bench.plan_checks(2)
    _ticket, request, session = await bench.until("CheckAddRq")
    session.process(request)
    bench.clock.forward(61)
    ticket, _ = await bench.login()
    assert await bench.states() == ["unknown", "planned"]
    first = await bench.ask(ticket, bench.hcp())
    assert name(first) == "CompanyActivityQueryRq"
    await bench.give(ticket, session.process(first))
    assert name(await bench.ask(ticket)) == "enquiry"


async def test_asking_again_with_a_request_outstanding_makes_it_unknown(bench, name) -> None:
    """Called twice: the answer to the first request is lost, so it is never sent as new."""
    await bench.plan_checks(2)
    ticket, request, _session = await bench.until("CheckAddRq")
    second = await bench.ask(ticket)
    assert name(second) == "enquiry"
    assert await bench.states() == ["unknown", "planned"]
    assert request not in second


async def test_an_answer_is_settled_and_the_percent_grows_to_a_hundred(bench) -> None:
    """Each answer is between 1 and 99 while work is left, and the last is 100."""
    await bench.plan_checks(3)
    ticket, _ = await bench.login()
    session, hcp, percents = bench.session(), bench.hcp(), []
    while not percents or percents[-1] < 100:
        request = await bench.ask(ticket, hcp)
        hcp = ""
        percents.append(await bench.give(ticket, session.process(request)))
        assert len(percents) < 40
    assert percents[-1] == 100
    assert all(1 <= percent <= 99 for percent in percents[:-1])
    assert await bench.states() == ["settled"] * 3
    assert len(bench.posted()) == 3


async def test_an_answer_that_nobody_waits_for_ends_the_session_and_settles_nothing(bench) -> None:
    """Delivered twice: the second one changes nothing and is answered with 100."""
    await bench.plan_checks(2)
    ticket, request, session = await bench.until("CheckAddRq")
    answer = session.process(request)
    assert 1 <= await bench.give(ticket, answer) <= 99
    assert await bench.states() == ["settled", "planned"]
    assert await bench.give(ticket, answer) == 100
    assert await bench.states() == ["settled", "planned"]


async def test_an_old_answer_is_not_taken_for_the_answer_to_the_next_write(bench) -> None:
    """The answer of write 1 comes once more while write 2 is out: write 2 is not settled by it."""
    await bench.plan_checks(2)
    ticket, request, session = await bench.until("CheckAddRq")
    answer = session.process(request)
    await bench.give(ticket, answer)
    second = await bench.ask(ticket)
    assert "CheckAddRq" in second
    await bench.give(ticket, answer)
    assert (await bench.states())[1] != "settled"
    assert len(bench.posted()) == 1
    await bench.call("closeConnection", ticket)
    await bench.run()
    assert await bench.states() == ["settled", "settled"]
    assert len(bench.posted()) == 2


async def test_an_old_answer_is_not_taken_for_the_next_page_of_a_list(bench, name) -> None:
    """The answer of one list comes once more while the next list is out: it is not that list's."""
    await bench.plan_checks(1)
    ticket, request, session = await bench.until("VendorQueryRq")
    answer = session.process(request)
    await bench.give(ticket, answer)
    assert name(await bench.ask(ticket)) == "ItemQueryRq"
    assert await bench.give(ticket, answer) <= 99
    kinds = await bench.store.tx(
        lambda c: dict(c.exec_driver_sql("SELECT kind, COUNT(*) FROM entry GROUP BY kind").all())
    )
    assert kinds["vendor"] == 3
    assert "item" not in kinds, "vendors are no items"
    again = await bench.ask(ticket)
    assert name(again) == "ItemQueryRq", "the list that was not answered is asked for again"


async def test_connection_error_without_another_path_is_done(bench) -> None:
    """QuickBooks cannot be opened: recorded, shown, and no second try."""
    await bench.plan_checks(1)
    ticket, _ = await bench.login()
    assert await bench.call("connectionError", ticket, "0x80040414", "A modal dialog") == "done"
    assert "dialogue" in await bench.call("getLastError", ticket)
    assert await bench.findings() == ["connection_offline"]
    assert await bench.call("closeConnection", ticket)


async def test_connection_error_with_a_configured_path_tries_it_once(make_bench) -> None:
    """A path is tried once more, then it is done; never an endless loop."""
    bench = make_bench(company_file=r"C:\Books\Northwind.qbw")
    await bench.plan_checks(1)
    ticket, _ = await bench.login()
    answers = [
        await bench.call("connectionError", ticket, "0x80040408", "no start") for _ in range(4)
    ]
    assert answers == [r"C:\Books\Northwind.qbw", "done", "done", "done"]


async def test_last_error_is_no_op_while_planning_goes_on(make_bench) -> None:
    """NoOp is said by both calls, so that the Web Connector waits and asks again."""
    answers = iter([True, True, False])

    async def plan(_connection: str) -> bool:
        return next(answers)

    bench = make_bench(plan=plan)
    await bench.plan_checks(1)
    ticket, _ = await bench.login()
    session, hcp, waits = bench.session(), bench.hcp(), 0
    for _ in range(30):
        request = await bench.ask(ticket, hcp)
        hcp = ""
        if request == "NoOp":
            waits += 1
            assert await bench.call("getLastError", ticket) == "NoOp"
            continue
        if await bench.give(ticket, session.process(request)) == 100:
            break
    assert waits == 2
    assert await bench.states() == ["settled"]
    assert await bench.call("getLastError", ticket) != "NoOp"


async def test_close_connection_ends_the_ticket_and_frees_the_company(bench) -> None:
    """After closeConnection the ticket is worthless and another session may begin at once."""
    await bench.plan_checks(1)
    ticket, _ = await bench.login()
    assert await bench.call("closeConnection", ticket) == "OK"
    assert await bench.ask(ticket, bench.hcp()) == ""
    assert (await bench.login())[1] == ""


@pytest.mark.parametrize("ticket", ["", "x", STRANGE, "--1", "1", "-0", "a-" + "9" * 30, "é-1"])
async def test_an_unknown_ticket_is_answered_in_the_protocols_words(bench, ticket: str) -> None:
    """Nobody's ticket: no work, no detail, no fault, and the live session is not touched."""
    await bench.plan_checks(1)
    live, _ = await bench.login()
    before = await bench.lease_until()
    bench.clock.forward(5)
    assert await bench.ask(ticket, bench.hcp()) == ""
    assert await bench.give(ticket, "<QBXML><QBXMLMsgsRs/></QBXML>") == -1
    assert await bench.give(ticket, "", "0x80040400", "text") == -1
    assert "expired" in await bench.call("getLastError", ticket)
    assert await bench.call("connectionError", ticket, "0x80040400", "text") == "done"
    assert await bench.call("closeConnection", ticket) == "OK"
    assert await bench.lease_until() == before, "a stranger does not prolong a session"
    assert await bench.ask(live, bench.hcp())


async def test_a_closed_ticket_does_not_take_the_company_again(bench) -> None:
    """Replaying the calls of a closed session neither works nor keeps the next one out."""
    await bench.plan_checks(1)
    ticket, _ = await bench.login()
    await bench.call("closeConnection", ticket)
    assert await bench.ask(ticket, bench.hcp()) == ""
    assert await bench.give(ticket, "<QBXML><QBXMLMsgsRs/></QBXML>") == -1
    assert await bench.call("closeConnection", ticket) == "OK"
    assert (await bench.login())[1] == ""


async def test_a_late_answer_of_a_superseded_session_proves_what_was_posted(bench) -> None:
    """The body of an answer with an old ticket is evidence: the write is settled, not repeated."""
    await bench.plan_checks(1)
    old, request, session = await bench.until("CheckAddRq")
    answer = session.process(request)
    bench.clock.forward(61)
    await bench.login()
    assert await bench.states() == ["unknown"]
    assert await bench.give(old, answer) == -1
    assert await bench.states() == ["settled"]
    assert len(bench.posted()) == 1


async def test_another_file_id_gets_nothing(bench) -> None:
    """The wrong company file is open: nothing is sent, the reason is told, a finding is shown."""
    await bench.plan_checks(1)
    bench.mark_company(OTHER_FILE_ID)
    ticket, _ = await bench.login()
    assert await bench.ask(ticket, bench.hcp()) == ""
    assert "Nothing was sent" in await bench.call("getLastError", ticket)
    assert await bench.findings() == ["wrong_company"]
    assert await bench.states() == ["planned"]


async def test_asking_again_after_another_file_id_still_gets_nothing(bench) -> None:
    """The refusal of the wrong company file holds for the session, not for one call."""
    await bench.plan_checks(1)
    bench.mark_company(OTHER_FILE_ID)
    ticket, _ = await bench.login()
    assert await bench.ask(ticket, bench.hcp()) == ""
    assert await bench.ask(ticket) == ""
    assert await bench.ask(ticket) == ""
    assert await bench.states() == ["planned"]


async def test_a_first_call_without_company_information_gets_nothing(bench) -> None:
    """Without strHCPResponse nobody knows which company file is open: nothing is sent."""
    await bench.plan_checks(1)
    ticket, _ = await bench.login()
    assert await bench.ask(ticket) == ""
    assert "company" in await bench.call("getLastError", ticket)
    assert await bench.states() == ["planned"]
    await bench.call("closeConnection", ticket)
    ticket, _ = await bench.login()
    assert await bench.ask(ticket, bench.hcp()), "the next session works"


async def test_company_information_that_cannot_be_read_gets_nothing(bench) -> None:
    """A hostile strHCPResponse ends the session in the protocol's words."""
    await bench.plan_checks(1)
    ticket, _ = await bench.login()
    evil = '<?xml version="1.0"?><!DOCTYPE QBXML [<!ENTITY a "b">]><QBXML>&a;</QBXML>'
    assert await bench.ask(ticket, evil) == ""
    assert "cannot be read" in await bench.call("getLastError", ticket)
    assert await bench.ask(ticket) == ""


async def test_a_restored_backup_pauses_the_connection(bench, tmp_path) -> None:
    """The company file came back from a backup: writes stop until a person resumes them."""
    await bench.plan_checks(1)
    await bench.run()
    assert await bench.states() == ["settled"]
    bench.company.backup(tmp_path / "backup")
    bench.clock.forward(3600)
    bench.company.restore(tmp_path / "backup")
    await bench.plan_checks(1, first=2)
    result = await bench.run()
    assert "restored" in result.complaint
    assert await bench.states() == ["settled", "planned"]
    assert "restored_backup" in await bench.findings()
    paused = await bench.store.tx(lambda c: c.execute(sa.select(CONNECTION.c.paused)).scalar_one())
    assert paused == "restored_backup"
    for _ in range(3):
        assert (await bench.run()).writes == 0
    assert len(bench.posted()) == 1


async def test_an_activity_that_quickbooks_refuses_to_tell_is_no_restored_backup(
    bench, tmp_path
) -> None:
    """A failed CompanyActivityQuery says nothing about a backup: the connection is not paused."""
    bench.company.backup(tmp_path / "backup")
    bench.company.restore(tmp_path / "backup")
    await bench.plan_checks(1)
    await bench.run()
    await bench.plan_checks(1, first=2)
    ticket, _request, _session = await bench.until("CompanyActivityQueryRq")
    await bench.give(
        ticket,
        '<QBXML><QBXMLMsgsRs><CompanyActivityQueryRs requestID="activity" statusCode="3260"'
        ' statusSeverity="Error" statusMessage="no"/></QBXMLMsgsRs></QBXML>',
    )
    assert "restored_backup" not in await bench.findings()


@pytest.mark.parametrize("method", ["getInteractiveURL", "interactiveRejected", "interactiveDone"])
async def test_interactive_mode_is_declined_in_words(bench, method: str) -> None:
    """The interactive methods answer, for any ticket."""
    reply = await bench.post(
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        b'<%b xmlns="http://developer.intuit.com/"/></s:Body></s:Envelope>' % method.encode()
    )
    assert reply.status == 200
    assert (b"Done" in reply.body) is (method == "interactiveDone")


async def test_a_session_survives_a_restart_between_any_two_calls(bench) -> None:
    """Every call is served by a new process: the work is done as if it were one."""
    await bench.plan_checks(3)
    ticket, _ = await bench.login()
    session, hcp = bench.session(), bench.hcp()
    for _ in range(40):
        bench.restart()
        request = await bench.ask(ticket, hcp)
        hcp = ""
        bench.restart()
        if await bench.give(ticket, session.process(request)) == 100:
            break
    bench.restart()
    assert await bench.call("closeConnection", ticket) == "OK"
    assert await bench.states() == ["settled"] * 3
    assert len(bench.posted()) == 3


async def test_a_restart_does_not_shorten_the_time_that_a_silent_session_is_kept(
    make_bench,
) -> None:
    """The session's own patience holds in the next process too."""
    import datetime as dt  # noqa: PLC0415 - one value

    bench = make_bench(session_timeout=dt.timedelta(minutes=10))
    await bench.plan_checks(1)
    ticket, _ = await bench.login()
    bench.restart()
    assert await bench.ask(ticket, bench.hcp())
    bench.clock.forward(300)
    assert (await bench.login())[1] == "busy"
