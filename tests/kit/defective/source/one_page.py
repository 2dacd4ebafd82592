"""A simulator whose pages are so long that the second one is never asked for."""

import sound


class Source(sound.Source):
    """Reads one page in a run."""

    async def extract(self, request):
        """In its own way."""
        async for page in super().extract(request):
            yield page
            return


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_pages_are_read"


class LongPages(sound.Outside):
    """A page is longer than what there is."""

    settings = {**sound.Outside.settings, "page_size": 500}  # noqa: RUF012 - nobody changes it


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE

    def outside(self, clock):
        """Acme anew."""
        del clock
        return LongPages()
