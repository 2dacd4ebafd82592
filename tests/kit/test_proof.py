"""Worlds for any connector: sound ones pass, and each sort of carelessness is found out."""

import pytest

from subledger.manifest import Recovery
from subledger.testing import builders as b
from subledger.testing.contracts.exactly_once import ExactlyOnceContract
from subledger.testing.crash import Point
from subledger.testing.invented import (
    INVENTED_CARDS,
    INVENTED_LEDGER,
    InventedBooks,
    InventedSystem,
)
from subledger.testing.proof import Changing, Stage, spread
from subledger.testing.routes import (
    INVENTED_CHART,
    from_invented_records,
    holding,
    into_invented_books,
)
from subledger.testing.worlds import World, disturbances, explore

from . import careless


class Cards(InventedSystem):
    """A card platform in which something happens."""

    def change(self):
        """A purchase gets another amount, and there is a new one."""
        self.put(b.purchase("1", "11.00"), b.purchase("9", "7.00"))


def cards(_clock=None):
    """A card platform with five records on three pages."""
    system = Cards(page=2)
    system.put(b.purchase("1"), b.purchase("2", "20.00"), b.merchant_credit("3", "3.00"))
    system.put(b.fee("4", "1.00"), b.transfer("5", "500.00"))
    return system


class TestInventedCards(ExactlyOnceContract):
    """A sound source is found sound."""

    type = INVENTED_CARDS
    worlds = 30

    def outside(self, clock):
        """The card platform."""
        return cards(clock)


class Ledger(ExactlyOnceContract):
    """A sound sink, which test_invented_contract finds sound."""

    type = INVENTED_LEDGER
    chart = INVENTED_CHART

    def outside(self, clock):
        """New books."""
        return InventedBooks()


# --------------------------------------------------------------------------- carelessness


def _sink(type_, *entities):
    entities = entities or (b.movement(id="1", account="Card", lines=[b.line(account="Expenses")]),)
    route = from_invented_records(type_, lambda _clock: InventedBooks(), entities)
    return Stage(route=route, tested="sink")


def _source(type_):
    return Stage(route=into_invented_books(type_, cards), tested="source")


def _calm(stage):
    """The only scenario of a stage, which is sound where nothing goes wrong."""
    (scenario,) = stage.scenarios
    assert not stage.simulate(World(scenario=scenario, seed=1)).problems
    return scenario


def _found(stage, histories):
    """What many worlds of a stage come to."""
    return explore(stage.simulate, histories(stage, _calm(stage)))


_CASES = [
    (careless.KEYLESS, Stage.troubles, "doubled"),
    (careless.HASTY, Stage.troubles, "doubled"),
    (careless.DENYING, Stage.troubles, "doubled"),
    (careless.SURE, Stage.troubles, "lost"),
    (careless.AHEAD, Stage.crashes, "lost"),
    (careless.FORGETFUL, Stage.troubles, "lost"),
]


@pytest.mark.parametrize(
    "case", _CASES, ids=["keyless", "hasty", "denying", "sure", "ahead", "forgetful"]
)
def test_carelessness_is_found_out(case):
    """A connector that works, but for a moment of trouble, is caught with what it does then."""
    type_, histories, harm = case
    careful = INVENTED_CARDS if hasattr(type_, "normalise") else INVENTED_LEDGER
    make = _source if careful is INVENTED_CARDS else _sink
    stage = make(type_)
    worlds = (alike[0] for alike in histories(stage, _calm(stage)))
    bad = next((world for world in worlds if getattr(stage.simulate(world), harm)), None)
    assert bad, f"nothing is {harm} in any world"
    assert not make(careful).simulate(bad).problems, "the same world is well with a careful one"


def test_a_careless_connector_fails_its_contract_with_worlds_to_replay():
    """The contract says which world went wrong, in a line that plays it again."""

    class TestKeyless(Ledger):
        type = careless.KEYLESS
        worlds = 60

    with pytest.raises(AssertionError, match=r"--world 'invented-ledger-sink\.\w+:1:lost@\d+:"):
        TestKeyless().test_any_answer_may_be_lost(lambda _name, _value: None)


