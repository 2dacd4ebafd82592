"""`subledger connectors`: what is installed, what it can do, and what was refused."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from subledger.catalogue import (
    BUILT_IN,
    NOUNS,
    Catalogue,
    Installed,
    Value,
    name_of,
    open_catalogue,
)
from subledger.cli.exits import Exit
from subledger.cli.options import ConfigOptions
from subledger.cli.output import show, table
from subledger.config import files
from subledger.config.fields import duration_text
from subledger.config.problems import Invalid
from subledger.manifest import Manifest
from subledger.ports import SinkType, SourceType

if TYPE_CHECKING:
    from rich.console import Console


def connectors(
    *,
    load: Annotated[
        bool, Parameter(negative="--no-load", help="Load each plugin to show what it can do.")
    ] = True,
    options: ConfigOptions = ConfigOptions(),  # noqa: B008 - a frozen value
) -> int:
    """Show every installed plugin: direction, kinds, frequency, roles; enabled or refused."""
    catalogue = open_catalogue()
    if load:
        catalogue.load(item.name for item in catalogue.available)
    enabled = _enabled(options.config)
    own = [plugin.origin for plugin in catalogue.plugins if plugin.origin in BUILT_IN]
    everything = [*own, *catalogue.available]
    plugins = [_plugin(item, catalogue, enabled) for item in everything]
    show({"plugins": plugins}, lambda out: _print(out, plugins), as_json=options.json)
    return Exit.FAILED if catalogue.refusals else Exit.OK


def _enabled(path: Path) -> frozenset[str]:
    """Every name that the configuration mentions where a plugin may be named; errors aside."""
    paths = files.companies(path).values() if path.is_dir() else [path]
    found: set[str] = set()
    for file in paths:
        try:
            document = files.read(file)
        except Invalid:
            continue
        found |= set(_tables(document, "plugins"))
        found |= {
            str(table.get("connector")) for table in _tables(document, "connections").values()
        }
        for flow in _tables(document, "flows").values():
            found |= {str(flow.get("recipe")), *map(str, flow.get("steps") or ())}
            found |= set(flow.get("step") or ())
    return frozenset(found)


def _tables(document: Mapping[str, Any], name: str) -> Mapping[str, Mapping[str, Any]]:
    tables = document.get(name)
    if not isinstance(tables, Mapping):
        return {}
    return {key: table for key, table in tables.items() if isinstance(table, Mapping)}


def _plugin(item: Installed, catalogue: Catalogue, enabled: frozenset[str]) -> dict[str, Any]:
    refusal = next(
        (
            refusal.reason
            for refusal in catalogue.refusals
            if (refusal.plugin, refusal.distribution) == (item.name, item.origin)
        ),
        "",
    )
    loaded = next((plugin for plugin in catalogue.plugins if plugin.origin == item), None)
    return {
        "name": item.name,
        "distribution": item.distribution,
        "version": item.version,
        "state": "refused"
        if refusal
        else "enabled"
        if item.name in enabled or item in BUILT_IN
        else "installed",
        "reason": refusal,
        "provides": [_value(value) for value in (loaded.values if loaded else ())],
    }


def _value(value: Value) -> dict[str, Any]:
    noun = {"is": NOUNS[type(value)], "name": name_of(value)}
    if not isinstance(value, SourceType | SinkType):
        return noun
    return {**noun, **_manifest(value.manifest)}


def _manifest(manifest: Manifest) -> dict[str, Any]:
    return {
        "title": manifest.title,
        "direction": manifest.direction.value,
        "roles": sorted(role.value for role in manifest.roles),
        "kinds": {
            kind: [operation.value for operation in sorted(operations)]
            for kind, operations in sorted(manifest.kinds.items())
        },
        "every": duration_text(manifest.frequency.default),
        "at_most_every": duration_text(manifest.frequency.minimum),
        "initiative": manifest.initiative.value,
        "capabilities": sorted(capability.value for capability in manifest.capabilities),
        "limits": list(manifest.limits),
    }


def _print(out: "Console", plugins: list[dict[str, Any]]) -> None:
    if not plugins:
        out.print("No plugin is installed.")
        return
    rows = [
        (
            plugin["name"],
            plugin["state"],
            ", ".join(dict.fromkeys(value["is"] for value in plugin["provides"])),
            f"{plugin['distribution']} {plugin['version']}",
        )
        for plugin in plugins
    ]
    out.print(table(("plugin", "state", "provides", "package"), rows))
    for plugin in plugins:
        for value in plugin["provides"]:
            if "kinds" in value:
                _print_connector(out, value)
    for plugin in plugins:
        if plugin["reason"]:
            out.print(f"\n{plugin['name']} was refused: {plugin['reason']}")


def _print_connector(out: "Console", value: dict[str, Any]) -> None:
    roles = ", ".join(value["roles"]) or "none"
    out.print(f"\n{value['name']}: {value['title']}, a {value['direction']}; roles: {roles}")
    out.print(f"runs every {value['every']} by default, every {value['at_most_every']} at the most")
    kinds = ((kind, ", ".join(operations)) for kind, operations in value["kinds"].items())
    out.print(table(("kind", "operations"), kinds))
    for limit in value["limits"]:
        out.print(f"- {limit}")
