"""Characters as QuickBooks keeps them: Windows-1252 inside, ASCII with references outside."""

from __future__ import annotations

import re

from attrs import frozen

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
_SPECIAL = re.compile("[&<>\"']")
CODE_PAGE = "cp1252"


class UnstorableError(ValueError):
    """A character that the company file has no place for."""


@frozen(kw_only=True)
class TextRules:
    """How text is taken in: replace what the code page lacks, trim what follows the last word."""

    replace_unstorable: bool = True
    trim_trailing: bool = True

    def stored(self, value: str) -> str:
        """Text as it is kept; raise UnstorableError where replacing is off."""
        if self.trim_trailing:
            value = value.rstrip(" \t\n")
        if value.isascii():
            return value
        if not self.replace_unstorable:
            try:
                value.encode(CODE_PAGE)
            except UnicodeEncodeError as error:
                raise UnstorableError(value[error.start]) from None
        return value.encode(CODE_PAGE, "replace").decode(CODE_PAGE)


def escaped(value: str) -> str:
    """Text for element content or an attribute, with numeric references beyond ASCII."""
    if _SPECIAL.search(value):
        value = _SPECIAL.sub(lambda found: _ENTITIES[found[0]], value)
    if value.isascii():
        return value
    return value.encode("ascii", "xmlcharrefreplace").decode("ascii")


def folded(value: str) -> str:
    """The form in which two names are the same to QuickBooks."""
    return value.strip().casefold()
