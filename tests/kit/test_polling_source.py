"""A source that polls us comes into invented books once, and by the recipe of its role."""

import pytest
from attrs import evolve

from subledger.manifest import Initiative
from subledger.ports import SourceType
from subledger.testing.builders import purchase
from subledger.testing.contracts.base import Breach
from subledger.testing.contracts.exactly_once import ExactlyOnceContract
from subledger.testing.contracts.role import RoleContract
from subledger.testing.invented import INVENTED_CARDS
from subledger.testing.routes import card_day, recipes_of

from .defective.peer.defects import SOUND
from .defective.peer.other_side import PollingInvented
from .defective.peer.sound import Peer, PolledConfig

SOURCE = SourceType(
    manifest=evolve(INVENTED_CARDS.manifest, name=SOUND.manifest.name, initiative=Initiative.PEER),
    config=PolledConfig,
    normalise=INVENTED_CARDS.normalise,
    balance=INVENTED_CARDS.balance,
)
"""A card platform whose records are beside the books that poll us."""


class Cards(PollingInvented):
    """A day of cards, and what happens later."""

    def change(self):
        """A purchase more."""
        self.records.put(purchase("8", "3.00"))


class TestPollingSource(ExactlyOnceContract, RoleContract):
    """The invented card platform, whose side polls us."""

    type = SOURCE
    peer = SOUND
    worlds = 20

    def outside(self, _clock):
        """A day of cards."""
        outside = Cards()
        outside.records.put(*card_day())
        return outside


class Hasty(Peer):
    """Moves the question on before what was read is stored."""

    read = None

    def keep_records(self, _desk, question, records):
        """Later."""
        self.read = question, records

    async def done(self, call):
        """Takes a page in two steps."""
        self.read = None
        reply = await super().done(call)
        if self.read is not None:
            question, records = self.read
            await self.context.note(lambda desk: desk.offer(records=records, question=question))
        return reply


def test_a_source_that_is_hasty_is_found_out():
    """Control: a peer that is done with a page before it is stored loses records in some world."""
    hasty = type("Hasty", (TestPollingSource,), {"peer": evolve(SOUND, peer=Hasty), "worlds": 60})
    with pytest.raises(Breach, match="pytest --world"):
        hasty().test_a_process_may_die_at_any_step(lambda _name, _value: None)


def test_a_source_without_its_peer_is_told():
    """Nothing is shown of a source that polls us without the peer that answers it."""
    alone = type("Alone", (TestPollingSource,), {"peer": None})()
    (recipe,) = recipes_of(SOURCE)
    with pytest.raises(Breach, match="peer = SINK"):
        alone.test_a_recipe_of_its_role_works(recipe)
    with pytest.raises(Breach, match="peer = SINK"):
        alone.test_any_answer_may_be_lost(lambda _name, _value: None)
