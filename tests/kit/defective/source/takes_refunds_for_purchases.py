"""A source that posts money which came back as money that went out."""

import sound
from attrs import evolve

from subledger.model import Movement, Way


def normalise(raw):
    """In one direction."""
    return [
        evolve(one, way=Way.OUT) if isinstance(one, Movement) else one
        for one in sound.normalise(raw)
    ]


def balance(raw):
    """As the entities move."""
    amount = sound.balance(raw)
    return amount and -abs(amount)


TYPE = evolve(sound.SOURCE, normalise=normalise, balance=balance)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_everything_is_read"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
