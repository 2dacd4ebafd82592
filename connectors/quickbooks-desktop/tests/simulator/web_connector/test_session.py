"""The order of calls of one update, driven by what the server answers."""

import pytest

from subledger_quickbooks_desktop.simulator.com import ComError
from subledger_quickbooks_desktop.simulator.web_connector import Behaviour

START = ["serverVersion", "clientVersion", "authenticate"]


async def test_a_session_has_the_order_of_the_real_client(bench, server, quickbooks, query):
    """Versions, authenticate, then requests and answers in turn, then closeConnection."""
    server.script["sendRequestXML"] = [query, query]
    server.script["receiveResponseXML"] = [50, 100]
    result = await bench.connector().run_once()
    pair = ["sendRequestXML", "receiveResponseXML"]
    assert list(result.calls) == server.methods == [*START, *pair, *pair, "closeConnection"]
    assert (result.error, result.percent, result.rounds, result.status) == (None, 100, 2, "OK")
    assert quickbooks.requests == [query, query]
    assert quickbooks.ended == 1


async def test_the_first_request_alone_carries_the_identity_of_the_company(bench, server, query):
    """StrHCPResponse holds Host, Company and Preferences, numbered 0 to 2, only once."""
    server.script["sendRequestXML"] = [query]
    server.script["receiveResponseXML"] = [10, 100]
    await bench.connector().run_once()
    first, second = server.values("sendRequestXML")
    for index, name in enumerate(("HostQueryRs", "CompanyQueryRs", "PreferencesQueryRs")):
        assert f'<{name} requestID="{index}" statusCode="0"' in first["strHCPResponse"]
    assert second["strHCPResponse"] == ""
    for values in (first, second):
        assert values["ticket"] == "T"
        assert values["strCompanyFileName"] == r"C:\Books\Northwind.qbw"
        assert [values[f"qbXML{n}"] for n in ("Country", "MajorVers", "MinorVers")] == [
            "US",
            "13",
            "0",
        ]


async def test_the_company_is_locked_for_the_session_and_freed_after_it(bench, quickbooks):
    """AppLock names state, computer and .NET ticks; the identity shows it locked."""
    await bench.connector(machine="DESK-7").run_once()
    (values,) = bench.server.values("sendRequestXML")
    assert ">LOCKED:DESK-7:639080571060000000" in values["strHCPResponse"]
    assert quickbooks.private["AppLock"] == "UNLOCKED:DESK-7:639080571060000000"


@pytest.mark.parametrize("path", ["", r"D:\other & more.qbw"])
async def test_quickbooks_opens_the_company_that_authenticate_names(bench, path):
    """An empty name is the open file."""
    bench.server.script["authenticate"] = [["T", path]]
    await bench.connector().run_once()
    assert bench.quickbooks.opened == [path]


@pytest.mark.parametrize("percent", [0, 1, 99])
async def test_a_percent_below_100_asks_for_more(bench, server, query, percent):
    """From 0 to 99 the next sendRequestXML follows."""
    server.script["sendRequestXML"] = [query, ""]
    server.script["receiveResponseXML"] = [percent]
    await bench.connector().run_once()
    assert server.methods.count("sendRequestXML") == 2


@pytest.mark.parametrize("percent", [100, 250])
async def test_100_or_more_ends_without_get_last_error(bench, server, query, percent):
    """The work is done and nobody asks for an error."""
    server.script["sendRequestXML"] = [query]
    server.script["receiveResponseXML"] = [percent]
    result = await bench.connector().run_once()
    assert server.methods[-2:] == ["receiveResponseXML", "closeConnection"]
    assert not result.failed


async def test_a_negative_percent_shows_the_last_error_and_closes(bench, server, query):
    """The text of getLastError is what the user reads."""
    server.script["sendRequestXML"] = [query]
    server.script["receiveResponseXML"] = [-5]
    server.script["getLastError"] = ["The vendor list is locked"]
    result = await bench.connector().run_once()
    assert server.methods[-2:] == ["getLastError", "closeConnection"]
    assert (result.complaint, result.percent) == ("The vendor list is locked", -5)
    assert result.failed


