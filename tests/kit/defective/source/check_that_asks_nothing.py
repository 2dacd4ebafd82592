"""A check that does not ask."""

import sound


class Source(sound.Source):
    """Believes."""

    async def check(self):
        """In its own way."""
        return ("It will be all right.",)


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_check_tells_what_a_scenario_promises"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
