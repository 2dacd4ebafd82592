"""The splitter of multipart bodies."""

import base64

import pytest

from subledger_quickbooks_online.simulator.multipart import NotMultipartError, parts

TYPE = "multipart/form-data; boundary=xyz"


def body(*, end, data=b"a\r\n\nb"):
    """Two parts with the given line end."""
    lines = [
        b"--xyz",
        b'Content-Disposition: form-data; name="file_metadata_01"',
        b"Content-Type: application/json",
        b"",
        b'{"FileName": "a.txt"}',
        b"--xyz",
        b'Content-Disposition: form-data; name="file_content_01"; filename="a.txt"',
        b"Content-Type: text/plain",
        b"",
        data,
        b"--xyz--",
        b"",
    ]
    return end.join(lines)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("prelude", [b"", b"\n", b"\r\nto be ignored\r\n"])
def test_both_line_ends(end, prelude):
    """CRLF and bare LF are taken, and the data comes out byte by byte."""
    first, second = parts(TYPE, prelude + body(end=end))
    assert (first.name, first.content_type) == ("file_metadata_01", "application/json")
    assert first.data == b'{"FileName": "a.txt"}'
    assert (second.name, second.filename) == ("file_content_01", "a.txt")
    assert second.data == b"a\r\n\nb"


@pytest.mark.parametrize("data", [b"", b"\r\n", b"--xy\r\n--xyzz\r\n", bytes(range(256))])
def test_any_bytes(data):
    """Data may hold line ends, dashes and every byte; only the boundary ends it."""
    assert parts(TYPE, body(end=b"\r\n", data=data))[1].data == data


def test_the_form_of_python_quickbooks():
    """Bare LF, blank lines before the boundary, base64."""
    text = base64.encodebytes(bytes(range(200))).decode()
    sent = (
        '\n--xyz\nContent-Disposition: form-data; name="file_content_01"\n'
        "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n"
        f"{text}\n\n--xyz--\n"
    )
    [part] = parts("multipart/form-data; boundary=xyz", sent.encode())
    assert part.data == bytes(range(200))


@pytest.mark.parametrize(
    ("media", "data"),
    [
        ("application/json", body(end=b"\n")),
        ("multipart/form-data", body(end=b"\n")),
        (TYPE, b""),
        (TYPE, b"--xyz--"),
        (TYPE, b"--xyz\nno blank line\n--xyz--"),
        (TYPE, b"--xyz\nContent-Transfer-Encoding: base64\n\n%%%\n--xyz--"),
    ],
)
def test_what_is_not_multipart(media, data):
    """A body without parts, or with an unreadable one, is refused."""
    with pytest.raises(NotMultipartError):
        parts(media, data)
