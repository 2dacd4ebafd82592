"""The commands on a small installation: one JSON document each, clear texts, fixed exit codes."""

import asyncio
import json
import stat

import pytest
import sqlalchemy as sa

from subledger.cli.exits import Exit
from subledger.cli.main import main
from subledger.store import open_store
from subledger.store.schema import DOCUMENT, FINDING, FLOW, POSTING

SECRET = "c4nary-token"
CONFIG = """
[connections.cards]
connector = "pex"
token = { env = "PEX_TOKEN" }
base_url = "http://127.0.0.1:9"
[connections.books]
connector = "quickbooks-desktop"
password = { env = "QBWC_PASSWORD" }
[flows.cards]
recipe = "card-expenses"
source = "cards"
sink = "books"
[flows.cards.settings]
account = "Cards"
default_expense_account = "Uncategorized Expense"
funding_account = "Checking"
fee_account = "Fees"
rebate_account = "Rebates"
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a command; its exit code and what it printed."""
    pytest.importorskip("subledger_pex", reason="the commands are tried with this connector")
    pytest.importorskip("subledger_quickbooks_desktop", reason="as above")
    monkeypatch.setenv("PEX_TOKEN", SECRET)
    monkeypatch.setenv("QBWC_PASSWORD", SECRET)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "subledger.toml").write_text(CONFIG)

    def command(*arguments):
        code = main(list(arguments))
        out, err = capsys.readouterr()
        for text in (out, err):
            assert SECRET not in text
            assert "Traceback" not in text
        return code, out, err

    return command


@pytest.fixture
def document(run):
    """Runs a command with --json; its exit code and the document."""

    def command(*arguments):
        code, out, _err = run(*arguments, "--json")
        return code, json.loads(out)

    return command


async def put(path, *statements):
    """Writes into the database of the installation."""
    store = open_store(path)
    for statement in statements:
        await store.tx(lambda c, s=statement: c.execute(s).rowcount)
    store.close()


def test_status(document):
    """Status shows each flow with its proof, and each connection."""
    code, found = document("status")
    assert code == Exit.OK
    assert set(found) == {"flows", "connections"}
    flow = found["flows"]["cards"]
    assert (flow["source"], flow["sink"], flow["paused"], flow["running"]) == (
        *("cards", "books"),
        *(False, False),
    )
    proof = flow["proof"]
    assert proof["agrees"] is True
    assert proof["difference"] == "0.00"
    assert {"posted", "held", "skipped", "rejected", "unknown", "waiting"} <= set(proof)
    assert found["connections"]["books"]["connector"] == "quickbooks-desktop"


def test_plan_without_an_answer(document):
    """A preview whose source does not answer says so with the code for that, and what to do."""
    code, found = document("plan")
    assert code == Exit.REMOTE
    flow = found["flows"]["cards"]
    assert flow["state"] == "failed"
    assert "127.0.0.1" in flow["message"]
    assert flow["documents"] == []


def test_check_of_what_does_not_answer(document):
    """A system that does not answer is no mistake of the configuration; its code is another."""
    assert document("check")[0] == Exit.OK
    code, found = document("check", "--live")
    assert (code, found["ok"]) == (Exit.REMOTE, False)
    (problem,) = found["problems"]
    assert problem["path"] == "connections.cards"
    assert "127.0.0.1" in problem["message"]
    assert "address" in problem["hint"]


def test_findings(document, run):
    """Without findings the code is 0 and the text says so."""
    assert document("findings") == (Exit.OK, {"findings": []})
    code, out, _ = run("findings")
    assert (code, out.strip()) == (0, "Nothing needs your attention.")


def test_a_finding(document, tmp_path):
    """With a finding the code says that there is something to look at; retry and skip close it."""
    values = {"state": "open", "connection": "", "flow": "cards", "hint": ""}
    finding = {"id": 7, "category": "mapping_missing", "subject": "tag", "message": "no account"}
    posting = {"flow": "cards", "kind": "fee", "id": "1", "state": "held", "version": "v"}
    asyncio.run(
        put(
            tmp_path / "subledger.db",
            sa.insert(FINDING).values(**values, **finding),
            sa.insert(POSTING).values(**posting, finding=7, amount=-150, currency="USD"),
        )
    )
    code, found = document("findings")
    assert code == Exit.FAILED
    (row,) = found["findings"]
    assert (row["number"], row["records"], row["total"], row["states"]) == (7, 1, "-1.50", ["held"])
    assert row["cause"] == "no account"
    assert row["hint"]
    _, shown = document("findings", "show", "7")
    assert (shown["records"][0]["id"], shown["records"][0]["amount"]) == ("1", "-1.50")
    assert shown["finding"]["cause"] == "no account"
    assert document("findings", "skip", "7", "--reason", "by hand") == (0, {"changed": 1})
    assert document("findings")[0] == Exit.OK


