"""The plugins that the configuration names: their values by name, and the refusals."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from subledger.catalogue.discovery import Installed, installed, local
from subledger.catalogue.loading import Trace, load
from subledger.catalogue.plugin import NOUNS, Plugin, Refusal, Value
from subledger.errors import PluginRefused
from subledger.guarding import Limits
from subledger.ports import (
    RecipeType,
    SecretResolverType,
    SimulatorType,
    SinkType,
    SourceType,
    StepType,
)

BUILT_IN: Final = (
    Installed(name="recipes", distribution="subledger", target="subledger.recipes.plugin"),
)
"""Plugins of the product itself, always there; a newcomer cannot take one of their names."""

TRACE_VARIABLE: Final = "SUBLEDGER_TRACE_PLUGINS"

V = TypeVar("V")


class Catalogue:
    """Loads plugins on demand, each at most once, and never more than was asked for.

    ``available`` are the plugins that could be loaded. Look-ups return None for what is not there;
    :meth:`why_not` tells the reason. Two plugins that give the same name are both refused.
    """

    def __init__(
        self,
        available: Iterable[Installed],
        *,
        built_in: Iterable[Installed] = BUILT_IN,
        trace: Trace | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._trace = trace
        self._limits = limits or Limits()
        self._available: dict[str, list[Installed]] = {}
        for item in available:
            self._available.setdefault(item.name, []).append(item)
        self._plugins: dict[str, Plugin] = {}
        self._refusals: dict[tuple[str, str], Refusal] = {}
        self._owners: dict[tuple[type[Any], str], list[Installed]] = {}
        self._values: dict[tuple[type[Any], str], Value] = {}
        self._built_in = frozenset(item for item in built_in if _exists(item.target))
        for item in self._built_in:
            self._load_one(item)

    @property
    def available(self) -> tuple[Installed, ...]:
        """Every plugin that could be loaded, by name."""
        return tuple(item for name in sorted(self._available) for item in self._available[name])

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """The loaded plugins, those of the product first."""
        return tuple(self._plugins.values())

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Every plugin that was asked for and left out, by name."""
        return tuple(self._refusals[key] for key in sorted(self._refusals))

    def load(self, names: Iterable[str]) -> None:
        """Loads the named plugins; what cannot be loaded is refused, what is absent ignored."""
        for name in names:
            items = self._available.get(name, [])
            if name in self._plugins or any(refusal.plugin == name for refusal in self.refusals):
                continue
            if len(items) > 1:
                self._refuse_all(items, f"the plugin {name!r}")
            elif items:
                self._load_one(items[0])

    def source(self, name: str) -> SourceType[Any] | None:
        """The source of this name."""
        return cast("SourceType[Any] | None", self._find(SourceType, name))

    def sink(self, name: str) -> SinkType[Any] | None:
        """The sink of this name."""
        return cast("SinkType[Any] | None", self._find(SinkType, name))

    def step(self, name: str) -> StepType[Any] | None:
        """The step of this name."""
        return cast("StepType[Any] | None", self._find(StepType, name))

    def recipe(self, name: str) -> RecipeType[Any] | None:
        """The recipe of this name."""
        return cast("RecipeType[Any] | None", self._find(RecipeType, name))

    def simulator(self, name: str) -> SimulatorType | None:
        """The simulator of this name."""
        return cast("SimulatorType | None", self._find(SimulatorType, name))

    def secret_resolver(self, scheme: str) -> SecretResolverType | None:
        """The place that secrets of this scheme are kept in."""
        return cast("SecretResolverType | None", self._find(SecretResolverType, scheme))

    def names(self, cls: type[Any]) -> tuple[str, ...]:
        """Names of the loaded values of a class."""
        return tuple(sorted(name for kind, name in self._values if kind is cls))

    def owner(self, value: Value) -> Installed | None:
        """The plugin that registered a value."""
        for plugin in self._plugins.values():
            if any(value is other for other in plugin.values):
                return plugin.origin
        return None

    def refusal(self, name: str) -> Refusal | None:
        """Why the plugin of this name, or the one that gives this name, is left out."""
        owners = {
            item.name for (_, key), items in self._owners.items() if key == name for item in items
        }
        for refusal in self.refusals:
            if refusal.plugin == name or refusal.plugin in owners:
                return refusal
        return None

    def why_not(self, cls: type[Any], name: str, *others: type[Any]) -> tuple[str, str]:
        """Message and hint for a name that no loaded value of the classes has."""
        refusal = self.refusal(name)
        if refusal is not None:
            return (
                f"the plugin was refused: {refusal}",
                "Correct the plugin, or upgrade or uninstall its package.",
            )
        noun = " or ".join(NOUNS[one] for one in (cls, *others))
        if name in self._plugins:
            origin = self._plugins[name].origin
            return f"{name!r} (from {origin.origin}) is no {noun}", ""
        known = {*self._available}.union(*(self.names(one) for one in (cls, *others)))
        near = get_close_matches(name, known, n=1)
        if near:
            return f"no {noun} is called {name!r}", f"Did you mean {near[0]!r}?"
        return (
            f"no {noun} is called {name!r}",
            f"Install its package (often subledger-{name}), or name its plugin under [plugins].",
        )

    def _find(self, cls: type[Any], name: str) -> Value | None:
        if (cls, name) not in self._values:
            self.load([name])
        return self._values.get((cls, name))

    def _load_one(self, item: Installed) -> None:
        if self._trace is not None:
            self._trace(f"load {item.name} from {item.origin}: {item.target or item.path}\n")
        try:
            plugin = load(item, self._trace, self._limits)
        except PluginRefused as refused:
            self._refuse(item, refused.reason)
            return
        rivals: list[Installed] = []
        for cls, name in plugin.names():
            owners = self._owners.setdefault((cls, name), [])
            if owners:
                rivals += [item, *owners]
                reason = f"the {NOUNS[cls]} {name!r}"
            owners.append(item)
        if rivals:
            self._refuse_all(rivals, reason)
            return
        self._plugins[item.name] = plugin
        self._values.update(zip(plugin.names(), plugin.values, strict=True))

    def _refuse_all(self, items: Iterable[Installed], what: str) -> None:
        rivals = {item.origin: item for item in items}
        for item in rivals.values():
            others = ", ".join(sorted(origin for origin in rivals if origin != item.origin))
            self._refuse(item, f"{what} is also given by {others}")

    def _refuse(self, item: Installed, reason: str) -> None:
        if item in self._built_in and item.name in self._plugins:
            return
        self._refusals[item.name, item.origin] = Refusal(
            plugin=item.name, distribution=item.origin, reason=reason
        )
        plugin = self._plugins.pop(item.name, None)
        for key in plugin.names() if plugin else ():
            del self._values[key]


def _exists(target: str) -> bool:
    try:
        return find_spec(target) is not None
    except ModuleNotFoundError:
        return False


def opener(
    environment: Mapping[str, str] | None = None,
) -> Callable[[Mapping[str, Path]], Catalogue]:
    """A function that opens catalogues of what is installed now and of some local files.

    What is installed is looked up once, so that many companies can be opened quickly.
    ``environment`` (default: the process's) may switch tracing to standard error on.
    """
    variables = os.environ if environment is None else environment
    traced = variables.get(TRACE_VARIABLE, "") not in {"", "0"}
    found = installed()
    return lambda files: Catalogue([*found, *local(files)], trace=_to_stderr if traced else None)


def open_catalogue(
    local_files: Mapping[str, Path] | None = None, environment: Mapping[str, str] | None = None
) -> Catalogue:
    """A catalogue of all installed plugins and some local files; nothing is loaded yet."""
    return opener(environment)(local_files or {})


def _to_stderr(line: str) -> None:
    sys.stderr.write(line)
