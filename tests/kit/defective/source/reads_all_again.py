"""A source that declares to read changes only, and reads all."""

import sound
from attrs import evolve


class Source(sound.Source):
    """Forgets the cursor."""

    async def extract(self, request):
        """In its own way."""
        async for page in super().extract(evolve(request, cursor=None)):
            yield page


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_only_what_changed_is_read_again"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
