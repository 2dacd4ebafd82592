"""An overloaded server that is told as a lasting failure."""

import sound

from subledger.errors import ConnectorError


class Source(sound.Source):
    """Gives up."""

    def unavailable(self):
        """In its own way."""
        return ConnectorError("Acme is broken.")


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_trouble_on_the_way_is_temporary"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
