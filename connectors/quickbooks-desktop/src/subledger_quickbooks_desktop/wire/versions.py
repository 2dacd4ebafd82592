"""Which qbXML version to speak: the highest that we, QuickBooks and its request processor share.

Source: QuickBooks Desktop SDK Programmer's Guide, chapter on versions (HostRet,
SupportedQBXMLVersion); QuickBooks Web Connector Programmer's Guide, sendRequestXML.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from attrs import field, frozen

_SPELLING: Final = re.compile(r"([A-Z]{0,2})(\d{1,2})(?:\.(\d{1,2}))?", re.ASCII)


@frozen(order=True)
class Version:
    """A qbXML version; `country` is the prefix some editions print, as in `CA3.0`."""

    major: int
    minor: int = 0
    country: str = field(default="", order=False, eq=False)

    def __str__(self) -> str:
        return f"{self.country}{self.major}.{self.minor}"


HIGHEST: Final = Version(13, 0)


def parse_version(text: str) -> Version | None:
    """Read `13.0` or `CA3.0`; None when it is no version."""
    match = _SPELLING.fullmatch(text.strip().upper())
    if match is None:
        return None
    return Version(int(match[2]), int(match[3] or 0), match[1])


def negotiate(
    supported: Iterable[str],
    major: str | int = "",
    minor: str | int = "",
    *,
    highest: Version = HIGHEST,
) -> Version:
    """Choose the lowest of ours, the highest QuickBooks lists and the request processor's.

    What is missing or unreadable does not count. An edition that lists only versions with a country
    prefix is answered with that prefix.
    """
    return _negotiated(tuple(supported), str(major), str(minor), highest)


@lru_cache(maxsize=256)
def _negotiated(supported: tuple[str, ...], major: str, minor: str, highest: Version) -> Version:
    listed = [version for text in supported if (version := parse_version(text))]
    plain = [version for version in listed if not version.country]
    bounds = [highest]
    if plain or listed:
        bounds.append(max(plain or listed))
    if processor := parse_version(f"{major}.{minor or 0}"):
        bounds.append(processor)
    chosen = min(bounds)
    country = "" if plain or not listed else max(listed).country
    return Version(chosen.major, chosen.minor, country)
