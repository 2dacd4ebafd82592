"""`POST /upload` and downloads: files beside their Attachable objects."""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from . import multipart, xmlform
from .call import Call, entity_of
from .company import CompanyFault
from .envelope import Payload, fault
from .files import StoredFile
from .jsonform import from_json
from .refusals import file_too_large, file_type, missing, not_readable
from .state import Simulation
from .wire import Request, Response

LARGEST = 100 * 1024 * 1024
LINK_LIFE = timedelta(minutes=15)
TYPES = frozenset(
    {
        *("ai", "csv", "doc", "docx", "eps", "gif", "jpeg", "jpg", "ods", "pages", "pdf", "png"),
        *("rtf", "tif", "tiff", "txt", "xls", "xlsx", "xml"),
    }
)
FILES = "/files/"
_ENVELOPES = ("QueryResponse", "BatchItemResponse", "CDCResponse", "AttachableResponse")


def upload(call: Call) -> Payload:
    """Store the pairs `file_metadata_NN` and `file_content_NN`; each succeeds or fails alone."""
    try:
        found = multipart.parts(call.request.headers.get("content-type", ""), call.request.body)
    except multipart.NotMultipartError as wrong:
        raise not_readable(str(wrong)) from wrong
    metadata = {part.name.rpartition("_")[2]: part for part in found if "metadata" in part.name}
    contents = [part for part in found if "content" in part.name]
    if not contents:
        raise missing("file_content")
    return {
        "AttachableResponse": [
            _stored(call, part, metadata.get(part.name.rpartition("_")[2])) for part in contents
        ]
    }


def _stored(call: Call, content: multipart.Part, metadata: multipart.Part | None) -> Payload:
    try:
        return {"Attachable": _store(call, content, metadata)}
    except CompanyFault as refused:
        return {"Fault": fault(refused)}


def _store(call: Call, content: multipart.Part, metadata: multipart.Part | None) -> dict[str, Any]:
    body = _metadata(metadata)
    name = str(body.get("FileName") or content.filename)
    if not name:
        raise missing("FileName")
    if name.rpartition(".")[2].lower() not in TYPES:
        raise file_type(name)
    if len(content.data) > LARGEST:
        raise file_too_large()
    media = str(body.get("ContentType") or content.content_type)
    wanted = {**body, "FileName": name, "ContentType": media, "Size": len(content.data)}
    if wanted.get("Id"):
        made = call.company.update("Attachable", wanted)
    else:
        made = call.company.create("Attachable", wanted)
    call.simulation.files[call.realm, made["Id"]] = StoredFile(
        data=content.data, name=name, content_type=media
    )
    return made


def _metadata(part: multipart.Part | None) -> dict[str, Any]:
    if part is None or not part.data.strip():
        return {}
    if part.data.lstrip()[:1] == b"<":
        try:
            return entity_of(xmlform.parse(part.data.strip()))
        except xmlform.NotXmlError as wrong:
            raise not_readable(str(wrong)) from wrong
    try:
        value = from_json(part.data)
    except ValueError as wrong:
        raise not_readable(f"file_metadata is not JSON: {wrong}") from wrong
    if not isinstance(value, dict):
        raise not_readable("file_metadata is not a JSON object")
    return value


def forget_file(call: Call, name: str, gone: Mapping[str, Any]) -> None:
    """A deleted Attachable takes its file along."""
    if name == "Attachable":
        call.simulation.files.pop((call.realm, str(gone.get("Id"))), None)


def linked(simulation: Simulation, realm: str, payload: Any) -> Any:
    """The payload, with the addresses from which the files of its Attachables can be fetched."""
    if isinstance(payload, list):
        return [linked(simulation, realm, one) for one in payload]
    if not isinstance(payload, Mapping) or not ({"Attachable", *_ENVELOPES} & set(payload)):
        return payload
    changed = dict(payload)
    for name in _ENVELOPES:
        if name in changed:
            changed[name] = linked(simulation, realm, changed[name])
    if "Attachable" in changed:
        found = changed["Attachable"]
        changed["Attachable"] = (
            [_with_links(simulation, realm, one) for one in found]
            if isinstance(found, list)
            else _with_links(simulation, realm, found)
        )
    return changed


def _with_links(
    simulation: Simulation, realm: str, attachable: Mapping[str, Any]
) -> Mapping[str, Any]:
    id_ = str(attachable.get("Id", ""))
    file = simulation.files.get((realm, id_))
    if file is None:
        return attachable
    return {
        **attachable,
        "FileAccessUri": f"/v3/company/{realm}/download/{id_}",
        "TempDownloadUri": _link(simulation, realm, id_),
        "Size": len(file.data),
        "ContentType": file.content_type,
    }


def _link(simulation: Simulation, realm: str, id_: str) -> str:
    until = int((simulation.now + LINK_LIFE).timestamp())
    proof = _proof(simulation, realm, id_, str(until))
    return (
        f"{simulation.base_url}{FILES}{realm}/{id_}?X-Amz-Expires={until}&X-Amz-Signature={proof}"
    )


def _proof(simulation: Simulation, realm: str, id_: str, until: str) -> str:
    return sha256(f"{simulation.tokens.seed}:{realm}:{id_}:{until}".encode()).hexdigest()


def download(call: Call, id_: str) -> Response:
    """`GET /download/{id}`: an address, as plain text, that works for a quarter of an hour."""
    call.company.read("Attachable", id_)
    if (call.realm, id_) not in call.simulation.files:
        raise missing("file")
    return Response.text(_link(call.simulation, call.realm, id_))


def file(simulation: Simulation, request: Request) -> Response:
    """A file at its temporary address; 403 once that is too old."""
    realm, _, id_ = request.path.removeprefix(FILES).partition("/")
    until = request.query.get("X-Amz-Expires", "")
    proof = request.query.get("X-Amz-Signature", "")
    found = simulation.files.get((realm, id_))
    if found is None:
        return Response.text("NoSuchKey", 404)
    is_late = not until.isdecimal() or int(until) < simulation.now.timestamp()
    if is_late or proof != _proof(simulation, realm, id_, until):
        return Response.text("AccessDenied", 403)
    return Response(headers={"Content-Type": found.content_type}, body=found.data)
