"""Checks what a plugin registered; the type checker may never have seen its code."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from subledger.catalogue.plugin import NOUNS, Value, name_of
from subledger.manifest import (
    SUPPORTED_APIS,
    Capability,
    Direction,
    Frequency,
    Initiative,
    Manifest,
    Operation,
    Recovery,
    Role,
)
from subledger.model.kinds import KNOWN
from subledger.ports import RecipeType, SecretResolverType, SimulatorType, SinkType, SourceType
from subledger.roles import unmet

_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")
_OWN_KIND = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\Z")
_COMMAND = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*\Z")
_RESERVED = frozenset({"env", "file"})


def faults(value: Value, plugin: str) -> list[str]:
    """Everything wrong with one registered value, a sentence each; empty if it is sound."""
    if isinstance(value, SourceType | SinkType):
        return list(_connector(value, plugin))
    found = [*_api(value.api), *_name(name_of(value), NOUNS[type(value)])]
    if isinstance(value, SimulatorType):
        if not _COMMAND.match(str(value.command)):
            found.append(f"command {value.command!r} is not of the form package.module:function")
    elif isinstance(value, SecretResolverType):
        found += _callable("resolve", value.resolve)
        if value.scheme in _RESERVED:
            found.append(f"the scheme {value.scheme!r} belongs to subledger")
    elif isinstance(value, RecipeType):
        found += [*_config("settings", value.settings), *_callable("plan", value.plan)]
        found += [
            f"{side} {role!r} is not a role"
            for side, role in (("source", value.source), ("sink", value.sink))
            if not isinstance(role, Role)
        ]
    else:
        found += [*_config("config", value.config), *_callable("make", value.make)]
    return found


def _connector(value: SourceType[Any] | SinkType[Any], plugin: str) -> Iterator[str]:
    manifest = value.manifest
    if not isinstance(manifest, Manifest):
        yield f"manifest is {type(manifest).__name__}, not a Manifest"
        return
    wrong_api = list(_api(manifest.api))
    if wrong_api:
        yield from wrong_api
        return
    if manifest.name != plugin:
        yield f"the manifest says {manifest.name!r}, the entry point says {plugin!r}"
    broken = list(_manifest(manifest))
    yield from broken
    direction = Direction.SOURCE if isinstance(value, SourceType) else Direction.SINK
    if manifest.direction is not direction:
        yield f"registered as a {direction}, but the manifest says {manifest.direction}"
    elif not broken:
        yield from unmet(manifest)
    yield from _config("config", value.config)
    if isinstance(value, SourceType):
        yield from _source(value)
        yield from _callable("normalise", value.normalise)
        yield from _callable("webhook", value.webhook, optional=True)
    else:
        yield from _sink(value)


def _manifest(manifest: Manifest) -> Iterator[str]:
    members: tuple[tuple[str, object, type[Any]], ...] = (
        ("direction", manifest.direction, Direction),
        ("frequency", manifest.frequency, Frequency),
        ("initiative", manifest.initiative, Initiative),
        ("recovery", manifest.recovery, Recovery),
        *(("roles", role, Role) for role in manifest.roles),
        *(("capabilities", capability, Capability) for capability in manifest.capabilities),
    )
    for name, member, cls in members:
        if not isinstance(member, cls):
            yield f"manifest.{name}: {member!r} is not a {cls.__name__}"
    if not manifest.kinds:
        yield "manifest.kinds is empty"
    for kind, operations in manifest.kinds.items():
        if kind not in KNOWN and not _OWN_KIND.match(str(kind)):
            yield f"manifest.kinds: {kind!r} is no known kind; your own is named vendor.kind"
        for operation in operations:
            if not isinstance(operation, Operation):
                yield f"manifest.kinds[{kind}]: {operation!r} is not an Operation"


def _source(value: SourceType[Any]) -> Iterator[str]:
    polls = value.manifest.initiative is Initiative.PEER
    yield from _callable("open", value.open, optional=polls)
    if polls and value.open is not None:
        yield f"the manifest's initiative is {value.manifest.initiative}: give no open"


def _sink(value: SinkType[Any]) -> Iterator[str]:
    yield from _callable("preview", value.preview)
    yield from _callable("open", value.open, optional=True)
    yield from _callable("peer", value.peer, optional=True)
    needed, other = (
        ("peer", "open")
        if value.manifest.initiative is Initiative.PEER
        else (
            "open",
            "peer",
        )
    )
    if getattr(value, needed) is None or getattr(value, other) is not None:
        yield f"the manifest's initiative is {value.manifest.initiative}: give {needed} alone"
    if value.peer is not None and not _NAME.match(str(value.mount)):
        yield f"mount {value.mount!r} is not a path of lower-case letters, digits and hyphens"


def _api(api: object) -> Iterator[str]:
    if type(api) is not int or api not in SUPPORTED_APIS:
        spoken = " and ".join(map(str, sorted(SUPPORTED_APIS)))
        newer = type(api) is int and api > max(SUPPORTED_APIS)
        way = "upgrade subledger" if newer else "upgrade the package"
        yield f"made for plugin interface {api!r}; this subledger speaks {spoken}: {way}"


def _name(name: object, noun: str) -> Iterator[str]:
    if not isinstance(name, str) or not _NAME.match(name):
        yield f"{name!r} is not a name for a {noun}: lower-case letters, digits and hyphens"


def _callable(
    name: str, value: Callable[..., Any] | None, *, optional: bool = False
) -> Iterator[str]:
    if not callable(value) and not (optional and value is None):
        yield f"{name} is {type(value).__name__}, not a function"


def _config(name: str, cls: object) -> Iterator[str]:
    if not isinstance(cls, type) or not attrs.has(cls):
        yield f"{name} is not an attrs class"
        return
    try:
        attrs.resolve_types(cls)
    except Exception as error:  # noqa: BLE001 - resolving runs the plugin's annotations
        yield f"{name}: the annotations of {cls.__name__} do not resolve: {error}"