def test_a_flow_that_posts_nothing_proves_nothing():
    """Books that stay empty where nothing goes wrong are no proof."""

    class TestNothing(TestInventedCards):
        def outside(self, clock):
            return holding([])

    with pytest.raises(AssertionError, match="nothing came into the books"):
        TestNothing().test_any_answer_may_be_lost(lambda _name, _value: None)


def test_a_flow_that_does_not_work_is_told_of():
    """An outside that nobody can reach is no world that went wrong."""

    class Shut(InventedSystem):
        @property
        def settings(self):
            return {**super().settings, "token": "old"}

    class TestShut(TestInventedCards):
        def outside(self, clock):
            return Shut()

    with pytest.raises(AssertionError, match="without any trouble"):
        TestShut().test_any_answer_may_be_lost(lambda _name, _value: None)


# --------------------------------------------------------------------------- the worlds


def test_a_world_is_repeatable():
    """The same line is the same history."""
    world = World.parse("invented-ledger-sink.first:1:lost@3:await@40")
    first, second = (_sink(INVENTED_LEDGER).simulate(world) for _ in range(2))
    assert [str(point) for point, _ in first.trail] == [str(point) for point, _ in second.trail]
    assert first.trail


def test_a_point_that_no_process_comes_to_is_noticed():
    """A world whose crash did not happen is not counted as survived."""
    world = World.parse("invented-ledger-sink.first:1:none:await@4000")
    assert "never came to" in _sink(INVENTED_LEDGER).simulate(world).problems[0]


def test_each_request_meets_each_trouble():
    """The worlds without a crash hold every request that the calm world makes."""
    stage = _source(INVENTED_CARDS)
    (scenario,) = stage.scenarios
    found = [world.fault for (world,) in stage.troubles(scenario)]
    assert found[:4] == ["lost@1", "unsent@1", "unavailable@1", "unsent@2"]
    assert len(found) == 3 * 4, "three pages, and one that is empty"


def test_a_sink_that_cannot_look_tells_a_person():
    """Where nothing can be found out, nothing is doubled, and a person is asked."""

    class Blind(careless._Around):
        async def find(self, delivery):
            return careless.Unknown("nobody can tell", decide=True)

    type_ = careless._with(INVENTED_LEDGER, Blind, careless._keyless)
    blind = careless.evolve(type_, manifest=careless.evolve(type_.manifest, recovery=Recovery.NONE))
    assert not _found(_sink(blind), Stage.troubles).bad
    claims_more = _found(_sink(type_), Stage.troubles)
    assert claims_more.bad, "a sink that declares more must find it out by itself"


def test_something_happens_after_the_first_sync():
    """Where an outside can change, there are worlds of a later sync too."""
    assert isinstance(cards(), Changing)
    route = into_invented_books(INVENTED_CARDS, cards, happens=Cards.change)
    stage = Stage(route=route, tested="source")
    first, later = stage.scenarios
    amounts = [{one.amount for one in stage.truth(each).documents} for each in (first, later)]
    assert len(amounts[1] - amounts[0]) == 2


def test_disturbances_are_read_from_a_world():
    """The fault of a world says what happens to its first processes, and to its outside."""
    (trap,), wakes, fault = disturbances(World.parse("a:1:frozen@3:await@5"))
    assert (trap.freezes, wakes, fault) == (True, 3, "")
    (_, second), _, _ = disturbances(World.parse("a:1:again@7:before@1"))
    assert second.point == Point("await", 7)
    assert disturbances(World.parse("a:1:unsent@2:none"))[2] == "unsent@2"
    assert disturbances(World.parse("a:1:none:none"))[2] == ""


def test_a_choice_is_spread_over_the_whole():
    """A few of many are taken from everywhere."""
    assert spread(range(100), 4) == [0, 25, 50, 75]
    assert spread([1, 2], 5) == [1, 2]
