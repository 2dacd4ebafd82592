"""What must be true of every world once it has healed."""

from collections import Counter

import sqlalchemy as sa

from subledger.flow.proof import prove
from subledger.ledger.effects import State
from subledger.model.marker import parse_marker
from subledger.store.schema import LINK
from subledger.testing import ledger
from subledger.testing.verdict import unposted, unsettled
from subledger.testing.workplace import FLOW, SINK, SOURCE

REGISTER = "PEX Card Account"
_LINKS = sa.select(LINK)
_QUIET = {State.SETTLED, State.SUPERSEDED}


def mark_of(document):
    """The marker of a document in the books; "" for somebody else's."""
    texts = [document["memo"], *(line["memo"] for line in document["lines"])]
    return next(filter(None, map(parse_marker, texts)), "") or ""


def moved(document):
    """What a document does to the register account, in cents: money out is negative."""
    if document["type"] == "Check":
        return int(-document["amount"] * 100)
    if document["type"] == "Deposit":
        return int(document["amount"] * 100)
    return int(sum(x["amount"] for x in document["lines"] if x["account"] == REGISTER) * 100)


def _other_side(document):
    """Cents by account and class, apart from the register account."""
    found = Counter()
    for line in document["lines"]:
        if line["account"] != REGISTER:
            found[line["account"], line["class"]] += int(abs(line["amount"]) * 100)
    return found


def judge_books(documents, balance, wanted):
    """Lost and doubled records: each has one live document that shows its newest version."""
    lost, doubled, other = [], [], []
    ours = {}
    for document in documents:
        ours.setdefault(mark_of(document), []).append(document)
    for one in wanted:
        found = ours.pop(one.mark, [])
        if not found:
            lost.append(f"{one.mark} has no document")
            continue
        doubled += [f"{one.mark} has another document {x['txn_id']}" for x in found[1:]]
        shown = (moved(found[0]), found[0]["date"])
        if shown != (one.cents, one.date):
            lost.append(f"{one.mark} shows {shown}, not {(one.cents, one.date)}")
        elif one.other is not None and _other_side(found[0]) != one.other:
            lost.append(f"{one.mark} has the lines {_other_side(found[0])}, not {one.other}")
    other += [f"{mark or 'a document'} stands for no record" for mark in ours]
    whole = sum(one.cents for one in wanted)
    if not (lost or doubled) and int(balance * 100) != whole:
        other.append(f"the register shows {balance}, the records add up to {whole} cents")
    return lost, doubled, other


def judge_ledger(c, documents, undone=()):
    """Nothing hangs, every document of ours has its effect and its link, the proof agrees.

    What a person undid is out of the books, and stays so.
    """
    effects = ledger.effects(c)
    written = {one.target for one in effects if one.state is State.SETTLED}
    linked = {row.target for row in c.execute(_LINKS)}
    records = ledger.records(c)
    kept = [one for one in records if (one.kind, one.id) not in undone]
    other = [*unsettled(effects, quiet=_QUIET), *unposted(kept)]
    other += [
        f"record {one.kind} {one.id} was undone, and is {one.state}"
        for one in records
        if one not in kept and (one.state, one.finding) != ("undone", "undone")
    ]
    other += [
        f"{document['type']} {document['txn_id']} has no effect or no link"
        for document in documents
        if document["txn_id"] not in written & linked
    ]
    proof = prove(c, FLOW, SOURCE, SINK)
    if not proof.agrees or proof.buckets["posted"].records != len(kept):
        other.append(f"the proof does not agree: {proof}")
    return other
