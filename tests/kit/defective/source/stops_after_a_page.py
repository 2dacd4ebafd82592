"""A source that looks for the next page under a wrong name: of a first reading it has two pages."""

import sound


class Source(sound.Source):
    """Ends too early, unless it goes on from a cursor."""

    async def extract(self, request):
        """In its own way."""
        async for page in super().extract(request):
            yield page
            if request.cursor is None and page.cursor == "8":
                return


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_everything_is_read"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
