"""A file that is left open where only the collector of garbage comes to it."""

import sound


class Source(sound.Source):
    """Opens what nobody closes."""

    async def check(self):
        """In its own way."""
        circle = [open(__file__)]  # noqa: ASYNC230, PTH123, SIM115 - the defect
        circle.append(circle)
        return await super().check()


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_cancellation_leaves_nothing_open"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
