"""Throttling that forgets how long to wait."""

import sound

from subledger.errors import TemporaryError


class Source(sound.Source):
    """Forgets."""

    def throttled(self, response):
        """In its own way."""
        return TemporaryError("Acme asks to slow down.")


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_throttling_tells_how_long_to_wait"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
