"""The workplace and the invented systems: both recipes run in memory, agree, and are read back."""

import datetime as dt
from decimal import Decimal

import pytest

from subledger.errors import ConfigError
from subledger.ledger.effects import State
from subledger.manifest import Operation
from subledger.testing import Side, Workplace, builders, virtual_time
from subledger.testing.invented import (
    INVENTED_CARDS,
    INVENTED_LEDGER,
    INVENTED_PSA,
    InventedBooks,
    InventedSystem,
)
from subledger.testing.outside import Door, Fault, Trouble

CARDS = {
    "recipe": "card-expenses",
    "steps": [],
    "settings": {
        "account": "Card",
        "funding_account": "Bank",
        "fee_account": "Expenses",
        "rebate_account": "Income",
        "default_expense_account": "Expenses",
    },
}
PSA = {
    "recipe": "psa-invoices",
    "settings": {
        "receivables_account": "Receivables",
        "deposit_account": "Bank",
        "refund_account": "Bank",
        "payables_account": "Payables",
        "bill_account": "Expenses",
        "income_account": "Income",
        "default_tax_code": "Standard",
    },
}


def cards():
    """A card platform with one movement of each kind."""
    system = InventedSystem()
    system.put(
        builders.purchase(),
        builders.merchant_credit(amount="2.50"),
        builders.fee(amount="1.00"),
        builders.transfer(amount="100.00"),
        builders.rebate(amount="0.40"),
    )
    return system


def played(history):
    return virtual_time.run(lambda _loop: history())


def test_card_money_comes_into_invented_books():
    """Every movement of a card platform is posted once, and the books read back agree."""
    books = InventedBooks()

    async def history():
        work = Workplace.of(
            source=Side.of(INVENTED_CARDS, cards()),
            sink=Side.of(INVENTED_LEDGER, books),
            flow=CARDS,
        )
        await work.sync()
        assert (await work.proof()).agrees
        assert [one.agrees for one in await work.compare()] == [True]
        assert {effect.state for effect in await work.effects()} == {State.SETTLED}
        assert not work.diary.failures

    played(history)
    assert books.balances()["Card"] == Decimal("89.40")
    assert not sum(books.balances().values())
    assert len(books.documents()) == 5


def test_a_service_business_comes_into_invented_books():
    """Invoices, payments, credits and bills are posted, follow changes, and the books balance."""
    system, books = InventedSystem(), InventedBooks()
    invoice = builders.invoice(amount="108.00", tax=builders.tax("8.00", rate="901"))
    credit = builders.credit_memo(amount="20.00")
    system.put(
        *(builders.customer(), builders.item(), builders.vendor(), invoice, credit),
        *(builders.payment(pays=invoice), builders.refund(pays=credit), builders.bill()),
    )

    async def history():
        work = Workplace.of(
            source=Side.of(INVENTED_PSA, system), sink=Side.of(INVENTED_LEDGER, books), flow=PSA
        )
        await work.sync()
        assert books.balances()["Receivables"] == 0
        assert books.balances()["Sales tax"] == Decimal("-8.00")
        system.put(builders.invoice(amount="150.00"))
        await work.sync()
        proof = await work.proof()
        assert proof.agrees
        assert proof.by_account["Receivables"].total.amount == Decimal("42.00")
        assert all(one.agrees for one in await work.compare())

    played(history)
    assert not sum(books.balances().values())


def test_a_new_process_goes_on_where_the_last_one_was():
    """What the store knows is enough: another process posts nothing twice."""
    books = InventedBooks()

    async def history():
        work = Workplace.of(
            source=Side.of(INVENTED_CARDS, cards()),
            sink=Side.of(INVENTED_LEDGER, books),
            flow=CARDS,
        )
        await work.run()
        await work.deliver()
        await work.again().sync()

    played(history)
    assert len(books.documents()) == 5


@pytest.mark.parametrize("trouble", Trouble)
def test_trouble_on_the_way_loses_and_doubles_nothing(trouble):
    """Whatever happens to the third write, each document is in the books once in the end."""
    books = InventedBooks()
    door = Door(books.http, [Fault(what=trouble, at=3, method="POST", path="/documents")])

    async def history():
        work = Workplace.of(
            source=Side.of(INVENTED_CARDS, cards()),
            sink=Side.of(INVENTED_LEDGER, books, http=door),
            flow=CARDS,
        )
        await work.sync()
        assert (await work.proof()).agrees

    played(history)
    assert sorted(one.memo for one in books.documents()) == [
        *("sl:dep-1005", "sl:fee-1003", "sl:trf-1004", "sl:txn-1001", "sl:txn-1002"),
    ]


def test_what_a_person_changed_is_not_overwritten():
    """A change of a document that somebody touched in the books is refused with its category."""
    system, books = cards(), InventedBooks()

    async def history():
        work = Workplace.of(
            source=Side.of(INVENTED_CARDS, system), sink=Side.of(INVENTED_LEDGER, books), flow=CARDS
        )
        await work.sync()
        for document in books.documents():
            books.edit(document.id)
        system.put(builders.purchase(amount="99.00"))
        await work.sync()
        assert [one.category for one in await work.findings()] == ["changed_in_books"]
        assert (await work.effects())[-1].operation is Operation.UPDATE

    played(history)
    assert books.balances()["Card"] == Decimal("89.40")


def test_a_closed_period_holds_its_documents():
    """Documents of a closed period wait with a finding, as in every books."""
    books = InventedBooks(closed=dt.date(2026, 3, 31))

    async def history():
        work = Workplace.of(
            source=Side.of(INVENTED_CARDS, cards()),
            sink=Side.of(INVENTED_LEDGER, books),
            flow=CARDS,
        )
        await work.sync()
        assert {one.category for one in await work.findings()} == {"closed_period"}

    played(history)
    assert books.documents() == []


def test_a_wrong_token_is_told():
    """Books that do not know our token stop the connection with a finding."""

    async def history():
        books = InventedBooks()
        settings = {**books.settings, "token": "wrong"}
        work = Workplace.of(
            source=Side.of(INVENTED_CARDS, cards()),
            sink=Side.of(INVENTED_LEDGER, books, settings=settings),
            flow=CARDS,
        )
        await work.sync()
        assert {one.category for one in await work.findings()} == {"auth_expired"}
        assert "wrong" not in "\n".join(work.diary.lines)

    played(history)


def test_a_configuration_that_cannot_work_is_refused():
    """A workplace says what is wrong with its flow, as the loader tells an owner."""

    async def history():
        Workplace.of(
            source=Side.of(INVENTED_CARDS, cards()),
            sink=Side.of(INVENTED_LEDGER, InventedBooks()),
            flow={"recipe": "card-expenses", "settings": {"acount": "Card"}},
        )

    with pytest.raises(ConfigError, match="account"):
        played(history)
