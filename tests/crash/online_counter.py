"""The shop's counter and QuickBooks Online: charts, flows, what happens, and who judges it."""

from decimal import Decimal
from functools import lru_cache

from attrs import evolve

from subledger.flow import waysout
from subledger.flow.linking import Link, link
from subledger.ledger import findings
from subledger.model.kinds import PURCHASE, SALES_RECEIPT
from subledger.model.marker import marker
from subledger.store.moments import to_ms
from subledger.testing import ledger
from subledger.testing.verdict import unsettled
from subledger.testing.workplace import SINK, SOURCE, Side, settings_of
from subledger_quickbooks_online.plugin import register_sinks

from . import counter_oracle
from .counter import CLIENT, Chart, counter_type, flow_of
from .online_office import POLL
from .online_oracle import told

US = Chart(
    money="Checking",
    owed="Accounts Receivable (A/R)",
    income="Services",
    expense="Office Expenses",
    tax="California Department of Tax and Fee Administration Payable",
    percent=8,
    refunds=True,
)
CA = evolve(US, tax="Revenue Agency Payable", percent=5)
ACCOUNTS = (US.owed, US.money)
_LOOKS = 4
"""Rounds until a person has something to decide on, at the most, after whatever has happened."""


@lru_cache
def settings(chart, code, gone, address):
    """The configuration; ``gone`` says what becomes of documents that are struck out."""
    (sink,) = register_sinks()
    way = {"base_url": address, "oauth_url": address}
    books = {"client_id": "simulated-client", "client_secret": "simulated-secret", **way}
    sides = {
        SOURCE: Side(type=counter_type(None, chart)),
        SINK: Side(type=sink, settings=books),
    }
    return settings_of(sides, {**flow_of(chart, code), "gone": gone})


async def struck(office, feed):
    """One document changes, another is struck out, and so is a new one: perhaps in flight."""
    changed, gone = office.rng.sample(feed.at_once(), 2)
    new = feed.sale("2003")
    feed.put(new)
    feed.change(changed)
    await office.run_flow()
    await office.dispatch()
    feed.strike(gone)
    feed.strike(new)
    await office.run_flow()
    await office.dispatch()


async def first(office, feed):
    """The books hold two of a day's documents, entered by hand: a person decides about both.

    The sale is linked with what is there, the purchase is another one; later the sale changes.
    """
    feed.open()
    feed.day()
    sale, bought = (_one(feed, kind) for kind in (SALES_RECEIPT, PURCHASE))
    feed.linked = {marker(sale.kind, sale.id): _by_hand(office.simulation.company, sale, bought)}
    feed.beside = (bought,)
    for _ in range(_LOOKS):
        await office.run_flow()
        await office.rest(1)  # what is posted is later than what was asked
        await office.dispatch()
        if office.disk.do(lambda c: _decided(c, sale, to_ms(office.clock()))):
            break
        await office.rest(POLL)
    await office.run_flow()
    await office.dispatch()
    feed.change(sale)
    await office.run_flow()
    await office.dispatch()


def _one(feed, kind):
    return next(one for one in feed.records if one.kind == kind)


def _by_hand(company, sale, bought):
    """What a person entered: the customer, the sale without tax, the purchase; the sale's id."""
    ids = {
        name: number["Id"]
        for entity in ("Account", "Item")
        for number in company.query(f"select * from {entity}")[entity]
        for name in [number["Name"]]
    }
    client = company.create("Customer", {"DisplayName": CLIENT.name})
    sold = {"ItemRef": {"value": ids["Services"]}, "TaxCodeRef": {"value": "NON"}}
    entered = company.create(
        "SalesReceipt",
        {
            "TxnDate": sale.date.isoformat(),
            "CustomerRef": {"value": client["Id"]},
            "DepositToAccountRef": {"value": ids[US.money]},
            "Line": [_line(sale, "SalesItemLineDetail", sold)],
        },
    )
    spent = {"AccountRef": {"value": ids[US.expense]}}
    company.create(
        "Purchase",
        {
            "TxnDate": bought.date.isoformat(),
            "PaymentType": "Cash",
            "AccountRef": {"value": ids[US.money]},
            "Line": [_line(bought, "AccountBasedExpenseLineDetail", spent)],
        },
    )
    return entered["Id"]


def _line(document, detail, of):
    amount = Decimal(document.amount.minor) / 100
    return {"Amount": amount, "DetailType": detail, detail: of}


def _decided(c, sale, now):
    """A person looks at the findings: links the sale, and has the other posted; whether so."""
    for found in findings.listing(c):
        if found.category == "duplicate_document" and found.records == 2:
            same = Link(source=SOURCE, sink=SINK, record=sale.id)
            link(c, found.id, same, now, "person")
            waysout.retry(c, found.id, now, "person", SINK)
            return True
    return False


def judge(office, made, feed, *, disturbed):
    """Lost, doubled and other breaches; ``disturbed`` where a person deletes or edits."""
    company = office.simulation.company
    shown = {document["Id"]: document for document in company.documents()}
    live, doubled = {}, []
    ours = {mark: [id_ for _, id_ in found] for mark, found in made.items() if " " not in mark}
    for mark, id_ in feed.linked.items():
        ours.setdefault(mark, []).append(id_)
    for mark, ids in ours.items():
        if len(ids) > 1:
            doubled.append(f"{mark} was made {len(ids)} times")
        if moving := [shown[id_] for id_ in ids if id_ in shown and company.postings(id_)]:
            live[mark] = [(int(one["TotalAmt"] * 100), one["TxnDate"]) for one in moving]
    doubled += [f"{name} was made twice" for name in made if " " in name and len(made[name]) > 1]
    excused = office.disk.do(told) if disturbed else frozenset()
    moved = counter_oracle.cents(company.trial_balance(), {})
    lost, more, other = counter_oracle.judge_documents(feed, live, moved, excused)
    judged = _unsettled if disturbed else counter_oracle.judge_ledger
    return lost, doubled + more, other + office.disk.do(lambda c: judged(c, feed))


def _unsettled(c, _feed):
    return [*unsettled(ledger.effects(c))]
