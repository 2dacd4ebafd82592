"""Pages of a query: MaxReturned, metaData, and iterators that live as long as their session."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable

from attrs import define, field, frozen

from .parse import Request
from .status import dead_iterator, missing

_MAX_RETURNED = "MaxReturned"


@define(kw_only=True)
class _Open:
    query: str
    ids: list[str]


@define(kw_only=True)
class Iterators:
    """The open iterators of one session; opening one too many evicts the oldest."""

    rng: random.Random
    limit: int
    _open: dict[str, _Open] = field(factory=dict)

    def start(self, query: str, ids: list[str]) -> str:
        """Open an iterator over those ids."""
        identity = "{" + str(uuid.UUID(int=self.rng.getrandbits(128), version=4)) + "}"
        self._open[identity] = _Open(query=query, ids=ids)
        while len(self._open) > self.limit:
            del self._open[next(iter(self._open))]
        return identity

    def take(self, identity: str, query: str, how_many: int) -> tuple[list[str], int]:
        """The next ids and how many remain; raises 3391 for a dead iterator."""
        found = self._open.get(identity)
        if found is None or found.query != query:
            raise dead_iterator(identity)
        taken, found.ids = found.ids[:how_many], found.ids[how_many:]
        return taken, len(found.ids)

    def stop(self, identity: str) -> None:
        """Close an iterator; raises 3391 when it is not open."""
        if self._open.pop(identity, None) is None:
            raise dead_iterator(identity)

    def clear(self) -> None:
        """Close all."""
        self._open.clear()


@frozen(kw_only=True)
class Page:
    """The ids to answer with, and the attributes; quiet where no data was asked for."""

    ids: list[str]
    attributes: tuple[tuple[str, str], ...]
    is_quiet: bool = False


def page(iterators: Iterators, request: Request, find: Callable[[], list[str]]) -> Page:
    """One page of a query; `find` gives all ids in QuickBooks' own order."""
    attributes: list[tuple[str, str]] = []
    mode = request.attributes.get("iterator")
    meta = request.attributes.get("metaData", "NoMetaData")
    limit = request.fields.get(_MAX_RETURNED)
    if mode is not None:
        return _iterated(iterators, request, find, mode, limit)
    ids = find()
    if meta != "NoMetaData":
        attributes.append(("retCount", str(len(ids))))
    if limit is not None:
        ids = ids[: int(limit)]
    if meta == "MetaDataOnly":
        return Page(ids=[], attributes=tuple(attributes), is_quiet=True)
    return Page(ids=ids, attributes=tuple(attributes))


def _iterated(
    iterators: Iterators,
    request: Request,
    find: Callable[[], list[str]],
    mode: str,
    limit: str | None,
) -> Page:
    identity = request.attributes.get("iteratorID", "")
    if mode == "Stop":
        iterators.stop(identity)
        return Page(ids=[], attributes=(("iteratorID", identity),), is_quiet=True)
    if limit is None:
        raise missing(_MAX_RETURNED)
    if mode == "Start":
        identity = iterators.start(request.name, find())
    ids, remaining = iterators.take(identity, request.name, int(limit))
    return Page(
        ids=ids,
        attributes=(("iteratorRemainingCount", str(remaining)), ("iteratorID", identity)),
    )
