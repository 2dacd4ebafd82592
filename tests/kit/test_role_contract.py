"""A connector that claims a role works with every recipe of it."""

import pytest
from attrs import evolve

from subledger.manifest import Role
from subledger.money import Money
from subledger.testing import builders as b
from subledger.testing.contracts.role import RoleContract, _first_of
from subledger.testing.invented import INVENTED_CARDS, INVENTED_LEDGER, INVENTED_PSA, InventedBooks
from subledger.testing.routes import INVENTED_CHART, card_day, holding, psa_day, recipes_of
from subledger.testing.specimens import Chart

from . import careless


class TestInventedCards(RoleContract):
    """A card platform."""

    type = INVENTED_CARDS

    def outside(self, clock):
        """A day of a card platform."""
        return holding(card_day())


class TestInventedPsa(RoleContract):
    """A service business's system."""

    type = INVENTED_PSA

    def outside(self, clock):
        """A day of a service business."""
        return holding(psa_day())


class TestInventedLedger(RoleContract):
    """A general ledger gets the recipes of every source role that can be invented."""

    type = INVENTED_LEDGER
    chart = INVENTED_CHART

    def outside(self, clock):
        """New books."""
        return InventedBooks()


def _recipe(type_, name):
    return next(recipe for recipe in recipes_of(type_) if recipe.name == name)


def test_the_recipes_follow_from_the_role():
    """A role brings its recipes; no role brings none."""
    assert _names(INVENTED_CARDS) == {"card-expenses"}
    assert _names(INVENTED_PSA) == {"psa-invoices"}
    assert {"card-expenses", "psa-invoices"} <= _names(INVENTED_LEDGER)
    nobody = evolve(INVENTED_CARDS, manifest=evolve(INVENTED_CARDS.manifest, roles=()))
    assert _names(nobody) == set()


def _names(type_):
    return {recipe.name for recipe in recipes_of(type_)}


def test_a_kind_that_the_role_asks_for_and_that_never_comes_is_found_out():
    """A card platform without a single purchase does not show that it is one."""

    class TestFees(TestInventedCards):
        def outside(self, clock):
            return holding([b.fee()])

    with pytest.raises(AssertionError, match="no card_transaction came into the books"):
        TestFees().test_a_recipe_of_its_role_works(_recipe(INVENTED_CARDS, "card-expenses"))


def test_a_sink_that_rounds_is_found_out():
    """Books that take whole dollars only are not to the cent."""

    class Rounding(careless._Around):
        async def deliver(self, deliveries):
            return await self.real.deliver([_rounded(one) for one in deliveries])

    class TestRounding(TestInventedLedger):
        type = careless._with(INVENTED_LEDGER, Rounding)

    with pytest.raises(AssertionError, match=r"card_transaction 1 of -20\.00 USD is in the books"):
        TestRounding().test_a_recipe_of_its_role_works(_recipe(INVENTED_LEDGER, "card-expenses"))


def _rounded(delivery):
    lines = getattr(delivery.entity, "lines", None)
    if not lines:
        return delivery
    lines = tuple(
        evolve(line, amount=Money(line.amount.minor // 100 * 100 + 100)) for line in lines
    )
    whole = Money(sum(line.amount.minor for line in lines))
    return evolve(delivery, entity=evolve(delivery.entity, lines=lines, amount=whole))


def test_a_ledger_without_settings_is_told_what_to_give():
    """Nobody but the author knows the accounts of the author's books."""

    class TestBare(TestInventedLedger):
        chart = Chart()

    with pytest.raises(AssertionError, match=r"or in recipes = \{'card-expenses'"):
        TestBare().test_a_recipe_of_its_role_works(_recipe(INVENTED_LEDGER, "card-expenses"))


def test_a_role_that_is_not_kept_is_found_out():
    """A source that claims to be a service business and brings no invoices is told of."""

    class TestClaiming(TestInventedPsa):
        def outside(self, clock):
            return holding([b.customer()])

    assert Role.PSA in TestClaiming.type.manifest.roles
    with pytest.raises(AssertionError, match="no invoice came into the books"):
        TestClaiming().test_a_recipe_of_its_role_works(_recipe(INVENTED_PSA, "psa-invoices"))


def test_a_till_keeps_the_role_without_invoices():
    """A source that is paid at once needs neither invoices nor payments, but sales there are."""
    declared = INVENTED_PSA.manifest.kinds
    till = {kind: declared[kind] for kind in ("customer", "item", "sales_receipt")}

    class TestTill(TestInventedPsa):
        type = evolve(INVENTED_PSA, manifest=evolve(INVENTED_PSA.manifest, kinds=till))
        sales = (b.sales_receipt(amount="45.00"),)

        def outside(self, clock):
            return holding([b.customer(), b.item(), *self.sales])

    recipe = _recipe(INVENTED_PSA, "psa-invoices")
    TestTill().test_a_recipe_of_its_role_works(recipe)
    TestTill.sales = ()
    with pytest.raises(AssertionError, match="no sales_receipt came into the books"):
        TestTill().test_a_recipe_of_its_role_works(recipe)


def test_many_findings_are_counted():
    """A hundred findings of one cause do not bury what went wrong."""
    assert _first_of([]) == "none"
    assert _first_of(["a", "b"]) == "a; b"
    assert _first_of(list("abcde")) == "a; b; c; and 2 more"
