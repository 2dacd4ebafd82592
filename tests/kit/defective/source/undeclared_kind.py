"""A kind that the manifest does not declare."""

import sound
from attrs import evolve

from subledger.model import Movement


def normalise(raw):
    """Some purchases are fees."""
    found = sound.normalise(raw)
    return [
        evolve(one, kind=sound.kinds.FEE) if isinstance(one, Movement) and one.id == "p3" else one
        for one in found
    ]


TYPE = evolve(sound.SOURCE, normalise=normalise)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_only_declared_kinds_are_read"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
