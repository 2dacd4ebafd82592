"""Files that belong to documents: uploaded, and found again by the marker in their note."""

import hashlib
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from subledger.findings import Finding
from subledger.model import Attachment
from subledger.model.kinds import JOURNAL_ENTRY, REFUND, Kind
from subledger.model.marker import parse_marker
from subledger.ports import Delivery, Outcome, Posted, Refused, Unknown
from subledger_quickbooks_online import errors, text
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.entities import DOCUMENTS, ENTRIES
from subledger_quickbooks_online.errors import Lost
from subledger_quickbooks_online.knowledge import by_id, everything
from subledger_quickbooks_online.postings import Record
from subledger_quickbooks_online.wire import requests, upload
from subledger_quickbooks_online.wire.faults import faults_of
from subledger_quickbooks_online.wire.query import Select, quoted

ENTITIES: Final[Mapping[Kind, str]] = {
    **ENTRIES,
    **DOCUMENTS,
    REFUND: "Purchase",
    JOURNAL_ENTRY: "JournalEntry",
}
"""What entities of a kind become, where that is one thing only."""
_MOVEMENTS: Final = ("Purchase", "Deposit", "Transfer", "JournalEntry")
"""What movements of money become; documents of all sorts share one counter of Ids."""
_NAME_LIMIT: Final = 1000


def file_name(name: str, media_type: str) -> str:
    """The file's name with an end that QuickBooks takes; empty where the sort is not taken."""
    fitted = text.one_line(name, _NAME_LIMIT - 10).replace("/", "-")
    if upload.extension(fitted) in upload.TYPES:
        return fitted
    wanted = media_type.partition(";")[0].strip().lower()
    for end, known in upload.TYPES.items():
        if known == wanted:
            return f"{fitted or 'receipt'}.{end}"
    return ""


@frozen
class Attachments:
    """Uploads files. A failure never touches the document: it is refused by itself."""

    client: Client

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Uploads the file of a delivery."""
        entity, content = delivery.entity, delivery.payload
        if not isinstance(entity, Attachment):
            raise TypeError(f"{entity.kind} is not a file")
        name = file_name(entity.name, delivery.media_type)
        if not name:
            return _refused(
                entity, f"QuickBooks takes no files of the type {delivery.media_type or 'unknown'}"
            )
        if not content or len(content) > upload.MOST_BYTES:
            return _refused(entity, "the file is empty, or larger than the 100 MB that fit")
        owner = await self._owner(entity)
        if owner is None:
            return _refused(entity, "the document that the file belongs to is not in the books")
        about = upload.metadata(
            entity=owner,
            identifier=entity.document.id,
            name=name,
            media_type=upload.TYPES[upload.extension(name)],
            note=delivery.marker,
        )
        request = upload.request(
            about, content, key=delivery.attempt_key, boundary=_boundary(delivery.key, content)
        )
        try:
            answer = await self.client.send(request)
        except Lost as error:
            return Unknown(error.message)
        parts = upload.answers(answer.body) if answer.body else []
        faults = answer.faults or (faults_of(parts[0]) if parts else ())
        if faults:
            fault = errors.worst(faults)
            return Refused(finding=errors.finding_of(fault), code=fault.code)
        stored = parts[0].get("Attachable") if parts else None
        if not isinstance(stored, Mapping):
            return Unknown("QuickBooks took the file, but did not return it")
        return _posted(stored)

    async def find(self, delivery: Delivery) -> Outcome:
        """Looks for the file at its document; uploads it under the same key where it is not."""
        entity = delivery.entity
        if not isinstance(entity, Attachment):
            raise TypeError(f"{entity.kind} is not a file")
        owner = await self._owner(entity)
        if owner is None:
            return _refused(entity, "the document that the file belongs to is not in the books")
        select = Select(
            entity="Attachable",
            where=(
                f"AttachableRef.EntityRef.Type = {quoted(owner.lower())}",
                f"AttachableRef.EntityRef.value = {quoted(entity.document.id)}",
            ),
        )
        for record in await everything(self.client, select):
            if parse_marker(str(record.get("Note", ""))) == delivery.marker:
                return _posted(record, recovered=True)
        return await self.deliver(delivery)

    async def remove(self, delivery: Delivery) -> Outcome:
        """Deletes a file."""
        target = delivery.target
        if target is None or await by_id(self.client, "Attachable", target.id) is None:
            return Posted(type="Attachable", id=target.id if target else "")
        body = {"Id": target.id, "SyncToken": target.guard}
        try:
            answer = await self.client.send(
                requests.delete("Attachable", body, delivery.attempt_key)
            )
        except Lost as error:
            return Unknown(error.message)
        if answer.faults:
            fault = errors.worst(answer.faults)
            return Refused(finding=errors.finding_of(fault), code=fault.code)
        return Posted(type="Attachable", id=target.id)

    async def _owner(self, entity: Attachment) -> str | None:
        """The entity that the file's document is in QuickBooks."""
        kind, identifier = entity.document.kind, entity.document.id
        if not identifier:
            return None
        if kind in ENTITIES:
            return ENTITIES[kind]
        for name in _MOVEMENTS:
            if await by_id(self.client, name, identifier) is not None:
                return name
        return None


def _boundary(key: str, content: bytes) -> str:
    """A boundary that does not occur in the content; the same for the same file and key."""
    number, boundary = 0, ""
    while not boundary or boundary.encode() in content:
        digest = hashlib.blake2b(f"{key} {number}".encode(), digest_size=16).hexdigest()
        boundary, number = f"subledger-{digest}", number + 1
    return boundary


def _posted(record: Record, *, recovered: bool = False) -> Posted:
    return Posted(
        type="Attachable",
        id=str(record.get("Id", "")),
        guard=str(record.get("SyncToken", "")),
        recovered=recovered,
    )


def _refused(entity: Attachment, message: str) -> Refused:
    return Refused(
        finding=Finding(
            category="validation",
            subject=f"file {entity.name}",
            message=message,
            hint="The document itself is posted; attach the file by hand if it is needed.",
        )
    )
