"""Two purchases of one day that have one identifier."""

import sound
from attrs import evolve

from subledger.model import Movement


def normalise(raw):
    """The amount is the identifier."""
    return [
        evolve(one, id="p1") if isinstance(one, Movement) and one.id == "p2" else one
        for one in sound.normalise(raw)
    ]


TYPE = evolve(sound.SOURCE, normalise=normalise)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_an_identifier_means_one_thing"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
