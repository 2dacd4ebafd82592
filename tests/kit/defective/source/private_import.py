"""A module that uses what is not public."""

import sound
from attrs import evolve, frozen

from subledger.catalogue import reason_of


@frozen(kw_only=True)
class Config(sound.Config):
    """As ever."""

    def reason(self, error: Exception) -> str:
        """Uses it."""
        return reason_of(error)


TYPE = evolve(sound.SOURCE, config=Config)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_only_the_public_surface_is_imported"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
