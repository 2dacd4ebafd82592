"""The command: the sample company, polling a server, and what it prints and returns."""

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from subledger_quickbooks_desktop.simulator.command import simulate_quickbooks_desktop
from subledger_quickbooks_desktop.simulator.quickbooks import CompanyFile

FILE_ID = "{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}"
CHECK = (
    '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML>'
    '<QBXMLMsgsRq onError="stopOnError"><CheckAddRq requestID="1"><CheckAdd>'
    "<AccountRef><FullName>Operating Checking</FullName></AccountRef>"
    "<TxnDate>2026-03-02</TxnDate><Memo>fuel</Memo><ExpenseLineAdd>"
    "<AccountRef><FullName>Fuel</FullName></AccountRef><Amount>12.00</Amount></ExpenseLineAdd>"
    "</CheckAdd></CheckAddRq></QBXMLMsgsRq></QBXML>"
)


@pytest.fixture
def url(server):
    """The scripted server behind the HTTP server of the standard library."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            reply = asyncio.run(server.post(self.headers["SOAPAction"].strip('"'), body))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://localhost:{http.server_port}/qbwc"
        http.shutdown()
        thread.join()


@pytest.fixture
def simulate(tmp_path, monkeypatch, capsys, url):
    """Run the command against the server; its exit status and what it printed."""
    monkeypatch.setenv("BOOKS_PASSWORD", "s3cret")
    settings = {
        "company": tmp_path / "northwind.db",
        "connect": url,
        "username": "books",
        "password_env": "BOOKS_PASSWORD",
        "noop_seconds": 0.0,
    }

    def run(**options):
        status = 0
        try:
            simulate_quickbooks_desktop(**{**settings, **options})
        except SystemExit as end:
            status = end.code
        printed = capsys.readouterr()
        return SimpleNamespace(status=status, out=printed.out, err=printed.err)

    return run


def documents(simulate):
    """The documents of the company that an application made."""
    value = json.loads(simulate(connect="", documents=True, json=True).out)
    return [row for row in value["documents"] if row["memo"] != "Account Opening Balance"]


def test_the_sample_company_is_made_and_shown(simulate):
    """Without a server it only shows the books, as text or as JSON."""
    text = simulate(connect="", trial_balance=True, documents=True)
    assert "      250,000.00  Operating Checking" in text.out.splitlines()
    value = json.loads(simulate(connect="", trial_balance=True, json=True).out)
    assert value["trial_balance"]["Operating Checking"] == "250000.00"
    assert value["runs"] == []


def test_a_run_posts_what_the_server_sends(simulate, server, tmp_path):
    """The check stands in the books, the log is printed and appended to the file."""
    server.script["sendRequestXML"] = [CHECK]
    log = tmp_path / "QWCLog.txt"
    result = simulate(log=log, trial_balance=True)
    assert result.status == 0
    assert "           12.00  Fuel" in result.out.splitlines()
    assert log.read_text().splitlines()[0] in result.out.splitlines()
    assert "UTC\t: QBWebConnector.SOAPWebService.do_authenticate() : " in log.read_text()
    assert server.values("authenticate") == [{"strUserName": "books", "strPassword": "s3cret"}]
    (answer,) = server.values("receiveResponseXML")
    assert 'statusCode="0"' in answer["response"]
    assert [row["type"] for row in documents(simulate)] == ["Check"]


def test_with_json_the_log_goes_to_stderr(simulate, server):
    """Standard output holds one JSON value with the results of the runs."""
    server.script["sendRequestXML"] = [CHECK]
    result = simulate(json=True, runs=2)
    value = json.loads(result.out)
    assert [run["percent"] for run in value["runs"]] == [100, 100]
    assert "QBWebConnector." in result.err


def test_a_qwc_file_brings_address_user_and_file_id(simulate, server, url, tmp_path):
    """The FileID is written into the company and the server finds it in the identity."""
    path = tmp_path / "northwind.qwc"
    path.write_text(
        "<QBWCXML><AppName>Northwind sync</AppName><AppID/>"
        f"<AppURL>{url}</AppURL><AppDescription>Posts</AppDescription><AppSupport>{url}</AppSupport>"
        "<UserName>from-file</UserName><OwnerID>{57F3B9B6-86F1-4FCC-B1EE-566DE1813D20}</OwnerID>"
        f"<FileID>{FILE_ID}</FileID><QBType>QBFS</QBType></QBWCXML>"
    )
    assert simulate(connect=str(path), username="", runs=2).status == 0
    assert server.values("authenticate")[0]["strUserName"] == "from-file"
    assert FILE_ID in server.values("sendRequestXML")[0]["strHCPResponse"]


def test_an_error_gives_status_1_unless_a_fault_was_asked(simulate, server):
    """A wrong password is an error; a cut connection that was asked for is not."""
    cut = simulate(fault="cut=sendRequestXML@1")
    assert (cut.status, "QBWC1041" in cut.out) == (0, True)
    server.script["authenticate"] = [["T", "nvu"]]
    wrong = simulate()
    assert (wrong.status, "QBWC1040" in wrong.out) == (1, True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"fault": "lost-anser@1"}, "'lost-anser' is not a fault"),
        ({"password_env": "NO_SUCH_VARIABLE"}, "'NO_SUCH_VARIABLE' is not set"),
        ({"create": False}, "there is no file"),
        ({"closing_date": "tomorrow"}, "tomorrow"),
        ({"connect": "books.example.com"}, "not an http or https URL"),
        ({"connect": "absent.qwc"}, "absent.qwc"),
    ],
)
def test_options_without_sense_give_status_2_and_the_reason(simulate, server, options, words):
    """Nothing is polled."""
    result = simulate(**options)
    assert result.status == 2
    assert words in result.err
    assert server.methods == []


def test_a_lost_answer_stands_in_the_books(simulate, server):
    """QuickBooks posted, the server never heard of it."""
    server.script["sendRequestXML"] = [CHECK]
    simulate(fault="lost-answer@1")
    assert server.methods[-1] == "sendRequestXML"
    assert len(documents(simulate)) == 1


def test_the_person_at_the_keyboard_touches_the_books(simulate, server):
    """An edited memo, a deleted check, a restored backup: each in the run that is named."""
    server.script["sendRequestXML"] = [CHECK]
    simulate(runs=2, fault="user-edit@2")
    memos = [row["memo"] for row in documents(simulate)]
    assert sorted(memos) == ["fuel", "fuel (checked by hand)"]
    simulate(runs=2, fault="user-delete@2")
    assert len(documents(simulate)) == 3
    simulate(runs=3, fault="restored-backup@3")
    assert len(documents(simulate)) == 4


def test_another_company_answers_in_the_named_run_only(simulate, server):
    """Its identity is another one and the check goes to its books."""
    server.script["sendRequestXML"] = [CHECK]
    simulate(runs=2, fault="wrong-company@1")
    first, second = (values["strHCPResponse"] for values in server.values("sendRequestXML"))
    assert "Southwind Dental LLC" in first
    assert "Northwind Care LLC" in second
    assert len(documents(simulate)) == 1


def test_two_connectors_poll_from_two_computers(simulate, server):
    """Both authenticate, and their company locks name different computers."""
    simulate(fault="two-connectors", runs=2)
    assert server.methods.count("authenticate") == 4
    identities = "".join(values["strHCPResponse"] for values in server.values("sendRequestXML"))
    assert "LOCKED:SIMULATED-PC:" in identities
    assert "LOCKED:SECOND-PC:" in identities


def test_the_closing_date_of_a_new_company_can_be_chosen(simulate, tmp_path):
    """It stands in the settings of the company."""
    simulate(connect="", closing_date="2026-01-31")
    books = CompanyFile(tmp_path / "northwind.db", lambda: None)
    assert books.settings.closing_date == "2026-01-31"
    books.close()


def test_the_options_are_read_by_the_command_line_library(simulate, tmp_path):
    """Every parameter is an option with a help text."""
    cyclopts = pytest.importorskip("cyclopts")
    app = cyclopts.App()
    app.command(simulate_quickbooks_desktop, name="quickbooks-desktop")
    line = f"quickbooks-desktop --company {tmp_path / 'cli.db'} --trial-balance --json --runs 2"
    app(line, result_action="return_value")
    assert (tmp_path / "cli.db").exists()
