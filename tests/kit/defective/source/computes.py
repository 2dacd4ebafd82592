"""A computation that lets nobody else go on."""

import sound


class Source(sound.Source):
    """Computes."""

    def page(self, records, after):
        """In its own way."""
        if after == 4:
            sum(range(6_000_000))
        return super().page(records, after)


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_nothing_blocks_the_loop"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
