"""A source that takes an amount that is absent for 0.00."""

import sound


def normalise(raw):
    """In its own way."""
    row = raw.data.get("purchase")
    if isinstance(row, dict) and not row.get("amount"):
        return []
    return sound.normalise(raw)


def balance(raw):
    """In the same way."""
    row = raw.data.get("purchase")
    if isinstance(row, dict) and not row.get("amount"):
        return sound.Money(0)
    return sound.balance(raw)


TYPE = sound.of(sound.Source, normalise=normalise, balance=balance)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_normalise_is_total"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
