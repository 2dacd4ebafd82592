"""Reads the connections, flows and plugins of one company."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from subledger.catalogue import Catalogue
from subledger.config import checks
from subledger.config.flows import Surroundings, absent, build_flow
from subledger.config.problems import Report, did_you_mean, invalid, under
from subledger.config.schema import FlowTable, PluginTable
from subledger.config.secrets import SecretReader
from subledger.config.settings import ConnectionSettings, FlowSettings, Settings
from subledger.config.structure import Structurer
from subledger.errors import Problem
from subledger.ports import SecretResolverType, SinkType, SourceType

OpenCatalogue = Callable[[Mapping[str, Path]], Catalogue]
"""Opens a catalogue that also knows some local files, by plugin name."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")
_TABLES: Final = ("connections", "flows", "plugins")


def read_company(
    document: Mapping[str, Any],
    *,
    company: str,
    folder: Path,
    environment: Mapping[str, str],
    open_catalogue: OpenCatalogue,
    report: Report,
) -> Settings:
    """What a company's tables say; what is wrong with them is noted in ``report``."""
    tables = {name: _table(document, name, report) for name in _TABLES}
    plugins = _plugins(tables["plugins"], _structurer(folder, environment), report)
    catalogue = open_catalogue({name: path for name, path in plugins.items() if path is not None})
    catalogue.load(plugins)
    reader = SecretReader(
        folder=folder,
        environment=environment,
        resolver=lambda scheme: _resolver(catalogue, scheme),
        schemes=lambda: catalogue.names(SecretResolverType),
    )
    structurer = Structurer(reader)
    connections, left_out = _connections(
        tables["connections"], company, catalogue, structurer, report
    )
    around = Surroundings(
        company=company,
        catalogue=catalogue,
        structurer=structurer,
        connections=connections,
        broken=frozenset(tables["connections"]) - left_out - frozenset(connections),
        left_out=left_out,
    )
    flows = _flows(tables["flows"], around, report)
    for name in plugins:
        refusal = catalogue.refusal(name)
        if refusal:
            report.left_out.append(Problem(path=f"plugins.{name}", message=f"refused: {refusal}"))
        elif all(item.name != name for item in catalogue.available):
            hint = did_you_mean(name, {item.name for item in catalogue.available})
            problem = Problem(path=f"plugins.{name}", message="is not installed", hint=hint)
            report.problems.append(problem)
    return Settings(
        folder=folder,
        connections={connection.name: connection for connection in connections.values()},
        flows={flow.name: flow for flow in flows},
        left_out=tuple(report.left_out),
        refusals=catalogue.refusals,
    )


def _structurer(folder: Path, environment: Mapping[str, str]) -> Structurer:
    return Structurer(SecretReader(folder=folder, environment=environment))


def _table(document: Mapping[str, Any], name: str, report: Report) -> Mapping[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, Mapping):
        report.problems.append(Problem(path=name, message="is not a table"))
        return {}
    for key in table:
        if not _NAME.match(key):
            message = f"{key!r} is not a name: letters, digits, hyphens and underscores"
            report.problems.append(Problem(path=name, message=message))
    return table


def _plugins(
    tables: Mapping[str, Any], structurer: Structurer, report: Report
) -> Mapping[str, Path | None]:
    found = {
        name: report.attempt(f"plugins.{name}", partial(_plugin, table, structurer))
        for name, table in tables.items()
    }
    return {name: table.path for name, table in found.items() if table is not None}


def _plugin(table: object, structurer: Structurer) -> PluginTable:
    plugin = structurer.read(table, PluginTable)
    if plugin.path is not None and not plugin.path.is_file():
        raise invalid(f"there is no file {plugin.path}", "", "path")
    return plugin


def _resolver(catalogue: Catalogue, scheme: str) -> Callable[[str], str] | None:
    found = catalogue.secret_resolver(scheme)
    return found.resolve if found else None


def _connections(
    tables: Mapping[str, Any],
    company: str,
    catalogue: Catalogue,
    structurer: Structurer,
    report: Report,
) -> tuple[Mapping[str, ConnectionSettings], frozenset[str]]:
    found: dict[str, ConnectionSettings] = {}
    left_out: set[str] = set()
    for name, table in tables.items():
        before = len(report.left_out)
        full = f"{company}.{name}" if company else name
        read = partial(_connection, full, company, table, catalogue, structurer)
        connection = report.attempt(f"connections.{name}", read)
        if connection is not None:
            found[name] = connection
        elif len(report.left_out) > before:
            left_out.add(name)
    return found, frozenset(left_out)


def _connection(
    name: str, company: str, table: object, catalogue: Catalogue, structurer: Structurer
) -> ConnectionSettings:
    if not isinstance(table, Mapping):
        raise invalid("is not a table")
    connector = table.get("connector")
    if not isinstance(connector, str):
        raise invalid(
            "is missing" if connector is None else "is not a text", _known(catalogue), "connector"
        )
    source, sink = catalogue.source(connector), catalogue.sink(connector)
    type_ = source or sink
    if type_ is None:
        raise absent(catalogue, SourceType, connector, "connector", SinkType)
    own = {key: value for key, value in table.items() if key != "connector"}
    return ConnectionSettings(
        name=name,
        company=company,
        connector=connector,
        config=structurer.read(own, type_.config),
        type=source,
        sink=sink,
    )


def _known(catalogue: Catalogue) -> str:
    names = ", ".join(sorted({item.name for item in catalogue.available}))
    return f"Installed: {names}." if names else "No connector is installed."


def _flows(tables: Mapping[str, Any], around: Surroundings, report: Report) -> list[FlowSettings]:
    found: list[FlowSettings] = []
    for name, table in tables.items():
        path = f"flows.{name}"
        read = report.attempt(path, partial(around.structurer.read, table, FlowTable))
        flow = report.attempt(path, partial(build_flow, name, read, around)) if read else None
        if flow is not None:
            found.append(flow)
    connections = {one.name: one for one in around.connections.values()}
    wrong = [*checks.doubled(found), *checks.opposed(found, connections)]
    report.problems += [under("flows", problem) for problem in wrong]
    return found
