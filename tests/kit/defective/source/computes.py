"""A computation that lets nobody else go on."""

import time

import sound


class Source(sound.Source):
    """Computes."""

    def page(self, records, after):
        """In its own way."""
        ends = time.thread_time() + (0.03 if after == 4 else 0)
        while time.thread_time() < ends:
            pass
        return super().page(records, after)


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_nothing_blocks_the_loop"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
    longest_callback = 0.02
