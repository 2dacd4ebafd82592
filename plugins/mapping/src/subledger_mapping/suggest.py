"""Proposes entries of the books for a name that did not match; a person confirms."""

import re
from collections.abc import Iterable

from subledger.ports import BookEntry
from subledger_mapping.match import tidy, without_number

_NOT_A_LETTER = re.compile(r"[\W_]+")


def suggestions(name: str, entries: Iterable[BookEntry]) -> tuple[BookEntry, ...]:
    """The active entries that may be meant, best first, each once.

    First the same path, then the same path by normalised words, then the same last part by
    normalised words; nothing that is only similar.
    """
    path = tidy(name).casefold()
    words = normalised(name)
    ranked: list[tuple[int, str, BookEntry]] = []
    for entry in entries:
        if not entry.active:
            continue
        other = normalised(entry.name)
        if tidy(entry.name).casefold() == path:
            ranked.append((0, entry.name, entry))
        elif words and other == words:
            ranked.append((1, entry.name, entry))
        elif words and words[-1] and other[-1] == words[-1]:
            ranked.append((2, entry.name, entry))
    return tuple(entry for _, _, entry in sorted(ranked, key=lambda one: one[:2]))


def normalised(name: str) -> tuple[str, ...]:
    """The parts of a colon path as plain words: no case, punctuation, or account number."""
    return tuple(_words(without_number(part)) for part in name.split(":"))


def _words(part: str) -> str:
    text = part.casefold().replace("&", " and ")
    return _NOT_A_LETTER.sub(" ", text).strip()
