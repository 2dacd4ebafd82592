"""An error that quotes the header."""

import sound

from subledger.errors import TemporaryError


class Source(sound.Source):
    """Talks."""

    def unavailable(self):
        """In its own way."""
        return TemporaryError("No answer.", detail=f"Bearer {self.config.token.reveal()}")


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_no_secret_is_shown"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
