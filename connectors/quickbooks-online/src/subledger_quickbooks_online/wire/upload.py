"""Files for documents (Accounting API: attachable, upload)."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from subledger_quickbooks_online.wire.requests import Request

MOST_BYTES: Final = 100 * 1024 * 1024
"""The largest file that the API takes."""
TYPES: Final[Mapping[str, str]] = {
    "ai": "application/postscript",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eps": "application/postscript",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "pages": "application/vnd.apple.pages",
    "pdf": "application/pdf",
    "png": "image/png",
    "rtf": "application/rtf",
    "tif": "image/tiff",
    "txt": "text/plain",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "text/xml",
}
"""The sorts of file that the API takes, by the end of their names."""
_UNSAFE: Final = re.compile(r'[\x00-\x1f"\\]')


def extension(name: str) -> str:
    """The end of a file's name, in small letters; empty where there is none."""
    _, dot, end = name.rpartition(".")
    return end.lower() if dot else ""


def metadata(
    *, entity: str, identifier: str, name: str, media_type: str, note: str
) -> dict[str, Any]:
    """What the file is called and which document it belongs to."""
    return {
        "AttachableRef": [
            {"EntityRef": {"type": entity, "value": identifier}, "IncludeOnSend": False}
        ],
        "FileName": name,
        "ContentType": media_type,
        "Note": note,
    }


def request(about: Mapping[str, Any], content: bytes, *, key: str, boundary: str) -> Request:
    """One file and its metadata as multipart/form-data (RFC 7578).

    ``boundary`` must not occur in the content.
    """
    name = _UNSAFE.sub("_", str(about["FileName"]))
    parts = (
        (
            'name="file_metadata_01"; filename="metadata.json"\r\nContent-Type: application/json',
            json.dumps(about).encode(),
        ),
        (
            f'name="file_content_01"; filename="{name}"\r\nContent-Type: {about["ContentType"]}',
            content,
        ),
    )
    line = f"--{boundary}\r\nContent-Disposition: form-data; "
    body = b"".join(f"{line}{heading}\r\n\r\n".encode() + data + b"\r\n" for heading, data in parts)
    return Request(
        method="POST",
        path="upload",
        body=body + f"--{boundary}--\r\n".encode(),
        content_type=f"multipart/form-data; boundary={boundary}",
        key=key,
    )


def answers(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """One mapping a file: with an ``Attachable``, or a fault."""
    items = body.get("AttachableResponse")
    return [
        item for item in (items if isinstance(items, list) else ()) if isinstance(item, Mapping)
    ]
