"""Loads the configuration: one file, or a folder with one file a company."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import attrs

from subledger.catalogue import opener
from subledger.config import files
from subledger.config.company import OpenCatalogue, read_company
from subledger.config.problems import Invalid, Report, did_you_mean, invalid
from subledger.config.schema import CompanyDocument, GlobalDocument, StoreSettings
from subledger.config.secrets import SecretReader
from subledger.config.settings import Settings
from subledger.config.structure import Structurer
from subledger.errors import ConfigError, Problem

_SQLITE: Final = "sqlite:///"
_GLOBAL: Final = frozenset(field.name for field in attrs.fields(GlobalDocument))
_COMPANY: Final = frozenset(field.name for field in attrs.fields(CompanyDocument))


def load_settings(
    path: Path,
    catalogue: OpenCatalogue | None = None,
    *,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """The settings of a file or of all companies of a folder.

    Raises :class:`ConfigError` with every problem at once. ``environment`` are the variables that
    secrets may stand in (default: the process's). ``catalogue`` opens the plugins (default: all
    that are installed now).
    """
    settings, bad = load_companies(path, catalogue, environment=environment)
    if bad:
        raise ConfigError(problem for problems in bad.values() for problem in problems)
    return settings


def load_companies(
    path: Path,
    catalogue: OpenCatalogue | None = None,
    *,
    environment: Mapping[str, str] | None = None,
) -> tuple[Settings, Mapping[str, tuple[Problem, ...]]]:
    """The settings of all good companies, and the problems of each bad file by its name.

    Raises :class:`ConfigError` where nothing can start at all: for a single file, or for the file
    that is one for all companies.
    """
    variables = os.environ if environment is None else environment
    opened = opener() if catalogue is None else catalogue
    if not path.is_dir():
        try:
            return _file(path, variables, opened), {}
        except Invalid as error:
            raise ConfigError(error.problems) from error
    return _folder(path, variables, opened)


def _file(path: Path, environment: Mapping[str, str], catalogue: OpenCatalogue) -> Settings:
    document = files.read(path)
    report = Report()
    folder = path.absolute().parent
    _refuse_unknown(document, _GLOBAL | _COMPANY, report)
    common = _common(document, folder, environment, report)
    company = read_company(
        document,
        company="",
        folder=folder,
        environment=environment,
        open_catalogue=catalogue,
        report=report,
    )
    report.raise_if_any()
    return attrs.evolve(company, **_tables(common))


def _folder(
    folder: Path, environment: Mapping[str, str], catalogue: OpenCatalogue
) -> tuple[Settings, Mapping[str, tuple[Problem, ...]]]:
    folder = folder.absolute()
    try:
        common = _global(folder, environment)
    except Invalid as error:
        path = folder / files.GLOBAL_FILE
        raise ConfigError(_named(path, problem) for problem in error.problems) from error
    bad: dict[str, tuple[Problem, ...]] = {}
    settings = Settings(folder=folder, **_tables(common))
    for company, path in files.companies(folder).items():
        try:
            found = _company(company, path, environment, catalogue)
        except Invalid as error:
            bad[path.name] = tuple(_named(path, problem) for problem in error.problems)
        else:
            settings = _joined(settings, found, path)
    return settings, bad


def _global(folder: Path, environment: Mapping[str, str]) -> GlobalDocument:
    path = folder / files.GLOBAL_FILE
    document = files.read(path) if path.exists() else {}
    report = Report()
    _refuse_unknown(document, _GLOBAL, report)
    common = _common(document, folder, environment, report)
    report.raise_if_any()
    return common


def _company(
    company: str, path: Path, environment: Mapping[str, str], catalogue: OpenCatalogue
) -> Settings:
    if "." in company or company != company.strip():
        raise invalid(f"{path.name} is not a name for a company's file", "Use letters and hyphens.")
    document = files.read(path)
    report = Report()
    _refuse_unknown(document, _COMPANY, report)
    settings = read_company(
        document,
        company=company,
        folder=path.parent,
        environment=environment,
        open_catalogue=catalogue,
        report=report,
    )
    report.raise_if_any()
    return settings


def _refuse_unknown(document: Mapping[str, Any], possible: frozenset[str], report: Report) -> None:
    for name in document:
        if name in possible:
            continue
        hint = (
            f"It belongs into {files.GLOBAL_FILE}."
            if name in _GLOBAL
            else "It belongs into a company's own file."
            if name in _COMPANY
            else did_you_mean(name, possible)
        )
        report.problems.append(
            Problem(path=name, message="is not a table that is known", hint=hint)
        )


def _common(
    document: Mapping[str, Any], folder: Path, environment: Mapping[str, str], report: Report
) -> GlobalDocument:
    structurer = Structurer(SecretReader(folder=folder, environment=environment))
    found = {
        field.name: report.attempt(
            field.name, partial(structurer.read, document[field.name], field.type or dict)
        )
        for field in attrs.fields(attrs.resolve_types(GlobalDocument))
        if field.name in document
    }
    common = GlobalDocument(**{name: table for name, table in found.items() if table is not None})
    store = report.attempt("store.url", partial(_located, common.store, folder))
    return common if store is None else attrs.evolve(common, store=store)


def _located(store: StoreSettings, folder: Path) -> StoreSettings:
    scheme, _, rest = store.url.partition("://")
    if scheme.partition("+")[0] == "postgresql":
        if ":" in rest.rpartition("@")[0]:
            hint = 'Remove it from the url and add password = { env = "NAME" }.'
            raise invalid("a password may not stand here in clear text", hint)
        return store
    if not store.url.startswith(_SQLITE):
        hint = 'Write "sqlite:///subledger.db" or "postgresql://user@host/database".'
        raise invalid("is not the address of a database that is known", hint)
    name = store.url.removeprefix(_SQLITE)
    if name in {"", ":memory:"}:
        return store
    return attrs.evolve(store, url=f"{_SQLITE}{folder / name}")


def _tables(common: GlobalDocument) -> dict[str, Any]:
    return {name: getattr(common, name) for name in _GLOBAL}


def _joined(settings: Settings, company: Settings, path: Path) -> Settings:
    return attrs.evolve(
        settings,
        connections={**settings.connections, **company.connections},
        flows={**settings.flows, **company.flows},
        left_out=(*settings.left_out, *(_named(path, problem) for problem in company.left_out)),
        refusals=tuple(dict.fromkeys((*settings.refusals, *company.refusals))),
    )


def _named(path: Path, problem: Problem) -> Problem:
    return attrs.evolve(problem, path=f"{path.name}: {problem.path}".removesuffix(": "))
