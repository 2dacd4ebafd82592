"""A workbench: the ledger in memory, a flow of card transactions, and a set of books."""

import datetime as dt

import pytest
import sqlalchemy as sa
from attrs import evolve

from subledger.findings import Finding
from subledger.flow import prepare
from subledger.flow.decide import Rules, decide
from subledger.flow.desk import SqlDesk
from subledger.flow.prepare import FlowTask
from subledger.ledger import books, leases, records
from subledger.ledger.books import BookIndex
from subledger.ledger.records import Staged, Subscriber
from subledger.model import Line, Movement, Reference, Way, amount_of
from subledger.model.kinds import ACCOUNT, CARD_TRANSACTION, FEE, VENDOR
from subledger.model.stored import dump, fingerprint
from subledger.money import Money
from subledger.ports import BookEntry, FlowPlan, Hold, Keep, Posted, Skip
from subledger.store.engine import make_engine
from subledger.store.moments import to_ms
from subledger.store.schema import CONNECTION, EFFECT, FINDING, FLOW, LINK, METADATA, POSTING

NOON = dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC)
KINDS = frozenset({CARD_TRANSACTION, FEE})
ENTRIES = (
    BookEntry(kind=ACCOUNT, id="a1", name="Cards"),
    BookEntry(kind=ACCOUNT, id="a2", name="Fuel"),
    BookEntry(kind=VENDOR, id="v1", name="Shell"),
)


def movement(identifier="1", cents=500, **changes):
    """A purchase at Shell for the account Fuel."""
    values = {
        "id": identifier,
        "way": Way.OUT,
        "amount": Money(cents),
        "date": dt.date(2026, 3, 1),
        "merchant": "Shell",
        "lines": (Line(amount=Money(cents), account=Reference(kind=ACCOUNT, name="Fuel")),),
    }
    return Movement(**values | changes)


def draft(entity, _books):
    """Completes a movement as a recipe would; the merchant is the vendor."""
    party = Reference(kind=VENDOR, name=entity.merchant, create=True)
    return Keep(evolve(entity, account=Reference(kind=ACCOUNT, name="Cards"), party=party))


