"""Amounts as banks write them, to exact decimals. Pure."""

import re
from decimal import Decimal

_DECORATION = re.compile(r"[\s\u00a0\u202f$€£]")
_NUMBER = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)?(\.\d+)?\Z")


def exact(text: str, decimal: str = ".") -> Decimal:
    """The number that a cell holds: ``1,234.50``, ``(12.00)``, ``12.00-`` or ``$ 12``; 0 if empty.

    Digits may be grouped in threes by the mark that is not the ``decimal`` one, a space or an
    apostrophe. Raises ValueError for everything else: nothing is guessed.
    """
    plain = _DECORATION.sub("", text).replace("\u2212", "-").replace("'", "")
    if not plain:
        return Decimal(0)
    negative = False
    if plain.startswith("(") and plain.endswith(")"):
        negative, plain = True, plain[1:-1]
    elif plain[-1] in "+-":
        negative, plain = plain[-1] == "-", plain[:-1]
    elif plain[0] in "+-":
        negative, plain = plain[0] == "-", plain[1:]
    if decimal == ",":
        plain = plain.translate({ord(","): ".", ord("."): ","})
    match = _NUMBER.match(plain)
    if match is None or not plain.isascii() or not any(match.groups()):
        raise ValueError(f"{text!r} is not an amount with the decimal mark {decimal!r}")
    number = Decimal(plain.replace(",", ""))
    return -number if negative else number
