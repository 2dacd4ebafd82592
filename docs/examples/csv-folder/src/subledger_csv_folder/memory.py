"""The cursor: which files were read, as they were then, and which lines they held. Pure."""

import json
from collections.abc import Iterable, Mapping

from attrs import evolve, field, frozen


@frozen(kw_only=True)
class Known:
    """A file as it was read last: its ``state`` on the disk, its lines by day, its problems.

    An empty ``state`` is that of no file, so that it is read again.
    """

    state: str = ""
    lines: Mapping[str, tuple[str, ...]] = field(factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """The identifiers of all lines that could be read."""
        return frozenset(one for day in self.lines.values() for one in day)

    def between(self, since: str, until: str) -> frozenset[str]:
        """The identifiers of the lines of some days, both inclusive."""
        days = (ids for day, ids in self.lines.items() if since <= day <= until)
        return frozenset(one for ids in days for one in ids)


@frozen(kw_only=True)
class Memory:
    """What earlier runs have read, from the day ``first`` on, with these settings."""

    identity: str
    settings: str
    first: str
    files: Mapping[str, Known] = field(factory=dict)

    def dump(self) -> str:
        """The text of the cursor."""
        files = {
            name: [one.state, {day: list(ids) for day, ids in one.lines.items()}, one.problems]
            for name, one in self.files.items()
        }
        body = [self.identity, self.settings, self.first, files]
        return json.dumps(body, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> "Memory":
        """What :meth:`dump` wrote."""
        identity, settings, first, files = json.loads(text)
        known = {
            name: Known(
                state=state,
                lines={day: tuple(ids) for day, ids in lines.items()},
                problems=tuple(problems),
            )
            for name, (state, lines, problems) in files.items()
        }
        return cls(identity=identity, settings=settings, first=first, files=known)

    def with_file(self, name: str, known: Known) -> "Memory":
        """The memory after a file was read."""
        return evolve(self, files={**self.files, name: known})

    def without(self, names: Iterable[str]) -> "Memory":
        """The memory after files were removed."""
        left = set(names)
        return evolve(self, files={n: one for n, one in self.files.items() if n not in left})

    def elsewhere(self, name: str) -> frozenset[str]:
        """The lines that other files hold too."""
        return frozenset(i for other, one in self.files.items() if other != name for i in one.ids)

    def later(self, name: str) -> frozenset[str]:
        """The lines that files with a later name hold: there they count."""
        return frozenset(i for other, one in self.files.items() if other > name for i in one.ids)
