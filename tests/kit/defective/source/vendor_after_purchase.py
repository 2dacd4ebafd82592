"""Vendors that come after what refers to them."""

import sound


class Source(sound.Source):
    """Turns the page round."""

    def page(self, records, after):
        """In its own way."""
        return super().page(records[::-1], after)


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_parties_and_items_come_before_what_refers_to_them"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
