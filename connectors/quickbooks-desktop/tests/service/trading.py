"""Records of a service business, and an office that posts them and looks at the books."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

from subledger.ledger import books, effects, links
from subledger.manifest import Operation
from subledger.model import (
    Address,
    Application,
    Document,
    Item,
    ItemType,
    Line,
    Party,
    Reference,
    Settlement,
    Tax,
    account_of,
    amount_of,
    date_of,
)
from subledger.model import kinds as k
from subledger.model.stored import dump, fingerprint
from subledger.money import Money
from subledger.ports import Query
from subledger.store.moments import to_ms
from subledger.store.schema import DOCUMENT, EFFECT, FINDING

DAY = dt.date(2026, 3, 2)
RECEIVABLE = Reference(kind=k.ACCOUNT, name="Accounts Receivable")
PAYABLE = Reference(kind=k.ACCOUNT, name="Accounts Payable")
CHECKING = Reference(kind=k.ACCOUNT, name="Operating Checking")
CARD = Reference(kind=k.ACCOUNT, name="PEX Credit Card")
ACME = Reference(kind=k.CUSTOMER, record="c1", name="Acme")
SHELL = Reference(kind=k.VENDOR, name="Shell")
WORK = Reference(kind=k.ITEM, name="Consulting")
PART = Reference(kind=k.ITEM, record="i1", name="Cable")


def customer(**changes):
    """The customer of most tests."""
    values = {
        "kind": k.CUSTOMER,
        "id": "c1",
        "name": "Acme",
        "company": "Acme Ltd",
        "email": "ap@acme.example",
        "phone": "555-0100",
        "number": "4711",
        "address": Address(lines=("1 Main St",), city="Springfield", region="IL", postcode="62701"),
    }
    return Party(**{**values, **changes})


def cable(**changes):
    """A product that is bought and sold."""
    values = {
        "id": "i1",
        "name": "Cable",
        "type": ItemType.NON_INVENTORY,
        "sku": "CBL-5",
        "price": Decimal(10),
        "cost": Decimal(4),
        "taxable": True,
        "income_account": Reference(kind=k.ACCOUNT, name="Services Income"),
        "expense_account": Reference(kind=k.ACCOUNT, name="Cost of Goods Sold"),
    }
    return Item(**{**values, **changes})


def line(cents, item=WORK, **more):
    """A line of a document."""
    return Line(amount=Money(cents), item=item, **more)


def document(kind, number, *lines, party=ACME, account=RECEIVABLE, tax=None, **more):
    """A document over its lines and its tax."""
    cents = sum(each.amount.minor for each in lines) + (tax.amount.minor if tax else 0)
    return Document(
        kind=kind,
        id=number,
        number=number,
        party=party,
        date=DAY,
        amount=Money(cents),
        lines=lines,
        tax=tax,
        account=account,
        **more,
    )


def settlement(kind, number, cents, *applied, party=ACME, account=RECEIVABLE, **more):
    """A payment of documents: pairs of a kind, a record and cents."""
    return Settlement(
        kind=kind,
        id=number,
        number=number,
        party=party,
        date=DAY,
        amount=Money(cents),
        applications=tuple(
            Application(document=Reference(kind=of, record=record), amount=Money(part))
            for of, record, part in applied
        ),
        account=account,
        **more,
    )


class Office:
    """A bench and short ways to plan, run and look."""

    def __init__(self, bench):
        self.bench = bench
        self.turn = 0

    async def post(self, *entities, operation=Operation.CREATE):
        """Plan entities in order, run the Web Connector, and return the effects' states."""
        self.turn += 1

        def work(c: sa.Connection) -> list[int]:
            now = to_ms(self.bench.clock())
            books.ask(c, "books", Query.LISTS, now)
            return [effects.plan(c, self._intent(entity, operation), now).id for entity in entities]

        numbers = await self.bench.store.tx(work)
        await self.bench.run()
        return await self.states(numbers)

    def _intent(self, entity, operation):
        text = dump(entity)
        amount, date, account = amount_of(entity), date_of(entity), account_of(entity)
        return effects.Intent(
            connection="books",
            flow="psa",
            source="psa",
            kind=entity.kind,
            record=entity.id,
            operation=operation,
            entity=text,
            version=str(self.turn),
            fingerprint=fingerprint(text),
            amount=amount.minor if amount else None,
            currency=amount.currency if amount else "",
            date=date.isoformat() if date else "",
            account=account.name if account else "",
            turn="" if operation is Operation.CREATE else str(self.turn),
        )

    async def states(self, numbers: Sequence[int]):
        """The states of effects, with the message of those that failed."""
        rows = await self.bench.store.tx(
            lambda c: c.execute(
                sa.select(EFFECT.c.state, EFFECT.c.message).where(EFFECT.c.id.in_(numbers))
            ).all()
        )
        return [
            row.state if row.state == "settled" else f"{row.state}: {row.message}" for row in rows
        ]

    async def done(self, *entities, operation=Operation.CREATE):
        """As :meth:`post`, where all has to succeed."""
        states = await self.post(*entities, operation=operation)
        assert set(states) == {"settled"}, states

    async def findings(self):
        """The open findings' categories."""
        return await self.bench.findings()

    async def messages(self):
        """What the findings say."""
        return await self.bench.store.tx(
            lambda c: list(c.execute(sa.select(FINDING.c.message)).scalars())
        )

    async def link(self, kind, record):
        """The link of a record."""
        return await self.bench.store.tx(lambda c: links.find(c, "books", "psa", kind, record))

    async def ask(self, kind, record):
        """The document of a record as the company file has it."""
        link = await self.link(kind, record)
        found = self.bench.company.human.request(
            f"{link.type}Query", {"TxnID": [link.target], "IncludeLineItems": "true"}
        )
        return found[0]

    async def read(self, account):
        """The documents that a question about an account brings."""

        def ask(c):
            return books.ask(
                *(c, "books", Query.DOCUMENTS, to_ms(self.bench.clock())),
                since=DAY,
                until=DAY,
                account=account,
            )

        number = await self.bench.store.tx(ask)
        await self.bench.run()
        return await self.bench.store.tx(
            lambda c: [
                (row.type, row.amount, row.key)
                for row in c.execute(
                    sa.select(DOCUMENT).where(
                        DOCUMENT.c.question == number, DOCUMENT.c.deleted.is_(False)
                    )
                )
            ]
        )

    def balance(self, account):
        """The balance of an account, debit positive."""
        return self.bench.company.balance(account)


def taxed(code, cents):
    """The sales tax of a document."""
    return Tax(amount=Money(cents), rate="1", code=Reference(kind=k.TAX_CODE, name=code))
