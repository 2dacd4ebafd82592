"""A text field that holds a number."""

import sound
from attrs import evolve

from subledger.model import Movement


def normalise(raw):
    """The merchant's category is a number."""
    return [
        evolve(one, detail={name: int(text) for name, text in one.detail.items()})
        if isinstance(one, Movement) and one.detail.get("mcc", "").isdecimal()
        else one
        for one in sound.normalise(raw)
    ]


TYPE = evolve(sound.SOURCE, normalise=normalise)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_entities_can_be_stored"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
