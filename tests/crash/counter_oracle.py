"""What must be true at a shop's counter once its world has healed, whichever books it has."""

from collections import Counter as Tally

from subledger.flow.proof import prove
from subledger.ledger import findings
from subledger.model import Document, Settlement
from subledger.model.marker import marker
from subledger.testing import ledger
from subledger.testing.verdict import unposted, unsettled
from subledger.testing.workplace import FLOW, SINK, SOURCE

from .counter import postings


def judge_documents(feed, live, moved, excused=()):
    """Lost and doubled records, and what else is wrong in the books.

    ``live`` are the documents that move something: pairs of cents and a date, by marker; ``moved``
    is what became of each account since the beginning, in cents. ``excused`` are markers of records
    about which a person is told.
    """
    lost, doubled, other = [], [], []
    wanted, strays = Tally(), dict(live)
    for document in feed.beside:
        wanted.update(postings(document, feed.chart))
    for record in feed.records:
        if not isinstance(record, Document | Settlement):
            continue
        wanted.update(postings(record, feed.chart))
        mark = marker(record.kind, record.id)
        found = strays.pop(mark, [])
        newest = (record.amount.minor, record.date.isoformat())
        if mark in excused:
            continue
        if not found:
            lost.append(f"{mark} has no document")
        elif len(found) > 1:
            doubled.append(f"{mark} has {len(found)} documents")
        elif found[0] != newest:
            lost.append(f"{mark} shows {found[0]}, not {newest}")
    for mark in strays.keys() - set(excused):
        stands = "was struck out, and stands" if mark in feed.struck else "stands for no record"
        other.append(f"{mark or 'a document'} {stands}")
    if not (lost or doubled or other or excused):
        other += _balances(wanted, moved)
    return lost, doubled, other


def _balances(wanted, moved):
    for account in sorted({*wanted, *moved}):
        if wanted[account] != moved.get(account, 0):
            yield f"{account} moved by {moved.get(account, 0)}, not by {wanted[account]} cents"


def judge_ledger(c, feed):
    """Nothing hangs, nobody is asked, what was struck out is undone, and the proof agrees."""
    records = ledger.records(c)
    struck = [one for one in records if marker(one.kind, one.id) in feed.struck]
    kept = [one for one in records if one not in struck]
    other = [*unsettled(ledger.effects(c)), *unposted(kept)]
    other += [
        f"record {one.kind} {one.id} was struck out, and is {one.state}"
        for one in struck
        if one.state != "undone"
    ]
    other += [f"a finding is left: {one.category}" for one in findings.listing(c)]
    proof = prove(c, FLOW, SOURCE, SINK)
    if not proof.agrees or proof.buckets["posted"].records != len(kept):
        other.append(f"the proof does not agree: {proof}")
    return other


def judge_comparisons(feed, found):
    """The books as they were read back, account by account; the payment is on the money's too."""
    accounts = {one.account for one in found}
    if accounts != {feed.chart.money, feed.chart.owed}:
        return [f"only {sorted(accounts)} were compared"]
    return [f"the books differ: {one}" for one in found if not one.agrees]


def cents(balances, before):
    """What moved between two trial balances, in cents, account by account."""
    moved = {name: int((value - before.get(name, 0)) * 100) for name, value in balances.items()}
    return {name: value for name, value in moved.items() if value}
