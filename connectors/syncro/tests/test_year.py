"""A year of the simulated Syncro, against what the simulator counted by itself."""

from subledger.model import kinds
from subledger.model.stored import dump, load
from subledger.money import total
from subledger_syncro.normalise import balance_of


def invoiced(found):
    """Signed cents by invoice, refunds negative."""
    return {
        entity.id: entity.effect.minor
        for entity in found.of(kinds.INVOICE, kinds.CREDIT_MEMO)
        if not entity.id.startswith("credit-")
    }


def paid(found):
    """Signed cents of money that moved, by payment."""
    return {
        entity.id: -entity.effect.minor
        for entity in found.of(kinds.PAYMENT, kinds.REFUND)
        if entity.amount
    }


def true_money(truth):
    """The same as the simulator counts it."""
    return {
        id_: one["cents"]
        for id_, one in truth["payments"].items()
        if one["success"] and not one["uses_credit"]
    }


async def test_a_year_agrees_to_the_cent(world, read):
    """Every invoice, refund, payment and order arrives once with its amount; nothing is refused."""
    account = world(invoices=400)
    found, truth = read(await account.pages()), account.truth
    assert {id_: str(error) for id_, error in found.rejected.items()} == {}
    assert invoiced(found) == {id_: one["total"] for id_, one in truth["invoices"].items()}
    assert paid(found) == true_money(truth)
    orders = {one.id: one.amount.minor for one in found.of(kinds.PURCHASE_ORDER)}
    assert orders == {id_: one["cents"] for id_, one in truth["orders"].items()}
    bills = {one.id: one.amount.minor for one in found.of(kinds.BILL)}
    assert bills == {
        id_: one["cents"] for id_, one in truth["orders"].items() if one["is_finished"]
    }
    assert len(bills) > 3
    assert truth["counts"]["invoice"] > 400
    taxes = {one.id: one.tax.amount.minor if one.tax else 0 for one in found.of(kinds.INVOICE)}
    assert taxes == {id_: one["tax"] for id_, one in truth["invoices"].items() if one["total"] >= 0}


async def test_the_comparison_notices_one_missing_payment(world, read):
    """Negative control: without one record the year does not agree."""
    account = world(invoices=150)
    found = read(await account.pages())
    del found.entities[kinds.PAYMENT, str(account.marks["overpayment"])]
    assert paid(found) != true_money(account.truth)


async def test_open_balances_agree(world, read):
    """What the books would show as open on each invoice is what Syncro shows."""
    account = world(invoices=400)
    found, truth = read(await account.pages()), account.truth
    opened = invoiced(found)
    for settlement in found.of(kinds.PAYMENT, kinds.REFUND):
        sign = 1 if settlement.kind == kinds.REFUND else -1
        for part in settlement.applications:
            way = 1 if part.document.kind == kinds.CREDIT_MEMO else sign
            opened[part.document.record] += way * part.amount.minor
    expected = {id_: one["balance"] for id_, one in truth["invoices"].items()}
    wrong = {id_: (opened[id_], cents) for id_, cents in expected.items() if opened[id_] != cents}
    assert wrong == {}


async def test_each_record_balances_and_can_be_stored(world, read):
    """The proof counts exactly what the entities of a record change, and entities survive."""
    found = read(await world(invoices=150).pages())
    for record in found.records.values():
        made = [found.entities[kind, record.id] for kind in record.makes
                if (kind, record.id) in found.entities]  # fmt: skip
        effects = [one.effect for one in made if hasattr(one, "effect")]
        assert balance_of(record) == total(effects), record
        assert [load(dump(entity)) for entity in made] == made