def test_findings_of_connections_that_are_gone(document, tmp_path):
    """A connection that is no longer configured needs nobody's attention."""
    values = {"state": "open", "flow": "", "hint": "Connect.", "message": "not connected"}
    rows = [
        {"id": n, "category": "auth_expired", "connection": name, "subject": name, **values}
        for n, name in ((3, "books"), (4, "removed"))
    ]
    asyncio.run(put(tmp_path / "subledger.db", *(sa.insert(FINDING).values(**row) for row in rows)))
    found = document("findings")[1]["findings"]
    assert [row["connection"] for row in found] == ["books"]
    assert document("findings", "show", "4")[0] == Exit.CONFIG


def held(tmp_path, *more):
    """A purchase that waits for its mapping; it has never been planned."""
    values = {"id": 7, "state": "open", "flow": "cards", "connection": "", "hint": ""}
    finding = {"category": "mapping_missing", "subject": "tag", "message": "no account"}
    posting = {"flow": "cards", "kind": "card_transaction", "id": "1", "state": "held"}
    amount = {"version": "v", "finding": 7, "amount": -129900, "currency": "USD"}
    rows = (sa.insert(FINDING).values(**values, **finding), *more)
    asyncio.run(
        put(tmp_path / "subledger.db", *rows, sa.insert(POSTING).values(**posting, **amount))
    )


def test_a_link_that_nobody_could_check(run, document, tmp_path):
    """A document that the books have not shown is not posted on a person's word alone."""
    held(tmp_path)
    code, _out, err = run("findings", "link", "7", "--to", "NOPE", "--type", "Check")
    assert code == Exit.FAILED
    assert "the books have not shown Check NOPE" in err
    assert "skip" in err
    (row,) = document("findings")[1]["findings"]
    assert (row["number"], row["states"]) == (7, ["held"])
    assert document("status")[1]["flows"]["cards"]["proof"]["posted"]["records"] == 0


def test_a_link_with_what_the_books_have_shown(document, tmp_path):
    """A document that was read back from the books can be linked with a record that waits."""
    seen = {"connection": "books", "type": "Check", "id": "99", "date": "2026-03-01"}
    more = {"account": "Cards", "amount": -129900, "currency": "USD"}
    more |= {"deleted": False, "question": 1}
    held(tmp_path, sa.insert(DOCUMENT).values(**seen, **more))
    words = ("findings", "link", "7", "--to", "99", "--type", "Check")
    assert document(*words) == (Exit.OK, {"changed": 1})


def test_skipping_what_is_posted(run, tmp_path):
    """What is posted is not left out by a skip: only its finding is closed, and that is said."""
    held(tmp_path, sa.update(FINDING).values(category="changed_in_books"))
    posted = sa.update(POSTING).values(state="posted")
    asyncio.run(put(tmp_path / "subledger.db", posted))
    code, out, _err = run("findings", "skip", "7")
    assert code == Exit.OK
    assert out.startswith("1 record: the finding is closed, what the books have stays as it is.")


def test_approve(document):
    """An approval tells how many documents go."""
    assert document("approve", "cards") == (Exit.OK, {"flow": "cards", "approved": 0})


def test_findings_that_have_no_records(run, document, tmp_path):
    """A finding about a connection can be closed; it has no records that could be linked."""
    values = {"id": 3, "state": "open", "flow": "", "connection": "books", "hint": "Connect."}
    about = {"category": "auth_expired", "subject": "connection books", "message": "not connected"}
    row = sa.insert(FINDING).values(**values, **about)
    asyncio.run(put(tmp_path / "subledger.db", row))
    assert document("findings", "show", "3")[1]["records"] == []
    code, _out, err = run("findings", "link", "3")
    assert code == Exit.CONFIG
    assert "finding 3 is about connection books" in err
    code, out, _err = run("findings", "retry", "3")
    assert (code, out) == (Exit.OK, "Closed; it comes back where its cause remains.\n")


def test_approve_with_nothing_to_approve(run):
    """An approval that lets nothing go says so."""
    assert run("approve", "cards")[1] == "No document of cards waits for approval.\n"


def test_names_of_what_can_be_paused_and_resumed(run):
    """Only flows are paused by hand; a name that both have is told once."""
    assert "connections are not paused by hand\n    Known: cards.\n" in run("pause", "books")[2]
    assert "no such flow or connection\n    Known: cards, books.\n" in run("resume", "nobody")[2]


def test_pause_and_resume(document):
    """A paused flow shows as paused until it is resumed; a connection can be resumed too."""
    assert document("pause", "cards") == (Exit.OK, {"name": "cards", "state": "paused"})
    assert document("status")[1]["flows"]["cards"]["paused"] is True
    assert document("resume", "cards")[1]["state"] == "resumed"
    assert document("status")[1]["flows"]["cards"]["paused"] is False
    assert document("resume", "books")[0] == Exit.OK


def test_qwc(run, document, tmp_path):
    """The file for the Web Connector is XML, the same each time, and holds no password."""
    code, out, _ = run("qwc", "books")
    assert code == Exit.OK
    assert "<QBWCXML>" in out
    assert "localhost" in out
    assert run("qwc", "books")[1] == out
    assert document("qwc", "books")[1]["qwc"] == out
    document("qwc", "books", "--output", str(tmp_path / "a.qwc"))
    assert (tmp_path / "a.qwc").read_text() == out


