"""A task that goes on when the connection is closed."""

import asyncio

import sound

TASKS = []


class Source(sound.Source):
    """Starts what nobody stops."""

    async def check(self):
        """In its own way."""
        TASKS.append(asyncio.ensure_future(asyncio.sleep(3600)))
        return await super().check()


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_cancellation_leaves_nothing_open"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
