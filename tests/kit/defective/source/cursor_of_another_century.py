"""A last cursor that nothing comes after, whatever happens later."""

import sound


class Source(sound.Source):
    """Is done for ever."""

    def page(self, records, after):
        """In its own way."""
        return super().page(records, after if after < 10 else 2999)


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_what_changed_is_read"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
