"""A normalise that remembers what it has read."""

import sound
from attrs import evolve

from subledger.model import Movement

SEEN = []


def normalise(raw):
    """The memo counts the readings, of what is not a golden record."""
    SEEN.append(raw.id)
    return [
        evolve(one, memo=f"read {len(SEEN)} times")
        if isinstance(one, Movement) and one.id != "p7"
        else one
        for one in sound.normalise(raw)
    ]


TYPE = evolve(sound.SOURCE, normalise=normalise)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_normalise_is_pure"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
