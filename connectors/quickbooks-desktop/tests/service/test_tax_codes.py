"""P2: tax codes through the whole service, into a company file of another edition and of the US."""

import sys
from pathlib import Path

from attrs import evolve

from subledger.ledger import books, effects
from subledger.model import Line, Reference
from subledger.model.kinds import ACCOUNT, TAX_CODE
from subledger.money import Money
from subledger.ports import Query
from subledger.store.moments import to_ms
from subledger.store.schema import FINDING

sys.path.insert(0, str(Path(__file__).parent))
from conftest import intent

CODED = Line(
    amount=Money(1001),
    account=Reference(kind=ACCOUNT, name="Fuel"),
    tax=Reference(kind=TAX_CODE, name="Non"),
)


async def posting(bench, *lines):
    """Plans one purchase with these lines and lets the Web Connector run."""

    def work(c):
        now = to_ms(bench.clock())
        books.ask(c, bench.connection, Query.LISTS, now)
        effects.plan(c, intent(bench.connection, 1, lines=lines), now)

    await bench.store.tx(work)
    return await bench.run()


async def test_another_edition_takes_and_keeps_the_code(bench) -> None:
    """Outside the US the check's line has the code, and its amount includes the tax."""
    bench.company.configure(country="CA")
    await posting(bench, CODED)
    assert await bench.states() == ["settled"]
    (check,) = bench.company.human.request("CheckQuery", {"IncludeLineItems": "true"})
    assert check.findtext("IsTaxIncluded") == "true"
    assert check.findtext("ExpenseLineRet/SalesTaxCodeRef/FullName") == "Non"
    assert check.findtext("Amount") == "10.01"


async def test_the_us_edition_gets_nothing_that_it_does_not_have(bench) -> None:
    """US: nothing is sent, and a finding says why; without the code the purchase is posted."""
    await posting(bench, CODED)
    assert bench.posted() == []
    (found,) = await bench.store.tx(lambda c: c.execute(FINDING.select()).all())
    assert (found.category, found.subject) == ("feature_off", "tax codes of purchases")
    await posting(bench, evolve(CODED, tax=None))
    assert len(bench.posted()) == 1
