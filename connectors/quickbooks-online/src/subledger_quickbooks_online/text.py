"""Text as QuickBooks Online stores it. Pure.

Companies in the United States keep text in ISO 8859-1 (Accounting API: basic field definitions),
so that other characters are written in their nearest form.
"""

import hashlib
import re
import unicodedata
from typing import Final

from subledger.model.kinds import CUSTOMER, ITEM, PARTIES, TERMS, Kind

NUMBER_LIMIT: Final = 21
NOTE_LIMIT: Final = 4000
_NEAREST: Final = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": "...",
        "\u2022": "*",
        "\u20ac": "EUR",
        "\u2122": "(TM)",
        "\u0141": "L",
        "\u0142": "l",
        "\u0110": "D",
        "\u0111": "d",
        "\u0152": "OE",
        "\u0153": "oe",
    }
)
_BLANKS: Final = re.compile(r"[\x00-\x1f\x7f\s]+")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NAME_LIMITS: Final = {**dict.fromkeys(PARTIES, 500), TERMS: 31}
_USUAL_NAME: Final = 100


def storable(text: str) -> str:
    """The text in the characters that are stored; a question mark where there is no near one."""
    if text.isascii() and text.isprintable():
        return text
    plain = _CONTROLS.sub(" ", text).translate(_NEAREST)
    return "".join(_nearest(character) for character in unicodedata.normalize("NFC", plain))


def _nearest(character: str) -> str:
    if ord(character) < 256:  # noqa: PLR2004 - ISO 8859-1
        return character
    base = unicodedata.normalize("NFKD", character)
    kept = "".join(each for each in base if ord(each) < 256)  # noqa: PLR2004 - as above
    if kept:
        return kept
    return "" if unicodedata.category(character) in ("Mn", "Cf") else "?"


def is_changed(text: str) -> bool:
    """Whether a text loses something when it is stored."""
    return storable(text) != unicodedata.normalize("NFC", text)


def cut(text: str, limit: int) -> str:
    """A text in stored form, at most ``limit`` characters long."""
    stored = storable(text).strip()
    return stored if len(stored) <= limit else stored[: limit - 3].rstrip() + "..."


def one_line(text: str, limit: int) -> str:
    """As :func:`cut`, on one line."""
    return cut(_BLANKS.sub(" ", storable(text)), limit)


def name_of(kind: Kind, name: str) -> str:
    """One level of a list name: without colon, on one line, cut to fit."""
    limit = _NAME_LIMITS.get(kind, _USUAL_NAME)
    return one_line(name.replace(":", "-"), limit)


def fit_name(kind: Kind, name: str) -> str:
    """A list name as QuickBooks will store it.

    A colon separates levels; vendors have none, so that theirs becomes a hyphen.
    """
    if kind in PARTIES and kind != CUSTOMER:
        return name_of(kind, name)
    return ":".join(name_of(kind, part) for part in name.split(":"))


def leaf(kind: Kind, name: str) -> str:
    """The name that a new entry gets, without a parent: colons of items stand for no level here."""
    return name_of(kind, name) if kind in (*PARTIES, ITEM) else fit_name(kind, name)


def number_of(number: str) -> str:
    """A document number that fits: a longer one keeps its start and gets a short hash of it all."""
    text = one_line(number, 10 * NUMBER_LIMIT)
    if len(text) <= NUMBER_LIMIT:
        return text
    digest = hashlib.blake2b(text.encode(), digest_size=3).hexdigest()
    return f"{text[: NUMBER_LIMIT - len(digest) - 1]}-{digest}"


def note_of(marker: str, memo: str) -> str:
    """The private note of a document: the marker first, then the memo."""
    return cut(_marked(marker, memo), NOTE_LIMIT)


def is_too_long(marker: str, memo: str) -> bool:
    """Whether the private note cannot hold the whole memo."""
    return len(_marked(marker, memo)) > NOTE_LIMIT


def _marked(marker: str, memo: str) -> str:
    text = one_line(memo, 10 * NOTE_LIMIT)
    return text if text == marker or text.startswith(f"{marker} ") else f"{marker} {text}".strip()
