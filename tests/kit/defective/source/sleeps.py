"""A pause that stops everybody."""

import time

import sound


class Source(sound.Source):
    """Sleeps."""

    def parsed(self, response):
        """In its own way."""
        time.sleep(0.001)
        return super().parsed(response)


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_nothing_blocks_the_loop"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
