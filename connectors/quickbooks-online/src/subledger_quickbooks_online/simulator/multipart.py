"""multipart/form-data (RFC 7578) as the real API takes it: also with bare LF line ends."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from itertools import pairwise

from attrs import field, frozen


class NotMultipartError(ValueError):
    """The body has no parts, or one of them cannot be read."""


@frozen(kw_only=True)
class Part:
    """One part: its field name and, for a file, the name of the file."""

    name: str
    filename: str
    content_type: str
    data: bytes = field(repr=False)


def parts(content_type: str, body: bytes) -> list[Part]:
    """The parts of a body in order; base64 is decoded. NotMultipartError when it has none."""
    boundary = _parameter(content_type, "boundary")
    if not content_type.lower().startswith("multipart/") or not boundary:
        raise NotMultipartError("the content type is not multipart with a boundary")
    delimiter = re.compile(
        rb"(?:\A|\r?\n)--" + re.escape(boundary.encode()) + rb"(--)?[ \t]*(?:\r?\n|\Z)"
    )
    marks = list(delimiter.finditer(body))
    found = [
        _part(body[mark.end() : after.start()]) for mark, after in pairwise(marks) if not mark[1]
    ]
    if not found:
        raise NotMultipartError("the body has no part between its boundaries")
    return found


def _part(text: bytes) -> Part:
    blank = re.search(rb"\r?\n\r?\n", text)
    if blank is None:
        raise NotMultipartError("a part has no blank line after its headers")
    headers = _headers(text[: blank.start()].decode("utf-8", "replace"))
    data = text[blank.end() :]
    if headers.get("content-transfer-encoding", "").lower() == "base64":
        try:
            data = b64decode(b"".join(data.split()), validate=True)
        except Base64Error as wrong:
            raise NotMultipartError("a part is not base64") from wrong
    disposition = headers.get("content-disposition", "")
    return Part(
        name=_parameter(disposition, "name"),
        filename=_parameter(disposition, "filename"),
        content_type=headers.get("content-type", ""),
        data=data,
    )


def _headers(text: str) -> Mapping[str, str]:
    pairs = (line.partition(":") for line in text.splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}


def _parameter(header: str, name: str) -> str:
    found = re.search(rf'[;\s]{name}=(?:"([^"]*)"|([^;\s]+))', header, re.IGNORECASE)
    return (found[1] or found[2] or "") if found else ""
