"""A record of 0.00 that is neither read nor rejected."""

import sound
from attrs import evolve


def normalise(raw):
    """Takes for granted that something was bought."""
    if sound.balance(raw) == sound.Money(0):
        raise ValueError("an amount of zero")
    return sound.normalise(raw)


TYPE = evolve(sound.SOURCE, normalise=normalise)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_normalise_is_total"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
