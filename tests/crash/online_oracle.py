"""What must be true of every world with QuickBooks Online once it has healed."""

import sqlalchemy as sa

from subledger.flow.proof import prove
from subledger.ledger import findings
from subledger.model.kinds import CUSTOMER, ITEM
from subledger.model.marker import marker, parse_marker
from subledger.store.schema import FINDING, POSTING
from subledger.testing import ledger
from subledger.testing.verdict import unposted, unsettled
from subledger.testing.workplace import FLOW, SINK, SOURCE

_ANY = sa.select(FINDING.c.id).limit(1)
_FINDINGS = sa.select(POSTING).where(POSTING.c.finding.is_not(None))
_ENTRIES = {CUSTOMER: "Customer", ITEM: "Item"}


def watch(company):
    """Counts what is created in a company, by marker; also what somebody deletes later."""
    made = {}
    create = type(company).create

    def counting(entity, body, *more):
        shown = create(company, entity, body, *more)
        mark = parse_marker(str(shown.get("PrivateNote", "")))
        if mark:
            made.setdefault(mark, []).append((entity, shown["Id"]))
        else:  # a list entry, or the payment that joins a refund to its credit
            name = shown.get("DisplayName") or shown.get("Name") or shown.get("PrivateNote")
            made.setdefault(f"{entity} {name}", []).append((entity, shown["Id"]))
        return shown

    company.create = counting
    return made


def judge(office, made, feed, account, *, disturbed):
    """Lost, doubled and other breaches; ``disturbed`` where a person deletes or edits."""
    lost, doubled, other = [], [], []
    company, records = office.simulation.company, feed.records
    live = {document["Id"]: document for document in company.documents()}
    named = office.disk.do(told)
    whole = 0
    for mark, times in ((mark, len(found)) for mark, found in made.items()):
        if times > 1:
            doubled.append(f"{mark} was made {times} times")
    for record in records:
        if record.kind in _ENTRIES:
            continue
        mark = marker(record.kind, record.id)
        found = [live[id_] for _entity, id_ in made.get(mark, ()) if id_ in live]
        if not found:
            if mark not in named or not disturbed:
                lost.append(f"{mark} has no document")
            continue
        moved = _moved(company, found[0]["Id"], account)
        whole += moved
        if moved != record.effect.minor:
            lost.append(f"{mark} shows {moved}, not {record.effect.minor} cents")
    balance = company.trial_balance()
    if int(balance[account] * 100) != whole:
        other.append(f"{account} shows {balance[account]}, its documents {whole} cents")
    if sum(balance.values()):
        other.append("debits and credits differ")
    marks = {marker(record.kind, record.id) for record in records}
    other += [
        f"{mark} stands for no record" for mark in made if " " not in mark and mark not in marks
    ]
    other += office.disk.do(lambda c: _ledger(c, disturbed=disturbed))
    return lost, doubled, other


def _moved(company, id_, account):
    """What a document does to an account, in cents."""
    return int(sum(p.amount for p in company.postings(id_) if p.account == account) * 100)


def told(c):
    """Markers of records about which a person is told."""
    rows = c.execute(_FINDINGS).all()
    return {marker(row.kind, row.id) for row in rows}


def _ledger(c, *, disturbed):
    """Nothing hangs, and the proof agrees."""
    other = [*unsettled(ledger.effects(c))]
    if disturbed:
        return other
    other += unposted(ledger.records(c))
    proof = prove(c, FLOW, SOURCE, SINK)
    if not proof.agrees or proof.buckets["posted"].records != proof.records:
        other.append(f"the proof does not agree: {proof}")
    left = findings.listing(c) if c.execute(_ANY).first() else ()
    return other + [f"a finding is left: {one.category}" for one in left]