def test_new_password(document, tmp_path):
    """A new password is shown once and differs each time."""
    without = CONFIG.replace('password = { env = "QBWC_PASSWORD" }\n', "")
    (tmp_path / "subledger.toml").write_text(without)
    shown = {document("qwc", "books", "--new-password")[1]["password"] for _ in range(2)}
    assert len(shown) == 2
    assert all(len(password) >= 16 for password in shown)


def test_no_new_password_beside_a_configured_one(run):
    """A password that would never be let in is not made: where it is configured is told."""
    code, out, err = run("qwc", "books", "--new-password")
    assert (code, out) == (Exit.CONFIG, "")
    assert "connections.books.password: is configured" in err
    assert "Type the configured one into the Web Connector, or remove this setting first." in err


def test_doctor(document, tmp_path):
    """The doctor names each check; a database that others can read is pointed out."""
    code, found = document("doctor")
    assert code == Exit.OK
    assert {"Python", "SQLite", "configuration"} <= {check["what"] for check in found["checks"]}
    document("status")
    database = tmp_path / "subledger.db"
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    database.chmod(0o644)
    checks = {check["what"]: check for check in document("doctor")[1]["checks"]}
    assert "chmod 600" in checks["database"]["advice"]


def test_doctor_without_configuration(document, tmp_path):
    """Without a configuration the doctor says how to make one."""
    (tmp_path / "subledger.toml").unlink()
    code, found = document("doctor")
    assert code == Exit.FAILED
    assert "subledger init" in str(found)


def test_reconcile(document):
    """Before anything was posted there is nothing to compare."""
    code, found = document("reconcile")
    assert code == Exit.OK
    assert {"comparisons", "waiting"} <= set(found)
    assert not any(found.values())


MISTAKES = [
    (("status", "nobody"), Exit.CONFIG, "there is no such flow"),
    (("plan", "nobody"), Exit.CONFIG, "there is no such flow"),
    (("approve", "nobody"), Exit.CONFIG, "there is no such flow"),
    (("pause", "books"), Exit.CONFIG, "there is no such flow"),
    (("resume", "nobody"), Exit.CONFIG, "there is no such flow"),
    (("reconcile", "nobody"), Exit.CONFIG, "there is no such flow"),
    (("qwc", "cards"), Exit.CONFIG, "Web Connector"),
    (("qwc", "books", "--output", "no/such/folder.qwc"), Exit.CONFIG, "cannot be written"),
    (("findings", "show"), Exit.CONFIG, "which finding"),
    (("findings", "retry", "99"), Exit.CONFIG, "no finding 99"),
    (("findings", "dance"), Exit.USAGE, "dance"),
    (("findings", "show", "x"), Exit.USAGE, "x"),
    (("status", "--since", "yesterday"), Exit.USAGE, "yesterday"),
    (("status", "--since", "2026-03-01", "--until", "2026-01-01"), Exit.CONFIG, "after --until"),
    (("plan", "--limit", "-1"), Exit.CONFIG, "--limit"),
    (("serve", "--port", "99999"), Exit.CONFIG, "99999 is not a port"),
    (("serve", "--tls-cert", "a.pem", "--tls-key", "b.pem"), Exit.FAILED, "a.pem"),
    (("approve",), Exit.USAGE, "FLOW"),
    (("dance",), Exit.USAGE, "dance"),
    (("status", "--config", "absent.toml"), Exit.CONFIG, "absent.toml"),
]


@pytest.mark.parametrize(
    ("arguments", "code", "words"), MISTAKES, ids=[" ".join(m[0]) for m in MISTAKES]
)
def test_mistakes(run, document, arguments, code, words):
    """A mistake gets its exit code and a sentence, as text and as JSON, and no traceback."""
    found, out, err = run(*arguments)
    assert (found, out) == (code, "")
    assert words.lower() in err.lower()
    found, body = document(*arguments)
    assert found == code
    assert body["error"]["exit"] == code
    assert words.lower() in json.dumps(body).lower()


def test_database_of_another_sort(run, tmp_path):
    """A store that this installation cannot open is a matter of the configuration."""
    url = "[store]\nurl = 'postgresql://ann@db/x'\n"
    (tmp_path / "subledger.toml").write_text(url + CONFIG)
    code, _, err = run("status")
    assert code == Exit.CONFIG
    assert "postgresql is not supported" in err


def test_status_tells_a_late_flow(document, tmp_path):
    """A flow that is long overdue shows by how much."""
    flow = sa.insert(FLOW).values(name="cards", next_due=1000)
    asyncio.run(put(tmp_path / "subledger.db", flow))
    flow = document("status")[1]["flows"]["cards"]
    assert flow["late_seconds"] > 10**6
    assert flow["next_run"] == "1970-01-01 00:00:01 UTC"
