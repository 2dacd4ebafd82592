"""An invented system with records: a service that tells over HTTP what changed.

    GET /changes?after=0     -> {"changes": [{"number": 1, "kind": ..., "id": ..., "record": ...}]}

The changes are numbered; each shows a record as it is now, null where it was deleted. A record is
an entity in the stored form of the canonical model: an invented vendor may speak our language.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

from attrs import define, field

from subledger.model import Entity
from subledger.model.kinds import Kind
from subledger.model.stored import dump
from subledger.runtime import HttpResponse
from subledger.testing.outside import Held

TOKEN: Final = "invented-token"  # noqa: S105 - it opens nothing


def answer(status: int, content: object) -> HttpResponse:
    """A JSON answer."""
    return HttpResponse(
        status=status,
        headers={"content-type": "application/json"},
        body=json.dumps(content).encode(),
    )


@define
class InventedSystem:
    """The simulator: what the system holds, and its door. ``page`` is how many changes it tells.

    Of each record only the newest version is told, at the place of its last change.
    """

    token: str = TOKEN
    page: int = 3
    records: dict[tuple[Kind, str], Entity | None] = field(factory=dict)
    newest: int = 0
    _changed: dict[tuple[Kind, str], int] = field(factory=dict)

    @property
    def settings(self) -> Mapping[str, str]:
        """The connection's table, as an owner writes it."""
        return {"url": "https://invented.example", "token": self.token}

    def put(self, *entities: Entity) -> None:
        """New records, or new versions of known ones."""
        for entity in entities:
            self._change((entity.kind, entity.id), entity)

    def remove(self, *entities: Entity) -> None:
        """Deletes records."""
        for entity in entities:
            self._change((entity.kind, entity.id), None)

    def _change(self, key: tuple[Kind, str], entity: Entity | None) -> None:
        self.newest += 1
        self.records[key] = entity
        self._changed[key] = self.newest

    def holds(self) -> Iterable[Held]:
        """Every record, in its stored form; those that were deleted are held no more."""
        for (kind, id_), entity in self.records.items():
            if entity is not None:
                day = getattr(entity, "date", None)
                yield Held(id=id_, kind=kind, version=dump(entity), date=day)

    async def http(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | list[tuple[str, str]] | None = None,
        body: bytes | None = None,  # noqa: ARG002 - part of the port
        timeout: float = 30.0,  # noqa: ARG002, ASYNC109 - part of the port
    ) -> HttpResponse:
        """The door, as the HTTP port of a connector."""
        if (headers or {}).get("Authorization") != f"Bearer {self.token}":
            return answer(401, {"error": "The token is not known."})
        parts = urlsplit(url)
        if (method, parts.path) != ("GET", "/changes"):
            return answer(404, {"error": "There is no such thing."})
        asked = {**{k: v[-1] for k, v in parse_qs(parts.query).items()}, **dict(params or {})}
        return answer(200, {"changes": self._after(int(asked.get("after", "0")))})

    def _after(self, number: int) -> list[Mapping[str, object]]:
        later = sorted((at, key) for key, at in self._changed.items() if at > number)
        return [
            {
                "number": at,
                "kind": kind,
                "id": id_,
                "record": dump(entity) if (entity := self.records[kind, id_]) else None,
            }
            for at, (kind, id_) in later[: self.page]
        ]
