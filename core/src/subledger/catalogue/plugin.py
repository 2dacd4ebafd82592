"""What became of a plugin: loaded with its values, or refused with the reason."""

from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from subledger.catalogue.discovery import Installed
from subledger.ports import (
    RecipeType,
    SecretResolverType,
    SimulatorType,
    SinkType,
    SourceType,
    StepType,
)

Value = (
    SourceType[Any]
    | SinkType[Any]
    | StepType[Any]
    | RecipeType[Any]
    | SimulatorType
    | SecretResolverType
)
"""Anything that a plugin can register."""

NOUNS: Final[dict[type[Any], str]] = {
    SourceType: "source",
    SinkType: "sink",
    StepType: "step",
    RecipeType: "recipe",
    SimulatorType: "simulator",
    SecretResolverType: "secret resolver",
}
"""What a registered value is called in messages."""


def name_of(value: Value) -> str:
    """The name by which the configuration finds a registered value."""
    if isinstance(value, SourceType | SinkType):
        return value.manifest.name
    return value.scheme if isinstance(value, SecretResolverType) else value.name


@frozen(kw_only=True)
class Plugin:
    """A loaded plugin and everything it registered, checked."""

    origin: Installed
    values: tuple[Value, ...]

    def names(self) -> Iterator[tuple[type[Any], str]]:
        """Class and name of each value; no two plugins may share one."""
        for value in self.values:
            yield type(value), name_of(value)


@frozen(kw_only=True)
class Refusal:
    """A plugin that is left out, and why; the others run."""

    plugin: str
    distribution: str
    reason: str

    def __str__(self) -> str:
        return f"{self.plugin} (from {self.distribution}): {self.reason}"
