"""The reference of the configuration, from the attrs classes that it is read into. Pure."""

from collections.abc import Iterator
from typing import Any, Final

import attrs

from reference.markdown import code, plain, table
from reference.types import default_text, nested, type_text
from subledger.catalogue import Catalogue
from subledger.config import schema
from subledger.config.fields import description
from subledger.ports import RecipeType, SinkType, SourceType, StepType

_TABLES: Final = (
    ("[store]", schema.StoreSettings),
    ("[server]", schema.ServerSettings),
    ("[log]", schema.LogSettings),
    ("[debug]", schema.DebugSettings),
    ("[vault]", schema.VaultSettings),
    ("[plugins.NAME]", schema.PluginTable),
    ("[flows.NAME]", schema.FlowTable),
)


def fields_table(cls: type[Any]) -> str:
    """Every field of a class: name, type, default, meaning."""
    rows = [
        (
            code(attribute.alias),
            type_text(attribute.type),
            code(default_text(attribute)),
            description(attribute),
        )
        for attribute in attrs.fields(attrs.resolve_types(cls))
        if attribute.init
    ]
    return table(("setting", "type", "default", "meaning"), rows)


def class_section(title: str, cls: type[Any], level: int = 2) -> Iterator[str]:
    """A heading, the sentence of the class, its fields, and those of the tables inside it."""
    yield f"{'#' * level} {title}\n"
    yield plain(cls.__doc__).split("\n\n")[0].strip() + "\n"
    yield fields_table(cls)
    inner = [other for other in nested(cls) if other is not cls]
    for other in dict.fromkeys(inner):
        yield f"`{other.__name__}`: {plain(other.__doc__).split(chr(10))[0].strip()}\n"
        yield fields_table(other)


def configuration_page(catalogue: Catalogue) -> str:
    """The kernel's tables, then the settings of every connector, recipe and step."""
    parts: list[str] = []
    for title, cls in _TABLES:
        parts += class_section(f"`{title}`", cls)
    for name, config in connector_settings(catalogue).items():
        parts += class_section(f'`[connections.NAME]` with `connector = "{name}"`', config)
    for recipe in values(catalogue, RecipeType):
        title = f'`[flows.NAME.settings]` with `recipe = "{recipe.name}"`'
        parts += class_section(title, recipe.settings)
    for step in values(catalogue, StepType):
        parts += class_section(f"`[flows.NAME.step.{step.name}]`", step.config)
    return "\n".join(parts)


def connectors(catalogue: Catalogue) -> Iterator[tuple[str, SourceType[Any] | SinkType[Any]]]:
    """Every source and sink by name."""
    for cls in (SourceType, SinkType):
        for value in values(catalogue, cls):
            yield value.manifest.name, value


def connector_settings(catalogue: Catalogue) -> dict[str, type[Any]]:
    """The settings of every connector by its name; a source and a sink of one name share them."""
    return {name: value.config for name, value in connectors(catalogue)}


def connector_table(catalogue: Catalogue, name: str) -> str:
    """The settings of one connector."""
    return fields_table(connector_settings(catalogue)[name])


def recipe_table(catalogue: Catalogue, name: str) -> str:
    """The settings of one recipe."""
    recipes = {recipe.name: recipe.settings for recipe in values(catalogue, RecipeType)}
    return fields_table(recipes[name])


def values(catalogue: Catalogue, cls: type[Any]) -> list[Any]:
    """Every loaded value of a class, in the order of the plugins."""
    return [
        value for plugin in catalogue.plugins for value in plugin.values if isinstance(value, cls)
    ]