@pytest.mark.parametrize("nothing", ["", "NoOp"])
async def test_no_op_from_get_last_error_pauses_and_asks_again(bench, server, query, nothing):
    """The pause is 5 seconds, and getLastError decides whatever sendRequestXML said."""
    server.script["sendRequestXML"] = [nothing, nothing, query]
    server.script["getLastError"] = ["NoOp"]
    result = await bench.connector().run_once()
    assert bench.sleeps == [5.0, 5.0]
    assert server.methods.count("getLastError") == 2
    assert result.percent == 100


@pytest.mark.parametrize("nothing", ["", "NoOp"])
async def test_any_other_text_ends_the_session(bench, server, nothing):
    """Also after NoOp: an error text in getLastError closes."""
    server.script["sendRequestXML"] = [nothing]
    result = await bench.connector().run_once()
    assert server.methods[-2:] == ["getLastError", "closeConnection"]
    assert (result.complaint, bench.sleeps, result.error) == ("No work", [], None)


async def test_interactive_mode_is_rejected(bench, server):
    """The user is not there: interactiveRejected gets wcTicket and a reason, then it closes."""
    server.script["getLastError"] = ["Interactive mode"]
    await bench.connector().run_once()
    assert server.methods[-2:] == ["interactiveRejected", "closeConnection"]
    (values,) = server.values("interactiveRejected")
    assert values == {"wcTicket": "T", "reason": "Interactive mode not allowed"}


async def test_plain_text_goes_to_quickbooks_as_a_request(bench, server, quickbooks, add):
    """What is neither empty nor NoOp is taken as qbXML, and the refusal goes back."""
    server.script["sendRequestXML"] = [add]
    quickbooks.failures = [ComError("0x80040400", "QuickBooks found an error & stopped")]
    await bench.connector().run_once()
    (values,) = server.values("receiveResponseXML")
    assert values == {
        "ticket": "T",
        "response": "",
        "hresult": "0x80040400",
        "message": "QuickBooks found an error & stopped",
    }


async def test_a_refusal_of_quickbooks_does_not_end_the_session(bench, server, quickbooks, add):
    """A positive percent after an hresult means: go on."""
    server.script["sendRequestXML"] = [add, add]
    server.script["receiveResponseXML"] = [50, 100]
    quickbooks.failures = [ComError("0x80040400", "bad")]
    result = await bench.connector().run_once()
    assert (result.rounds, result.writes, result.percent) == (2, 2, 100)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("none", "No data exchange required"),
        ("NONE", "No data exchange required"),
        ("busy", "Application Busy"),
        ("Busy", "Application Busy"),
    ],
)
async def test_no_work_and_busy_leave_quickbooks_alone(bench, server, word, status):
    """No error, QuickBooks is not opened, the session is closed."""
    server.script["authenticate"] = [["T", word]]
    result = await bench.connector().run_once()
    assert server.methods == [*START, "closeConnection"]
    assert (result.status, result.error, bench.quickbooks.opened) == (status, None, [])


async def test_some_versions_do_not_close_after_a_refusal(bench, server):
    """A server must not depend on closeConnection after none."""
    server.script["authenticate"] = [["T", "none"]]
    await bench.connector(behaviour=Behaviour(close_after_refusal=False)).run_once()
    assert server.methods == START


async def test_a_failing_server_version_does_not_stop_the_update(bench, server, make_reply):
    """Old services have no serverVersion: the failure is logged and the update goes on."""
    server.script["serverVersion"] = [make_reply(b"gone", status=404, content_type="text/html")]
    result = await bench.connector().run_once()
    assert server.methods[-1] == "closeConnection"
    assert result.error is None
    assert any("serverVersion() failed" in line for line in bench.lines)


async def test_a_warning_about_the_version_is_the_users_choice(bench, server):
    """W: goes on when the user accepts and ends with QBWC1037 when not."""
    server.script["clientVersion"] = ["W:please upgrade"]
    assert (await bench.connector().run_once()).error is None
    refusing = bench.connector(behaviour=Behaviour(continue_after_warning=False))
    result = await refusing.run_once()
    assert result.error == "QBWC1037"
    assert result.calls == ("serverVersion", "clientVersion")


async def test_quickbooks_is_tried_twice_before_the_server_hears_of_it(bench, quickbooks, server):
    """One failure heals by itself."""
    quickbooks.refusals = [ComError("0x80040408", "Could not start QuickBooks.")]
    result = await bench.connector().run_once()
    assert (len(quickbooks.opened), result.error) == (2, None)
    assert "connectionError" not in server.methods


