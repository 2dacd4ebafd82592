"""A source that finds what is new, and leaves out what is told once more since it changed."""

import sound


class Source(sound.Source):
    """Thinks that it knows a record by its note."""

    def page(self, records, after):
        """In its own way."""
        new = [one for one in records if one.data.get("purchase", {}).get("note") != "changed"]
        return super().page(new, after)


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_what_changed_is_read"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
