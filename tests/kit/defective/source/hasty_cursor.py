"""A cursor that is ahead of what was told, up to the last page."""

import sound


class Source(sound.Source):
    """Hurries."""

    def page(self, records, after):
        """In its own way."""
        return super().page(records, after + (after < 10))


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_a_reading_resumes_from_any_cursor"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
