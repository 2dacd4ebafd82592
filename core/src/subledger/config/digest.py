"""A short hash of everything in a flow's configuration that decides what becomes of a record."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs


def digest(texts: Mapping[str, Any], configs: Iterable[object]) -> str:
    """The hash of ``texts`` (plain values) and of the files that the ``configs`` point at.

    The order of keys makes no difference, the order of lists does. A rule that stands in a file of
    its own counts as if it stood in the configuration.
    """
    body = json.dumps(texts, sort_keys=True, default=str, ensure_ascii=False)
    whole = hashlib.blake2b(body.encode(), digest_size=16)
    for path in sorted({path for config in configs for path in _paths(config)}):
        if path.is_file():
            whole.update(hashlib.blake2b(path.read_bytes()).digest())
    return whole.hexdigest()


def _paths(value: object) -> Iterator[Path]:
    cls: type[Any] = type(value)
    if isinstance(value, Path):
        yield value
    elif attrs.has(cls):
        for attribute in attrs.fields(cls):
            yield from _paths(getattr(value, attribute.name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _paths(item)
    elif isinstance(value, list | tuple | frozenset | set):
        for item in value:
            yield from _paths(item)
