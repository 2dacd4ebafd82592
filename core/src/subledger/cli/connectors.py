"""`subledger connectors`: what is installed, what it can do, and what was refused."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

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


_STATES: Final = (
    "enabled: the configuration names it, or it is part of subledger; "
    "installed: it is there for a configuration to name it"
)


def connectors(
    *,
    load: Annotated[
        bool | None,
        Parameter(
            negative="--no-load",
            help="Load each plugin, or none, to show what it can do; by default those that the "
            "configuration names, and all where there is no configuration.",
        ),
    ] = None,
    options: ConfigOptions = ConfigOptions(),  # noqa: B008 - a frozen value
) -> int:
    """Show every installed plugin: direction, kinds, frequency, roles, and its state.

    Enabled is what the configuration names, and what is part of subledger itself; installed is
    what waits for a configuration to name it; refused is what cannot be used, with the reason.
    """
    documents = _documents(options.config)
    catalogue = open_catalogue(_files(documents))
    enabled = _enabled(documents.values())
    everyone = not documents if load is None else load
    if everyone or load is None:
        names = [item.name for item in catalogue.available]
        catalogue.load(name for name in names if everyone or name in enabled)
    own = [plugin.origin for plugin in catalogue.plugins if plugin.origin in BUILT_IN]
    everything = [*own, *catalogue.available]
    plugins = [_plugin(item, catalogue, enabled) for item in everything]
    show({"plugins": plugins}, lambda out: _print(out, plugins), as_json=options.json)
    return Exit.FAILED if catalogue.refusals else Exit.OK


def _documents(path: Path) -> Mapping[Path, Mapping[str, Any]]:
    """What the configuration's files say; those that cannot be read are left out."""
    found = {}
    for file in files.companies(path).values() if path.is_dir() else [path]:
        with suppress(Invalid):
            found[file] = files.read(file)
    return found


def _files(documents: Mapping[Path, Mapping[str, Any]]) -> Mapping[str, Path]:
    """The plugins that are single files."""
    return {
        name: file.absolute().parent / str(table["path"])
        for file, document in documents.items()
        for name, table in _tables(document, "plugins").items()
        if "path" in table
    }


def _enabled(documents: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Every name that the configuration mentions where a plugin may be named."""
    found: set[str] = set()
    for document in documents:
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
        "api": manifest.api,
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
    out.print(f"\n{_STATES}")
    for plugin in plugins:
        for value in plugin["provides"]:
            if "kinds" in value:
                _print_connector(out, value)
    for plugin in plugins:
        if plugin["reason"]:
            package = f"{plugin['distribution']} {plugin['version']}".strip()
            out.print(f"\n{plugin['name']} (from {package}) was refused: {plugin['reason']}")
    if any(plugin["state"] == "installed" and not plugin["provides"] for plugin in plugins):
        out.print("\nWhat the others can do is shown with --load; it imports them.")


def _print_connector(out: "Console", value: dict[str, Any]) -> None:
    roles = ", ".join(value["roles"]) or "none"
    out.print(f"\n{value['name']}: {value['title']}, a {value['direction']}; roles: {roles}")
    out.print(f"runs every {value['every']} by default, every {value['at_most_every']} at the most")
    kinds = ((kind, ", ".join(operations)) for kind, operations in value["kinds"].items())
    out.print(table(("kind", "operations"), kinds))
    for limit in value["limits"]:
        out.print(f"- {limit}")
