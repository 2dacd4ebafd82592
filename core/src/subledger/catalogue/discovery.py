"""Finds what is installed, by metadata alone: nothing is imported."""

import configparser
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from attrs import field, frozen

from subledger.hooks import GROUP

_FILE = "entry_points.txt"


@frozen(kw_only=True)
class Installed:
    """A plugin that could be loaded.

    ``distribution`` is the package (or the file) it comes from, ``target`` its entry point's value;
    ``path`` is set for a local file instead, ``module`` for hooks that are in memory already, such
    as those of a test.
    """

    name: str
    distribution: str
    version: str = ""
    target: str = ""
    path: Path | None = None
    module: object = field(default=None, eq=False, repr=False)

    @property
    def origin(self) -> str:
        """Distribution and version, for messages."""
        return f"{self.distribution} {self.version}".strip()


def installed(
    distributions: Iterable[metadata.Distribution] | None = None,
) -> tuple[Installed, ...]:
    """All entry points of the plugin group, sorted by name; ``distributions`` default to all.

    A distribution with broken metadata is passed over and does not hide the others. Of two
    versions of one distribution the first on the path counts, as it does for ``import``.
    """
    found: dict[tuple[str, str], Installed] = {}
    for distribution in metadata.distributions() if distributions is None else distributions:
        for item in _entries(distribution):
            found.setdefault((item.name, item.distribution), item)
    return tuple(sorted(found.values(), key=lambda item: (item.name, item.distribution)))


def local(files: Mapping[str, Path]) -> tuple[Installed, ...]:
    """Plugins that are single files, by the names the configuration gave them."""
    return tuple(
        Installed(name=name, distribution=str(path), path=path)
        for name, path in sorted(files.items())
    )


def _entries(distribution: metadata.Distribution) -> Iterator[Installed]:
    try:
        text = distribution.read_text(_FILE) or ""
        if f"[{GROUP}]" not in text:
            return
        parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
        parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
        parser.read_string(text)
        name = str(distribution.metadata["Name"] or "unnamed")
        version = str(distribution.metadata["Version"] or "")
    except (OSError, ValueError, configparser.Error):
        return
    for key, target in parser.items(GROUP):
        yield Installed(name=key, distribution=name, version=version, target=target)
