"""A normalise that fails where something is missing."""

import sound
from attrs import evolve


def normalise(raw):
    """Every vendor has a name, it believes."""
    if "vendor" in raw.data:
        raw.data["vendor"]["name"].strip()
    return sound.normalise(raw)


TYPE = evolve(sound.SOURCE, normalise=normalise)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_normalise_is_total"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
