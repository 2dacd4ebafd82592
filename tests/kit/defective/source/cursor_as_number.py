"""A cursor that is a number."""

import sound


class Source(sound.Source):
    """Counts."""

    def page(self, records, after):
        """In its own way."""
        return sound.Page(records=records, cursor=after)


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_cursors_are_text"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
