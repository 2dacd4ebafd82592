"""Composes a configuration file for two connectors and a recipe."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from subledger.catalogue import Catalogue
from subledger.config import schema, template
from subledger.config.problems import Invalid
from subledger.config.secrets import SecretReader
from subledger.config.structure import Structurer
from subledger.errors import ConfigError, Problem
from subledger.ports import FlowPlan, RecipeType, SinkType, SourceType

BOOKS: Final = "books"
"""What the connection of the sink is called; that of the source has its connector's name."""

_HEAD: Final = """\
# Configuration of subledger.
# A setting behind "#" is its default: remove the "#" to change it. A secret stands here by
# reference only: { env = "NAME" } or { file = "PATH" }.
# `subledger check` tells every mistake at once.
"""


def compose(catalogue: Catalogue, *, source: str, sink: str, recipe: str) -> str:
    """The text of the file: every setting with its description and default or example.

    Raises ConfigError where there is no such source, sink or recipe.
    """
    problems: list[Problem] = []
    from_type = catalogue.source(source)
    to_type = catalogue.sink(sink)
    recipe_type = catalogue.recipe(recipe)
    if from_type is None:
        problems.append(_absent(catalogue, SourceType, source, "--source"))
    if to_type is None:
        problems.append(_absent(catalogue, SinkType, sink, "--sink"))
    if recipe_type is None:
        problems.append(_absent(catalogue, RecipeType, recipe, "--recipe"))
    if from_type is None or to_type is None or recipe_type is None:
        raise ConfigError(problems)
    lines = [
        _HEAD,
        *_section("store", schema.StoreSettings),
        *_section("server", schema.ServerSettings),
        *_section("log", schema.LogSettings),
        *_connection(source, from_type),
        *_connection(BOOKS, to_type),
        *_flow(recipe_type, source, catalogue),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _absent(catalogue: Catalogue, cls: type[Any], name: str, option: str) -> Problem:
    message, hint = catalogue.why_not(cls, name)
    return Problem(path=option, message=message, hint=hint)


def _section(name: str, cls: type[Any], given: Mapping[str, Any] | None = None) -> Iterator[str]:
    yield f"[{name}]"
    yield from template.fields(cls, prefix="SUBLEDGER", given=given)
    yield ""


def _connection(name: str, type_: SourceType[Any] | SinkType[Any]) -> Iterator[str]:
    manifest = type_.manifest
    yield f"# {manifest.title}"
    yield f"[connections.{name}]"
    yield f'connector = "{manifest.name}"'
    prefix = manifest.name.replace("-", "_")
    lines = list(template.fields(type_.config, prefix=prefix))
    if not _holds(type_.config, lines):
        lines = list(template.fields(type_.config, prefix=prefix, secrets=True))
    yield from lines
    yield ""


class _AnyVariable(dict[str, str]):
    """An environment in which every variable is set."""

    def __contains__(self, _name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return f"value of {name}"


def _holds(cls: type[Any], lines: Iterable[str]) -> bool:
    """Whether the lines make a sound table once the variables they name are set."""
    try:
        _structurer().read(tomllib.loads("\n".join(lines)), cls)
    except (Invalid, tomllib.TOMLDecodeError):
        return False
    return True


def _structurer() -> Structurer:
    return Structurer(SecretReader(folder=Path(), environment=_AnyVariable()))


def _flow(recipe: RecipeType[Any], source: str, catalogue: Catalogue) -> Iterator[str]:
    flow = f"flows.{recipe.name}"
    given = {"recipe": recipe.name, "source": source, "sink": BOOKS}
    yield f"# {recipe.title}"
    yield f"[{flow}]"
    yield from template.fields(
        schema.FlowTable, prefix="", given=given, without=frozenset({"settings", "step"})
    )
    yield ""
    settings = list(_section(f"{flow}.settings", recipe.settings))
    yield from settings
    for name, defaults in _default_steps(recipe, settings[1:]):
        step = catalogue.step(name)
        if step is not None:
            yield from _section(f"{flow}.step.{name}", step.config, given=defaults)


def _default_steps(
    recipe: RecipeType[Any], settings: Iterable[str]
) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """The recipe's steps with these settings; none where they have to be filled in first."""
    try:
        table = tomllib.loads("\n".join(settings))
        plan = recipe.plan(_structurer().read(table, recipe.settings))
    except Exception:  # noqa: BLE001 - a plugin's code, and only a convenience
        return ()
    return plan.steps if isinstance(plan, FlowPlan) else ()
