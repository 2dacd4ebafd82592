"""A balance that turns the sign of refunds."""

import sound
from attrs import evolve

from subledger.money import Money


def balance(raw):
    """Everything goes out."""
    told = sound.balance(raw)
    return told if told is None or told < Money(0) else -told


TYPE = evolve(sound.SOURCE, balance=balance)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_the_balance_is_what_the_entities_move"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
