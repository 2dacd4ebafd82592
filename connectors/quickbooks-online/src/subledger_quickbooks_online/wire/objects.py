"""The objects of an answer: of a read or write, a query, and a list of changes."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen


@frozen(kw_only=True)
class Found:
    """One object with the name of its entity."""

    entity: str
    object: Mapping[str, Any]


def object_of(body: Mapping[str, Any], entity: str) -> Mapping[str, Any] | None:
    """The object of an answer to a read or write; None where it has none."""
    value = body.get(entity)
    return value if isinstance(value, Mapping) else None


def queried(body: Mapping[str, Any], entity: str) -> list[Mapping[str, Any]]:
    """The objects of an answer to a query; none where nothing was found."""
    response = body.get("QueryResponse")
    return _objects(response.get(entity)) if isinstance(response, Mapping) else []


def changed(body: Mapping[str, Any]) -> Iterator[Found]:
    """The objects of an answer to a question for changes; deleted ones have only few members."""
    responses = body.get("CDCResponse")
    for response in responses if isinstance(responses, list) else ():
        for query in _objects(response.get("QueryResponse")):
            for entity, value in query.items():
                for each in _objects(value):
                    yield Found(entity=entity, object=each)


def is_deleted(found: Mapping[str, Any]) -> bool:
    """Whether an object is only the trace of one that was deleted."""
    return str(found.get("status", "")).casefold() == "deleted"


def _objects(value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, list):
        return []
    return [each for each in value if isinstance(each, Mapping)]
