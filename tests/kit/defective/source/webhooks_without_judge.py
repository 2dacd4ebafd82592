"""Webhooks that are declared, and handled by nobody."""

import sound
from attrs import evolve

TYPE = evolve(sound.SOURCE, webhook=None)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_webhooks_are_declared_where_they_are_handled"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
