"""A source that goes by the date of a record, also of one that was corrected."""

import sound
from attrs import evolve


class Source(sound.Source):
    """Leaves out what lies before the period."""

    async def extract(self, request):
        """In its own way."""
        async for page in super().extract(request):
            yield evolve(page, records=[one for one in page.records if _is_in(one, request)])


def _is_in(record, request):
    purchase = record.data.get("purchase")
    return purchase is None or purchase["date"] >= request.since.isoformat()


TYPE = sound.of(Source)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_what_changed_is_read"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
