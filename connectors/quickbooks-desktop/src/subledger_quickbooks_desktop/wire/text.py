"""What QuickBooks can store of a text: Windows-1252, CRLF newlines, limited length.

Every loss is told. Source: the qbXML SDK's string type, and QuickBooks Desktop's code page
(characters outside it are stored as `?`). A value read back equals `storable(value).text`, so
compare through this function.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final, Literal

from attrs import frozen

_PUNCTUATION: Final = { "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2015": "\u2014",
    "\u2016": "||", "\u2017": "_", "\u201b": "\u2018", "\u201f": "\u201c", "\u2023": "\u2022",
    "\u2032": "'", "\u2033": '"', "\u2035": "'", "\u2036": '"', "\u203c": "!!", "\u2043": "-",
    "\u2044": "/", "\u2190": "<-", "\u2192": "->", "\u21d2": "=>", "\u2212": "-", "\u2215": "/",
    "\u2217": "*", "\u2219": "\u00b7", "\u2236": ":", "\u2248": "~", "\u2260": "!=",
    "\u2264": "<=", "\u2265": ">=", "\u25cf": "\u2022", "\u3000": " ", "\u3001": ",",
    "\u3002": ".", "\u3010": "[", "\u3011": "]", "\u0110": "D", "\u0111": "d", "\u0126": "H",
    "\u0127": "h", "\u0131": "i", "\u0141": "L", "\u0142": "l", "\u014a": "N", "\u014b": "n",
    "\u0166": "T", "\u0167": "t", "\u1e9e": "SS", "\u20a4": "\u00a3", "\u20b9": "Rs",
    "\u2116": "No", "\u2028": "\n", "\u2029": "\n", "\u0085": "\n",
}  # fmt: skip
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp"})
_SKIN_TONES: Final = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_KEEP_OF_LIMIT: Final = 0.8

LossKind = Literal["removed", "transliterated", "replaced", "truncated"]


@frozen
class Loss:
    """One lossy change: at which character of the original, what stood there, what stands now."""

    kind: LossKind
    at: int
    what: str
    became: str = ""

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}: {self.what!r} -> {self.became!r}"


@frozen
class Stored:
    """A text as QuickBooks will keep it, with newlines as LF, and everything that was lost."""

    text: str
    losses: tuple[Loss, ...] = ()


def storable(text: str, limit: int | None = None) -> Stored:
    """Return what QuickBooks keeps of a text, at most `limit` long; a newline counts twice.

    Canonical composition, newlines as LF, tabs as spaces and outer white space are no losses.
    """
    fitted = _plain(text)
    if fitted is not None and (limit is None or stored_length(fitted) <= limit):
        return Stored(fitted)
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    pieces: list[str] = []
    losses: list[Loss] = []
    for at, character in enumerate(composed):
        became = _keep(character)
        pieces.append(became)
        if became != character and character not in "\t\u2028\u2029\u0085":
            losses.append(Loss(_kind(became), at, character, became))
    kept = "".join(pieces).strip()
    if limit is not None and stored_length(kept) > limit:
        short = truncate(kept, limit)
        losses.append(Loss("truncated", len(short), kept[len(short) :]))
        kept = short
    return Stored(kept, tuple(_joined(losses)))


def stored_length(text: str) -> int:
    """Length as QuickBooks counts it: CR, LF and CRLF are two characters each."""
    breaks = text.count("\n") + text.count("\r") - text.count("\r\n")
    return len(text) + breaks - text.count("\r\n")


def truncate(text: str, limit: int) -> str:
    """Cut a text to `limit`: after a word if that keeps four fifths, else after a character."""
    if stored_length(text) <= limit:
        return text
    used = 0
    end = 0
    for end, character in enumerate(text):  # noqa: B007 - the index where the room ends
        used += 2 if character == "\n" else 1
        if used > limit:
            break
    cut = text[:end]
    if not text[end].isspace():
        border = max(cut.rfind(" "), cut.rfind("\n"))
        if border >= limit * _KEEP_OF_LIMIT:
            cut = cut[:border]
    return cut.rstrip()


def is_storable(text: str) -> bool:
    """Tell whether every character is one that QuickBooks can store and XML can carry."""
    return all(code in "\t\n\r" or _in_code_page(code) for code in text)


def _plain(text: str) -> str | None:
    """Return the text stripped if it is printable ASCII (the common case), else None."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return None


def _in_code_page(character: str) -> bool:
    if " " <= character <= "~" or "\xa0" <= character <= "\xff":
        return True
    try:
        return len(character.encode("cp1252")) == 1 and character > "\x9f"
    except UnicodeEncodeError:
        return False


def _keep(character: str) -> str:
    if character == "\n":
        return character
    if character == "\t":
        return " "
    if character in _PUNCTUATION:
        return _PUNCTUATION[character]
    if _in_code_page(character):
        return character
    if unicodedata.category(character) in _INVISIBLE or character in _SKIN_TONES:
        return ""
    decomposed = "".join(
        part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)
    )
    decomposed = "".join(_PUNCTUATION.get(part, part) for part in decomposed)
    if decomposed and all(_in_code_page(part) for part in decomposed):
        return decomposed
    return "?"


def _kind(became: str) -> LossKind:
    if became == "?":
        return "replaced"
    return "transliterated" if became else "removed"


def _joined(losses: list[Loss]) -> Iterator[Loss]:
    """Join losses of one kind that stand side by side."""
    run: Loss | None = None
    for loss in losses:
        if run and run.kind == loss.kind != "truncated" and run.at + len(run.what) == loss.at:
            run = Loss(run.kind, run.at, run.what + loss.what, run.became + loss.became)
            continue
        if run:
            yield run
        run = loss
    if run:
        yield run