@pytest.mark.parametrize("done", ["done", "DONE"])
async def test_done_ends_the_attempts_to_open_quickbooks(bench, quickbooks, server, done):
    """ConnectionError carries hresult and message; the code is QBWC1013."""
    quickbooks.refusals = [ComError("0x80040414", "A modal dialog is open.")] * 2
    server.script["connectionError"] = [done]
    result = await bench.connector().run_once()
    assert server.methods == [*START, "connectionError", "closeConnection"]
    (values,) = server.values("connectionError")
    assert (values["hresult"], values["message"]) == ("0x80040414", "A modal dialog is open.")
    assert (result.error, quickbooks.ended) == ("QBWC1013", 0)


async def test_connection_error_may_name_another_company_file(bench, quickbooks, server, query):
    """Any other string is a company file to try, even "TryAgain"."""
    quickbooks.refusals = [ComError("0x8004040A", "Another file is open.")] * 4
    server.script["authenticate"] = [["T", r"C:\a.qbw"]]
    server.script["connectionError"] = ["TryAgain", ""]
    server.script["sendRequestXML"] = [query]
    result = await bench.connector().run_once()
    assert quickbooks.opened == [r"C:\a.qbw"] * 2 + ["TryAgain"] * 2 + [""]
    assert (server.methods.count("connectionError"), result.percent) == (2, 100)


async def test_the_attempts_to_open_quickbooks_are_limited(bench, quickbooks, server):
    """A server that never says done does not hold the computer for ever."""
    quickbooks.refusals = [ComError("0x80040408", "no")] * 99
    server.script["connectionError"] = [""]
    result = await bench.connector().run_once()
    assert result.error == "QBWC1013"
    assert server.methods.count("connectionError") == 3


async def test_the_password_never_reaches_the_log(bench, server):
    """The line of authenticate shows a mask, and the call itself carries the password."""
    await bench.connector().run_once()
    text = "\n".join(bench.lines)
    assert server.values("authenticate") == [
        {"strUserName": "books", "strPassword": "s3cret&<pass>"}
    ]
    assert "s3cret" not in text
    assert "<MaskedForSecurity>" in text


async def test_log_lines_look_like_those_of_the_real_client(bench):
    """Stamp in UTC, tab, colon, class, method."""
    await bench.connector().run_once()
    prefix = "20260302.14:05:06 UTC\t: QBWebConnector."
    assert all(line.startswith(prefix) for line in bench.lines)
    assert f"{prefix}SOAPWebService.do_serverVersion() : *** Calling serverVersion()" in bench.lines
    locks = [line for line in bench.lines if "setUpdateLock" in line]
    assert "session locked" in locks[0]
    assert "session unlocked" in locks[-1]


async def test_a_postponement_counts_in_auto_run_only(bench, server, query):
    """With Auto-Run the run is dropped and the next one is that far away."""
    server.script["authenticate"] = [["T", "", "600", "120"]]
    server.script["sendRequestXML"] = [query]
    by_hand = await bench.connector().run_once()
    assert (by_hand.percent, by_hand.postpone_seconds) == (100, 600)
    scheduled = await bench.connector().run_once(scheduled=True)
    assert (scheduled.rounds, scheduled.status) == (0, "Update postponed by application")
    assert scheduled.minimum_interval_seconds == 120


async def test_auto_run_keeps_the_interval_and_obeys_the_server(bench, server):
    """Interval, postponement and floor give the pauses between the runs."""
    answers = [["T", "none"], ["T", "none", "600"], ["T", "none", "", "90"], ["T", "none"]]
    server.script["authenticate"] = answers
    results = await bench.connector().run(4, every=60)
    assert bench.sleeps == [60, 600, 90]
    assert len(results) == 4


async def test_a_scheduled_run_that_ends_with_a_text_counts_as_an_error(bench, server):
    """QBWC1031 is what the user finds in the log when getLastError had something to say."""
    (result,) = await bench.connector().run(1, every=60)
    assert result.error == "QBWC1031"
    assert any("QBWC1031" in line and "No work" in line for line in bench.lines)
