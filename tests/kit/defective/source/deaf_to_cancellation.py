"""A reading that goes on when it is cancelled."""

import asyncio

import sound


class Source(sound.Source):
    """Does not hear."""

    async def get(self, path, **params):
        """In its own way."""
        try:
            return await super().get(path, **params)
        except asyncio.CancelledError:
            return await super().get(path, **params)


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_cancellation_leaves_nothing_open"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
