"""Plugins without a package: values that are registered as the hooks of a package register them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from attrs import frozen

from subledger.catalogue import Catalogue, Installed, Value, installed, local, name_of
from subledger.hooks import hookimpl
from subledger.ports import (
    RecipeType,
    SecretResolverType,
    SimulatorType,
    SinkType,
    SourceType,
    StepType,
)


@frozen(eq=False)
class Registered:
    """What the module of a plugin is to the kernel: hooks that hand its values over."""

    values: Sequence[object]

    @hookimpl
    def register_sources(self) -> Iterable[object]:
        """The sources among the values."""
        return self._of(SourceType)

    @hookimpl
    def register_sinks(self) -> Iterable[object]:
        """The sinks among the values."""
        return self._of(SinkType)

    @hookimpl
    def register_steps(self) -> Iterable[object]:
        """The steps among the values."""
        return self._of(StepType)

    @hookimpl
    def register_recipes(self) -> Iterable[object]:
        """The recipes among the values."""
        return self._of(RecipeType)

    @hookimpl
    def register_simulators(self) -> Iterable[object]:
        """The simulators among the values."""
        return self._of(SimulatorType)

    @hookimpl
    def register_secret_resolvers(self) -> Iterable[object]:
        """The secret resolvers among the values."""
        return self._of(SecretResolverType)

    def _of(self, cls: type[object]) -> list[object]:
        return [value for value in self.values if isinstance(value, cls)]


def catalogue_of(values: Iterable[Value]) -> Callable[[Mapping[str, Path]], Catalogue]:
    """Opens catalogues of these values, and of all that is installed under other names.

    Each value is a plugin of its own name; a source and a sink of one name are one plugin.
    """
    named: dict[str, list[Value]] = {}
    for value in values:
        named.setdefault(name_of(value), []).append(value)
    ours = [
        Installed(name=name, distribution="in memory", module=Registered(tuple(group)))
        for name, group in named.items()
    ]
    others = [item for item in _installed() if item.name not in named]
    return lambda files: Catalogue([*ours, *others, *local(files)])


@lru_cache(maxsize=1)
def _installed() -> tuple[Installed, ...]:
    return installed()
