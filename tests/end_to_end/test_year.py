"""X2, X12: a year through real processes, proved against the simulator's own truth."""

from collections import Counter
from decimal import Decimal

import aiohttp
from processes import output, output_alone, running
from world import REGISTER, TOKEN

LEAST = 2000
EXPLAINED = ("held", "skipped", "rejected")


async def the_year(folder):
    """The demonstration's result, its books, and the truth of the very same business."""
    keep = ("--keep", str(folder), "--json")
    code, result = await output_alone("demo", "--transactions", str(LEAST), *keep)
    assert code == 0
    company = ("--company", str(folder / "company.db"), "--documents", "--trial-balance", "--json")
    _code, books = await output("simulate", "quickbooks-desktop", *company)
    same = ("--port", "0", "--seed", "1", "--transactions", str(LEAST), "--token", TOKEN)
    async with (
        running("simulate", "pex", *same) as pex,
        aiohttp.request("GET", f"{pex.url}/_simulator/truth") as answer,
    ):
        truth = await answer.json()
    return {"result": result, "books": books, "truth": truth}


def ours(books):
    """Our documents by the source's number."""
    found = {}
    for document in books["documents"]:
        memo = document["memo"] or document["lines"][0]["memo"]
        if memo.startswith("sl:"):
            number = memo.partition(" ")[0].rpartition("-")[2]
            assert number not in found, f"{number} is in the books twice"
            found[number] = document
    return found


def change(document):
    """What a document changes in the register account, in cents."""
    amount = Decimal(document["amount"])
    if document["type"] == "JournalEntry":
        lines = (x for x in document["lines"] if x["account"] == REGISTER)
        amount = sum(Decimal(x["amount"]) for x in lines)
    elif document["type"] == "Check":
        amount = -amount
    return int(amount * 100)


def every_record_is_accounted_for(year):
    """X2: each settled record of the year is posted or explained, and the numbers add up."""
    result, truth = year["result"], year["truth"]
    assert result["agrees"]
    assert result["records"] == truth["count"] >= LEAST * 0.9
    assert result["posted"] + sum(result[name] for name in EXPLAINED) == truth["count"]
    assert (result["unknown"], result["duplicates"], result["missing"]) == (0, 0, 0)
    assert (
        int(Decimal(result["source_total"]) * 100)
        == truth["total"]
        == sum(truth["accounts"].values())
    )


def every_document_is_right(year):
    """X2: each document changes the account by the cents of its record, and there is no other."""
    documents, transactions = ours(year["books"]), year["truth"]["transactions"]
    assert len(documents) == year["result"]["posted"]
    for number, document in documents.items():
        assert change(document) == transactions[number]["cents"], number
        assert document["date"] == transactions[number]["settlement"][:10], number


def what_is_not_posted_has_a_cause_and_a_hint(year):
    """X2: what is not in the books is named by a finding with a cause and a hint, to the cent."""
    missing = set(year["truth"]["transactions"]) - set(ours(year["books"]))
    explained = Counter()
    for finding in year["result"]["findings"]:
        assert finding["cause"]
        assert finding["hint"]
        for state in finding["states"]:
            assert state in EXPLAINED or state == "posted"
        if finding["states"] != ["posted"]:
            explained["records"] += finding["records"]
            explained["cents"] += int(Decimal(finding["total"]) * 100)
    cents = sum(year["truth"]["transactions"][number]["cents"] for number in missing)
    assert (explained["records"], explained["cents"]) == (len(missing), cents)
    assert missing


def accounts_agree(year):
    """X2: the balance of the account is that of our documents, and the books balance."""
    balances = {k: Decimal(v) for k, v in year["books"]["trial_balance"].items()}
    assert sum(balances.values()) == 0
    total = sum(change(document) for document in ours(year["books"]).values())
    assert balances[REGISTER] * 100 == total
    assert Decimal(year["result"]["posted_total"]) == Decimal(year["result"]["books_total"])
    assert balances[REGISTER] == Decimal(year["result"]["books_total"])


def second_sync_posts_nothing(year):
    """Scenario 19: the second sync of the year posts nothing; a crash on the way was settled."""
    assert year["result"]["second_sync_posted"] == 0
    assert year["result"]["recovered"] >= 1


async def test_a_year(tmp_path):
    """X2: a year through the command line, once; every check looks at the same result."""
    year = await the_year(tmp_path)
    every_record_is_accounted_for(year)
    every_document_is_right(year)
    what_is_not_posted_has_a_cause_and_a_hint(year)
    accounts_agree(year)
    second_sync_posts_nothing(year)
