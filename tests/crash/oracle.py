"""What must be true of every world once it has healed."""

from collections import Counter
from decimal import Decimal

import sqlalchemy as sa

from subledger.flow.proof import prove
from subledger.ledger.effects import State
from subledger.model.kinds import TRANSFER
from subledger.model.marker import marker, parse_marker
from subledger.store.schema import EFFECT, LINK, POSTING

from .office import BOOKS, CARDS, FLOW

REGISTER = "PEX Card Account"
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
    """Amounts by account and class, apart from the register account."""
    return Counter(
        {
            (line["account"], line["class"]): abs(line["amount"])
            for line in document["lines"]
            if line["account"] != REGISTER
        }
    )


def _meant(movement):
    found = Counter()
    for line in movement.lines:
        found[line.account.name, line.class_.name] += Decimal(line.amount.minor) / 100
    return found


def judge_books(documents, balance, records):
    """Lost and doubled records: each has one live document that shows its newest version."""
    lost, doubled, other = [], [], []
    ours = {}
    for document in documents:
        ours.setdefault(mark_of(document), []).append(document)
    for movement in records:
        mark = marker(movement.kind, movement.id)
        found = ours.pop(mark, [])
        if not found:
            lost.append(f"{mark} has no document")
            continue
        doubled += [f"{mark} has another document {x['txn_id']}" for x in found[1:]]
        shown = (moved(found[0]), found[0]["date"])
        if shown != (movement.effect.minor, movement.date.isoformat()):
            lost.append(f"{mark} shows {shown}, not {movement.effect} on {movement.date}")
        elif movement.kind != TRANSFER and _other_side(found[0]) != _meant(movement):
            lost.append(f"{mark} has other lines than its record")
    other += [f"{mark or 'a document'} stands for no record" for mark in ours]
    whole = sum(movement.effect.minor for movement in records)
    if not (lost or doubled) and int(balance * 100) != whole:
        other.append(f"the register shows {balance}, the records add up to {whole} cents")
    return lost, doubled, other


def judge_ledger(c, documents):
    """Nothing hangs, every document of ours has its effect and its link, the proof agrees."""
    other = []
    effects = c.execute(sa.select(EFFECT)).all()
    for row in effects:
        if row.state not in _QUIET:
            other.append(f"effect {row.id} ({row.kind} {row.record}) is still {row.state}")
    for row in c.execute(sa.select(POSTING)):
        if row.state != "posted":
            other.append(f"record {row.kind} {row.id} is {row.state}, not posted")
    written = {row.target for row in effects if row.state == State.SETTLED}
    linked = {row.target for row in c.execute(sa.select(LINK))}
    for document in documents:
        if document["txn_id"] not in written or document["txn_id"] not in linked:
            other.append(f"{document['type']} {document['txn_id']} has no effect or no link")
    proof = prove(c, FLOW, CARDS, BOOKS)
    if not proof.agrees or proof.buckets["posted"].records != proof.records:
        other.append(f"the proof does not agree: {proof}")
    return other
