"""A source that numbers vendors and purchases alike, and tells the two by nothing."""

import sound
from attrs import evolve

from subledger.testing import Held


class Source(sound.Source):
    """Leaves the letter of an identifier out."""

    def record(self, row, sort):
        """In its own way."""
        made = super().record(row, sort)
        return evolve(made, id=made.id[1:], makes=frozenset())


class Outside(sound.Outside):
    """Believes the same of identifiers as the source does."""

    def holds(self):
        """Every purchase."""
        return [Held(id=row["id"][1:], version=row) for row in self.rows]


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_an_identifier_means_one_thing"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE

    def outside(self, clock):
        """With its own numbers."""
        del clock
        return Outside()
