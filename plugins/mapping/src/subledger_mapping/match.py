"""Finds the one entry of the books that a name means, or says why there is none. Exact only."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from subledger.findings import Finding
from subledger.model import Kind, Reference, Tag
from subledger.ports import BookEntry, Books

_NUMBERED = re.compile(r"\s*\d[\d.]*\s*[·•\u2013-]\s*(?P<name>\S.*)", re.DOTALL)


def without_number(name: str) -> str:
    """The name without an account number before it: ``201 · Equipment`` is ``Equipment``."""
    match = _NUMBERED.fullmatch(name)
    return match["name"].strip() if match else name


@lru_cache(maxsize=4096)
def tidy(name: str) -> str:
    """The colon path without spaces around its parts."""
    return ":".join(part.strip() for part in name.split(":"))


def match_tag(
    tag: Tag, kind: Kind, explicit: Mapping[str, str], books: Books
) -> Reference | Finding:
    """What a tag's value means: as mapped explicitly, by path, by its label, by unique last part.

    ``explicit`` holds names in the books by casefolded value. A value with stray spaces means
    nothing, since it would not be found by other tools that read the same list.
    """
    subject = f"tag {tag.name} = {tag.value}"
    target = explicit.get(tag.value.casefold()) or explicit.get(tag.label.casefold())
    if target:
        return match_name(target, kind, books, subject)
    names = [name for name in (tag.value, tag.label) if name and name == tidy(name)]
    for look_up in (books.find, books.find_leaf):
        for name in names:
            entries = look_up(kind, name)
            if entries:
                return _one(entries, kind, name, subject)
    return _missing(tag, kind, books, subject)


def match_name(name: str, kind: Kind, books: Books, subject: str) -> Reference | Finding:
    """The entry that the configuration names by its path or unique last part."""
    entries = books.find(kind, name) or books.find_leaf(kind, name)
    if entries:
        return _one(entries, kind, name, subject)
    return Finding(
        category="mapping_stale",
        subject=subject,
        message=f'the configuration names the {_word(kind)} "{name}", which the books do not have',
    )


def _one(entries: Sequence[BookEntry], kind: Kind, name: str, subject: str) -> Reference | Finding:
    active = [entry for entry in entries if entry.active]
    if len(active) == 1:
        return Reference(kind=kind, name=active[0].name)
    if active:
        candidates = ", ".join(sorted(entry.name for entry in active))
        return Finding(
            category="mapping_ambiguous",
            subject=subject,
            message=f'"{name}" fits several entries: {candidates}',
        )
    return Finding(
        category="mapping_stale",
        subject=subject,
        message=f'the {_word(kind)} "{entries[0].name}" is inactive in the books',
    )


def _missing(tag: Tag, kind: Kind, books: Books, subject: str) -> Finding:
    shown = f' (shown as "{tag.label}")' if tag.label not in ("", tag.value) else ""
    return Finding(
        category="mapping_missing",
        subject=subject,
        message=f'the books have no {_word(kind)} "{tag.value}"{shown}',
        hint=f"{_advice(tag.value, kind, books)} Or map the value: "
        f'in the settings of the step, tags."{tag.name}", write "{tag.value}" = "<{_word(kind)}>".',
    )


def _advice(value: str, kind: Kind, books: Books) -> str:
    """What to write instead, where a known slip explains why the value was not found."""
    clean = tidy(value)
    if value != clean and _known(clean, kind, books):
        return f'Write "{clean}" in the source: the value has stray spaces.'
    bare = tidy(without_number(clean))
    if bare != clean and ("·" in clean or _known(bare, kind, books)):
        return f'Write "{bare}" in the source: a number before the name is not part of it.'
    near = sorted(entry.name for entry in books.find_leaf(kind, clean.rpartition(":")[2]))
    if near:
        return f"Write the path as in the books in the source: {' or '.join(near)}."
    return f"Correct the value in the source, or add the {_word(kind)} to the books."


def _known(name: str, kind: Kind, books: Books) -> bool:
    return bool(books.find(kind, name) or books.find_leaf(kind, name))


def _word(kind: Kind) -> str:
    return kind.replace("_", " ")
