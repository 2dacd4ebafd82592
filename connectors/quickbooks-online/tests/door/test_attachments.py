"""Files: uploaded, listed, fetched, deleted."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from lxml import etree

from subledger_quickbooks_online.simulator import Request, answer
from subledger_quickbooks_online.simulator.xmlform import NAMESPACE

DATA = b"%PDF-1.4\r\nreceipt\n"


def form(*pairs):
    """A multipart body of metadata and content."""
    text = b""
    for number, (metadata, name, data) in enumerate(pairs, 1):
        if metadata is not None:
            text += (
                f'--xyz\r\nContent-Disposition: form-data; name="file_metadata_{number:02}"\r\n'
                f"Content-Type: application/json\r\n\r\n{metadata}\r\n"
            ).encode()
        text += (
            f'--xyz\r\nContent-Disposition: form-data; name="file_content_{number:02}";'
            f' filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n'
        ).encode()
        text += data + b"\r\n"
    return text + b"--xyz--\r\n"


@pytest.fixture
def upload(app):
    """Uploads pairs; gives what AttachableResponse holds."""

    def go(*pairs, **query):
        headers = {"content-type": "multipart/form-data; boundary=xyz"}
        response = app.send("POST", "upload", form(*pairs), headers=headers, **query)
        assert response.status == 200, response.body
        return json.loads(response.body)["AttachableResponse"]

    return go


def metadata(bill_id, name="r.pdf"):
    return json.dumps(
        {
            "AttachableRef": [{"EntityRef": {"type": "Bill", "value": bill_id}}],
            "FileName": name,
            "ContentType": "application/pdf",
        }
    )


def test_an_uploaded_file(app, upload, bill):
    """A file is tied to its document, and comes back byte by byte for a quarter of an hour."""
    bill_id = app.post("bill", bill)["Bill"]["Id"]
    [made] = upload((metadata(bill_id), "r.pdf", DATA))
    attachable = made["Attachable"]
    assert attachable["FileName"] == "r.pdf"
    assert attachable["Size"] == len(DATA)
    assert attachable["FileAccessUri"].endswith(f"/download/{attachable['Id']}")
    [found] = app.query(
        "select * from Attachable where AttachableRef.EntityRef.Type = 'bill'"
        f" and AttachableRef.EntityRef.value = '{bill_id}'"
    )["Attachable"]
    assert found["Id"] == attachable["Id"]
    assert found["TempDownloadUri"]
    url = app.send("GET", f"download/{attachable['Id']}")
    assert url.headers["Content-Type"] == "text/plain;charset=UTF-8"
    fetched = answer(app.simulation, Request.of("GET", url.body.decode()))
    assert (fetched.status, fetched.body) == (200, DATA)
    app.simulation.clock.advance(timedelta(minutes=16))
    assert answer(app.simulation, Request.of("GET", url.body.decode())).status == 403


def test_a_forged_address(app, upload):
    """Nobody fetches a file without the signature, and unknown ones are not there."""
    attachable = upload((None, "r.pdf", DATA))[0]["Attachable"]
    path = urlsplit(attachable["TempDownloadUri"]).path
    for query in ("", "?X-Amz-Expires=99999999999&X-Amz-Signature=0"):
        assert answer(app.simulation, Request.of("GET", path + query)).status == 403
    assert answer(app.simulation, Request.of("GET", path + "9")).status == 404


def test_several_files(upload):
    """Pairs succeed and fail alone."""
    made = upload(
        (None, "a.pdf", DATA),
        (None, "b.html", DATA),
        ('{"FileName": "c.txt"}', "x", b""),
        ("{", "d.pdf", DATA),
    )
    assert [next(iter(one)) for one in made] == ["Attachable", "Fault", "Attachable", "Fault"]
    codes = [one["Fault"]["Error"][0]["code"] for one in made if "Fault" in one]
    assert codes == ["6000", "2010"]


def test_an_upload_is_remembered(app, upload):
    """The requestid of an upload makes it repeatable."""
    first = upload((None, "a.pdf", DATA), requestid="k")
    again = upload((None, "a.pdf", DATA), requestid="k")
    assert again[0]["Attachable"]["Id"] == first[0]["Attachable"]["Id"]
    assert app.count("Attachable") == 1


def test_too_large_a_file(upload, monkeypatch):
    """More than the greatest size is refused with 6030."""
    name = "subledger_quickbooks_online.simulator.attachments.LARGEST"
    monkeypatch.setattr(name, len(DATA))
    assert "Attachable" in upload((None, "a.pdf", DATA))[0]
    [one] = upload((None, "a.pdf", DATA + b"x"))
    assert one["Fault"]["Error"][0]["code"] == "6030"


def test_a_body_that_is_no_upload(app):
    """Other bodies are refused with 2010."""
    assert app.code("POST", "upload", {"FileName": "a.pdf"}) == (400, "2010")


def test_a_note_has_no_file(app, bill):
    """An Attachable without a file is a note; there is nothing to download."""
    made = app.post("attachable", {"Note": "paid by card"})["Attachable"]
    assert "TempDownloadUri" not in made
    assert app.call("GET", f"attachable/{made['Id']}")[1]["Attachable"]["Note"] == "paid by card"
    assert app.code("GET", f"download/{made['Id']}") == (400, "2020")
    assert app.code("GET", "download/77") == (400, "610")


def test_a_deleted_file_is_gone(app, upload):
    """With the Attachable its file goes."""
    made = upload((None, "a.pdf", DATA))[0]["Attachable"]
    body = {"Id": made["Id"], "SyncToken": made["SyncToken"]}
    app.post("attachable", body, operation="delete")
    url = urlsplit(made["TempDownloadUri"])
    fetched = answer(app.simulation, Request.of("GET", f"{url.path}?{url.query}"))
    assert fetched.status == 404


def test_in_xml(app, schema):
    """Metadata may be XML, and the answer is valid."""
    metadata = f'<Attachable xmlns="{NAMESPACE}"><FileName>x.pdf</FileName></Attachable>'
    headers = {
        "content-type": "multipart/form-data; boundary=xyz",
        "accept": "application/xml",
    }
    response = app.send("POST", "upload", form((metadata, "y.pdf", DATA)), headers=headers)
    root = etree.fromstring(response.body)
    schema.assertValid(root)
    assert root.findtext(f".//{{{NAMESPACE}}}FileName") == "x.pdf"
