"""X2: the books are read back, and every difference from what was posted is found."""

import re

import pytest
from world import ago

from subledger_pex.simulator.landmarks import bought, plain

ITEMS = [bought(f"item {n}", -1000 - n, ago(9 - n), tags=plain("Fuel")) for n in range(4)]


@pytest.fixture
async def posted(make):
    """A world whose four purchases are in the books, and agree."""
    async with make(*ITEMS) as world:
        await world.sync()
        assert await world.count() == {"posted": 4}
        comparison = await world.reconcile()
        assert comparison.agrees
        assert comparison.matched == 4
        yield world


def human(world):
    """The person at QuickBooks, some time later: its edit marks count seconds."""
    world.advance(minutes=1)
    return world.company.books.human


async def test_tampered_amount(posted):
    """X2: an amount that somebody changed in the books is found, with both amounts."""
    document = posted.document("item 1")
    line = {"TxnLineID": document["lines"][0]["line_id"], "Amount": "99.99"}
    human(posted).edit_document(document["txn_id"], {"ExpenseLineMod": [line]})
    comparison = await posted.reconcile()
    assert comparison.changed == (f"Check {document['txn_id']}",)
    assert (comparison.missing, comparison.deleted, comparison.doubled) == ((), (), ())
    finding = await posted.finding("changed_in_books")
    assert "-10.01" in finding.message
    assert "-99.99" in finding.message
    code, status = await posted.command("findings")
    assert (code, len(status["findings"])) == (1, 1)


async def test_changed_date(posted):
    """X2: a date that somebody changed is found as well, also where it left the period."""
    document = posted.document("item 2")
    name = f"Check {document['txn_id']}"
    near = {"TxnDate": posted.document("item 1")["date"]}
    human(posted).edit_document(document["txn_id"], near)
    assert (await posted.reconcile()).changed == (name,)
    human(posted).edit_document(document["txn_id"], {"TxnDate": "2026-01-01"})
    assert (await posted.reconcile()).missing == (name,)


async def test_deleted_document(posted):
    """X2: a document that somebody deleted is found; retry posts it again, once."""
    document = posted.document("item 0")
    human(posted).delete_document(document["txn_id"])
    comparison = await posted.reconcile()
    assert comparison.deleted == (f"Check {document['txn_id']}",)
    finding = await posted.finding("missing_in_books")
    await posted.command("findings", "retry", str(finding.id))
    await posted.session()
    assert set(posted.marks().values()) == {1}
    assert len(posted.marks()) == 4
    assert await posted.findings() == []
    await posted.agree()


async def test_doubled_document(posted):
    """X2: a copy of one of our documents is found."""
    document = posted.document("item 3")
    line = {"AccountRef": {"FullName": "Fuel"}, "Amount": str(document["amount"])}
    account = {"AccountRef": {"FullName": posted.account}}
    body = {"TxnDate": document["date"], "Memo": document["memo"], "ExpenseLineAdd": [line]}
    copy = human(posted).add_document("Check", {**account, **body})
    comparison = await posted.reconcile()
    assert comparison.doubled == (f"Check {copy}",)
    assert not comparison.agrees
    assert (await posted.finding("doubled_in_books")).hint
    human(posted).delete_document(copy)
    assert (await posted.reconcile()).agrees


async def test_documents_of_others(posted):
    """X2: what people enter by hand is counted as theirs and disturbs nothing."""
    line = {"AccountRef": {"FullName": "Fuel"}, "Amount": "5.00"}
    account = {"AccountRef": {"FullName": posted.account}}
    day = posted.document("item 3")["date"]
    human(posted).add_document("Check", {**account, "TxnDate": day, "ExpenseLineAdd": [line]})
    comparison = await posted.reconcile()
    assert comparison.agrees
    assert (comparison.foreign, comparison.foreign_total.text()) == (1, "-5.00")
    assert comparison.books_total - comparison.foreign_total == comparison.posted_total


async def test_reconcile_command(posted):
    """X2: the command asks, and answers after the next session with the books."""
    human(posted).delete_document(posted.document("item 0")["txn_id"])
    code, document = await posted.command("reconcile")
    assert (code, document["waiting"]) == (4, ["cards"])
    await posted.session()
    code, document = await posted.command("status")
    assert code == 0
    assert (await posted.finding("missing_in_books")).records == 1
    earlier = (await posted.command("reconcile"))[1]["earlier"]
    assert [len(one["deleted"]) for one in earlier] == [1]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", earlier[0]["made"])


async def test_edit_meets_a_change_of_ours(posted):
    """X2: our change does not silently overwrite a person's edit; retry writes ours over it."""
    document = posted.document("item 1")
    human(posted).edit_document(document["txn_id"], {"Memo": document["memo"] + " checked"})
    posted.change("item 1", tags=plain("Travel"))
    await posted.sync()
    finding = await posted.finding("changed_in_books")
    assert posted.document("item 1")["lines"][0]["account"] == "Fuel"
    await posted.session()
    await posted.command("findings", "retry", str(finding.id))
    await posted.session()
    assert posted.document("item 1")["lines"][0]["account"] == "Travel"
    assert await posted.findings() == []
    await posted.agree()
