"""A set of identifiers as short text: sorted, as differences, seven bits to the byte, base 64."""

import base64
import zlib
from collections.abc import Iterable
from typing import Final

_LOW: Final = 0x7F
_MORE: Final = 0x80


def pack(ids: Iterable[str]) -> str:
    """The identifiers as text; about two characters for each of a dense sequence."""
    content, last = bytearray(), 0
    for number in sorted(map(int, ids)):
        step, last = number - last, number
        while step > _LOW:
            content.append(step & _LOW | _MORE)
            step >>= 7
        content.append(step)
    return base64.b64encode(zlib.compress(bytes(content), 6)).decode() if content else ""


def unpack(text: str) -> set[str]:
    """The identifiers that :func:`pack` wrote. Raises ValueError for other text."""
    found: set[str] = set()
    number = step = shift = 0
    try:
        content = zlib.decompress(base64.b64decode(text)) if text else b""
    except zlib.error as error:
        raise ValueError("not a packed set of identifiers") from error
    for byte in content:
        step |= (byte & _LOW) << shift
        shift += 7
        if byte < _MORE:
            number += step
            found.add(str(number))
            step = shift = 0
    return found
