"""Identifiers that are others tomorrow."""

import sound
from attrs import evolve


class Source(sound.Source):
    """Counts the hours."""

    def record(self, row, sort):
        """In its own way."""
        made = super().record(row, sort)
        hours = self.context.runtime.now().hour - sound.Contract.start.hour
        if sort == "vendor" or not hours:
            return made
        name = f"{made.id}-{hours}"
        return evolve(made, id=name, data={"purchase": {**row, "id": name}})


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_identifiers_are_stable"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
