"""Receipts without content."""

import sound
from attrs import evolve


async def fetch(config, context, url):
    """Nothing."""
    return sound.File(name=url, media_type="image/png", content=b"")


TYPE = evolve(sound.SOURCE, fetch=fetch)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_attachments_can_be_fetched"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