class Bench:
    """One flow ``cards`` from the connection ``cards`` to the connection ``books``."""

    movement = staticmethod(movement)

    @staticmethod
    def staged(entity):
        """An entity as the intake hands it over."""
        return staged(entity)

    def __init__(self, c):
        self.c = c
        self.now = to_ms(NOON)
        self.verdicts = {}
        plan = FlowPlan(kinds=KINDS, account="Cards", steps=(), draft=draft)
        self.task = FlowTask(
            name="cards",
            source="cards",
            sink="books",
            rules=Rules(steps=[("judge", self)], plan=plan),
            digest="d1",
        )
        self.subscribers = [Subscriber(flow="cards", kinds=KINDS)]
        c.execute(sa.insert(FLOW).values(name="cards"))
        c.execute(sa.insert(CONNECTION).values(name="books"))
        books.offer_entries(c, "books", ENTRIES)

    def apply(self, entity, _books):
        """The flow's step: keeps, unless a verdict is set for the record."""
        return self.verdicts.get(entity.id, Keep(entity))

    @property
    def desk(self):
        """The desk of the books, now."""
        return SqlDesk(self.c, "books", self.now)

    def later(self, seconds=1):
        """Lets time pass."""
        self.now += int(seconds * 1000)

    def stage(self, *entities):
        """Stores records as an intake run does; returns how many are new or changed."""
        return records.stage(self.c, "cards", self.subscribers, map(staged, entities), self.now)

    def prepare(self, **changes):
        """Plans what is staged as the prepare loop does; returns how many effects."""
        task = evolve(self.task, **changes)
        index = books.load(self.c, "books")
        prepare.restage(self.c, task, index)
        return self.prepare_rows(prepare.staged(self.c, task), task)

    def prepare_rows(self, rows, task=None):
        """Decides rows and writes the decisions under the flow's lease."""
        task = task or self.task
        self.later()
        epoch = leases.take(self.c, f"flow:{task.name}", "me", self.now, 60_000)
        index = books.load(self.c, "books")
        decided = [(row, prepare._decide_one(row, index, task.rules)) for row in rows]
        planned = prepare.record_decisions(
            self.c, task, decided, epoch=epoch, lease=60_000, now=self.now
        )
        leases.give_back(self.c, f"flow:{task.name}", epoch)
        return planned

    def run(self, *entities, **changes):
        """Stages and prepares."""
        self.stage(*entities)
        return self.prepare(**changes)

    def claim(self, payload=b"<bytes/>"):
        """Claims the next effect."""
        self.later()
        return self.desk.claim(lambda _delivery: payload)

    def post(self, count=1, **changes):
        """Claims and settles so many effects as the books would; returns the deliveries."""
        done = []
        for _ in range(count):
            delivery = self.claim()
            assert delivery is not None
            self.desk.settle(delivery.effect, posted(delivery, **changes))
            done.append(delivery)
        return done

    def rows(self, table, *columns):
        """All rows of a table, or some columns of them."""
        wanted = [table.c[name] for name in columns] or [table]
        return self.c.execute(sa.select(*wanted)).all()

    def state(self, record="1", kind=CARD_TRANSACTION):
        """The state of a record in the flow."""
        return self.posting(record, kind).state

    def posting(self, record="1", kind=CARD_TRANSACTION):
        """The row of a record in the flow."""
        return self.c.execute(
            sa.select(POSTING).where(POSTING.c.id == record, POSTING.c.kind == kind)
        ).one()

    def effects(self, **conditions):
        """Effects, oldest first."""
        where = [EFFECT.c[name] == value for name, value in conditions.items()]
        return self.c.execute(sa.select(EFFECT).where(*where).order_by(EFFECT.c.id)).all()

    def links(self):
        """All links."""
        return self.rows(LINK)

    def finding(self, record="1", kind=CARD_TRANSACTION):
        """The finding that a record waits for, or None."""
        number = self.posting(record, kind).finding
        return self.c.execute(sa.select(FINDING).where(FINDING.c.id == number)).first()

    def decide(self, entity, entries=ENTRIES, **rules):
        """What becomes of an entity under some rules."""
        closing = rules.pop("closing", None)
        index = BookIndex(entries=entries, closing_date=closing)
        return decide(entity, index, evolve(self.task.rules, **rules))

    def hold(self, record, category="mapping_missing", subject="tag"):
        """Makes the step hold a record."""
        self.verdicts[record] = Hold(_finding(category, subject))

    def skip(self, record, category="excluded", subject="setting"):
        """Makes the step skip a record."""
        self.verdicts[record] = Skip(_finding(category, subject))


def _finding(category, subject):
    return Finding(category=category, subject=subject, message=f"because of {subject}")


def staged(entity):
    """An entity as the intake hands it over."""
    text = dump(entity)
    amount = amount_of(entity)
    return Staged(
        raw=entity.id,
        kind=entity.kind,
        id=entity.id,
        version=fingerprint(text),
        entity=text,
        amount=amount.minor if amount else None,
        currency=amount.currency if amount else "",
        date=entity.date.isoformat() if hasattr(entity, "date") else "",
    )


def posted(delivery, **changes):
    """The answer of books that took a document."""
    if delivery.kind == VENDOR:
        name = delivery.entity.name
        entry = BookEntry(kind=VENDOR, id=f"new-{name}", name=name, guard="1")
        return Posted(type="Vendor", id=entry.id, guard="1", entry=entry)
    values = {
        "type": "CreditCardCharge",
        "id": f"T{delivery.effect}",
        "guard": "1",
        "amount": delivery.entity.effect,
        "account": "Cards",
    }
    return Posted(**values | changes)


@pytest.fixture(scope="session")
def empty():
    """A ledger in memory that stays empty."""
    engine = make_engine(":memory:")
    METADATA.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def c(empty):
    """A connection to an empty ledger, inside one transaction that is undone in the end."""
    with empty.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        yield connection
        connection.exec_driver_sql("ROLLBACK")


@pytest.fixture
def bench(c):
    """The workbench."""
    return Bench(c)
