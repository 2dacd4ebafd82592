"""The hook specs: a plugin registers values, the configuration orders them, the kernel drives.

Every hook is called once at start, without arguments, for enabled plugins only, and may not do any
I/O. It returns an iterable of values; an exception or a value of another class refuses that plugin
by name. A name that two plugins register is refused for both.
"""

from collections.abc import Iterable
from typing import Any, Final

import pluggy

from subledger.ports import (
    RecipeType,
    SecretResolverType,
    SimulatorType,
    SinkType,
    SourceType,
    StepType,
)

GROUP: Final = "subledger"
"""Entry point group and pluggy project name."""

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


@hookspec
def register_sources() -> Iterable[SourceType[Any]]:
    """Sources: systems that business entities are read from."""
    raise NotImplementedError


@hookspec
def register_sinks() -> Iterable[SinkType[Any]]:
    """Sinks: books that documents are posted to."""
    raise NotImplementedError


@hookspec
def register_steps() -> Iterable[StepType[Any]]:
    """Steps that flows may list: they hold, skip or complete records."""
    raise NotImplementedError


@hookspec
def register_recipes() -> Iterable[RecipeType[Any]]:
    """Ready-made flows between two roles."""
    raise NotImplementedError


@hookspec
def register_simulators() -> Iterable[SimulatorType]:
    """Simulated outside systems, for development, demonstration and tests."""
    raise NotImplementedError


@hookspec
def register_secret_resolvers() -> Iterable[SecretResolverType]:
    """Places that secrets can be kept in, beside the environment and files."""
    raise NotImplementedError
