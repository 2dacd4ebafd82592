"""Numbers that are not exact."""

import json

import sound


class Source(sound.Source):
    """Reads as json does."""

    def parsed(self, response):
        """In its own way."""
        return json.loads(response.body)


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_nothing_is_a_float"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
