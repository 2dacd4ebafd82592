"""A source that leaves out what is dated on the last day, as if that were still to come."""

import sound


class Source(sound.Source):
    """Takes the last day for one that is not over."""

    def page(self, records, after):
        """In its own way."""
        old = [
            one for one in records if one.data.get("purchase", {}).get("date", "") < "2026-03-10"
        ]
        return super().page(old, after)


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_everything_is_read"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
