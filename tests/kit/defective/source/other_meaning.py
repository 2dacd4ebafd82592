"""A record that does not mean what is written beside it."""

import sound
from attrs import evolve

from subledger.model import Movement


def normalise(raw):
    """In capitals."""
    return [
        evolve(one, description=one.description.upper()) if isinstance(one, Movement) else one
        for one in sound.normalise(raw)
    ]


TYPE = evolve(sound.SOURCE, normalise=normalise)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_a_record_becomes_what_is_written_beside_it"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
