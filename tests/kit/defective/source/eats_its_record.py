"""A normalise that takes things out of the record."""

import sound
from attrs import evolve


def normalise(raw):
    """Takes the rate away."""
    found = sound.normalise(raw)
    if isinstance(raw.data.get("purchase"), dict):
        raw.data["purchase"].pop("rate", None)
    return found


TYPE = evolve(sound.SOURCE, normalise=normalise)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_normalise_is_pure"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
