"""A moment in place of a day."""

import datetime as dt

import sound
from attrs import evolve

from subledger.model import Movement


def normalise(raw):
    """Noon."""
    return [
        evolve(one, transaction_date=dt.datetime.combine(one.date, dt.time(12), dt.UTC))
        if isinstance(one, Movement) and one.id != "p7"
        else one
        for one in sound.normalise(raw)
    ]


TYPE = evolve(sound.SOURCE, normalise=normalise)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_dates_are_dates"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
