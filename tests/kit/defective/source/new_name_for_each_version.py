"""A source whose identifiers hold the note, so that a corrected record is a new one."""

import sound
from attrs import evolve

from subledger.testing import Held


class Source(sound.Source):
    """Numbers versions."""

    def record(self, row, sort):
        """In its own way."""
        made = super().record(row, sort)
        return made if sort == "vendor" else evolve(made, id=_name(row))


def _name(row):
    return f"{row['id']}-{row['note'].replace(' ', '-')}"


def normalise(raw):
    """In its own way."""
    for entity in sound.normalise(raw):
        yield evolve(entity, id=raw.id) if entity.kind == "card_transaction" else entity


TYPE = sound.of(Source, normalise=normalise)


class Outside(sound.Outside):
    """Believes the same of identifiers as the source does."""

    def holds(self):
        """Every purchase under the name of its newest version."""
        newest = {row["id"]: row for row in self.rows}
        return [Held(id=_name(row), version=row) for row in newest.values()]


register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_what_changed_is_read"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE

    def outside(self, clock):
        """With its own names."""
        del clock
        return Outside()
