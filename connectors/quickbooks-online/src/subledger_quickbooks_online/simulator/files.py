"""Uploaded files: in memory, or in a folder beside a company file."""

from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import TypeAlias

from attrs import field, frozen

from .jsonform import from_json, to_json

Key: TypeAlias = tuple[str, str]
"""A company's id, and the Id of the Attachable."""


@frozen(kw_only=True)
class StoredFile:
    """An uploaded file."""

    data: bytes = field(repr=False)
    name: str
    content_type: str


class FolderFiles(MutableMapping[Key, StoredFile]):
    """Files that outlive the process: the bytes, and beside them what is known of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _place(self, key: Key) -> Path:
        realm, id_ = key
        if not (realm.isalnum() and id_.isalnum()):
            raise KeyError(key)
        return self.folder / f"{realm}-{id_}"

    def __getitem__(self, key: Key) -> StoredFile:
        place = self._place(key)
        try:
            known = from_json(place.with_suffix(".json").read_bytes())
            return StoredFile(data=place.with_suffix(".bin").read_bytes(), **known)
        except FileNotFoundError as wrong:
            raise KeyError(key) from wrong

    def __setitem__(self, key: Key, file: StoredFile) -> None:
        place = self._place(key)
        self.folder.mkdir(exist_ok=True)
        place.with_suffix(".bin").write_bytes(file.data)
        known = to_json({"name": file.name, "content_type": file.content_type})
        place.with_suffix(".json").write_text(known, encoding="utf-8")

    def __delitem__(self, key: Key) -> None:
        place = self._place(key)
        if key not in self:
            raise KeyError(key)
        place.with_suffix(".json").unlink()
        place.with_suffix(".bin").unlink()

    def __iter__(self) -> Iterator[Key]:
        for place in sorted(self.folder.glob("*.json")):
            realm, _, id_ = place.stem.partition("-")
            yield realm, id_

    def __len__(self) -> int:
        return sum(1 for _ in self)
