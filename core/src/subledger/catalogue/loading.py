"""Loads one plugin in isolation: whatever it does wrong, it alone is refused."""

import hashlib
import importlib.util
import sys
from collections.abc import Callable, Iterable
from functools import partial
from importlib import metadata
from itertools import islice
from types import ModuleType
from typing import Any, Final, TypeVar

import pluggy

from subledger import hooks
from subledger.catalogue.adapting import adapted, warn_if_old
from subledger.catalogue.discovery import Installed
from subledger.catalogue.plugin import NOUNS, Plugin, Value
from subledger.catalogue.validation import faults
from subledger.errors import PluginRefused
from subledger.guarding import (
    Guard,
    Limits,
    Owner,
    TookTooLong,
    claims,
    guarded,
    in_time,
    reason_of,
)
from subledger.hooks import GROUP
from subledger.ports import (
    RecipeType,
    SecretResolverType,
    SimulatorType,
    SinkType,
    SourceType,
    StepType,
)

T = TypeVar("T")
Trace = Callable[[str], None]
"""Takes one line about what a plugin did."""

_HOOKS: Final[dict[str, type[Any]]] = {
    "register_sources": SourceType,
    "register_sinks": SinkType,
    "register_steps": StepType,
    "register_recipes": RecipeType,
    "register_simulators": SimulatorType,
    "register_secret_resolvers": SecretResolverType,
}
_MOST_VALUES: Final = 1000
_EASY: Final = Limits()

_loaded: set[Installed] = set()
"""What was loaded in time once: its modules are there, so that it need not be watched again."""
_stuck: dict[Installed, str] = {}
"""What did not end: it is not tried again, since it may hold locks until the program ends."""


def load(item: Installed, trace: Trace | None = None, limits: Limits = _EASY) -> Plugin:
    """The plugin and what it registered, guarded.

    Raises :class:`PluginRefused`, and nothing else.
    """
    if item in _stuck:
        raise _refused(item, _stuck[item])
    owner = Owner(item.name, item.origin)
    claims(_package(item), owner)
    values = _in_time(item, lambda: _values(item, trace), limits.load)
    isolated(item, "is too old", lambda: warn_if_old(item, values))
    guard = Guard(owner=owner, limits=limits)
    plugin = Plugin(origin=item, values=tuple(guarded(adapted(value), guard) for value in values))
    keys = list(plugin.names())
    for cls, name in keys:
        if keys.count((cls, name)) > 1:
            raise _refused(item, f"registers the {NOUNS[cls]} {name!r} twice")
    configs = {value.config for value in values if isinstance(value, SourceType | SinkType)}
    if len(configs) > 1:
        raise _refused(item, "source and sink have different config classes")
    polled = any(isinstance(value, SinkType) and value.peer is not None for value in values)
    if not polled and any(isinstance(value, SourceType) and value.open is None for value in values):
        raise _refused(item, "its source polls us, but no sink of it has a peer that answers")
    return plugin


def _values(item: Installed, trace: Trace | None) -> list[Value]:
    module = isolated(item, "cannot be imported", lambda: _import(item))
    manager = _manager(item, module, trace)
    values: list[Value] = []
    for hook, cls in _HOOKS.items():
        results = isolated(item, f"{hook} failed", partial(_call, manager, hook))
        values += [_checked(item, hook, cls, value) for value in results]
    return values


def _in_time(item: Installed, action: Callable[[], list[Value]], seconds: float) -> list[Value]:
    if item in _loaded:
        return action()
    try:
        values = in_time(action, seconds)
    except TookTooLong as error:
        reason = f"its import and hooks did not end within {seconds:g} seconds"
        _stuck[item] = f"{reason}; it is tried again when the program starts anew"
        raise _refused(item, reason) from error
    _loaded.add(item)
    return values


def _package(item: Installed) -> str:
    """The package whose code is the plugin's."""
    if item.path is not None:
        return _local_name(item)
    module = item.target.partition(":")[0]
    return module.rpartition(".")[0] or module


def isolated(item: Installed, failure: str, action: Callable[[], T]) -> T:
    """What ``action`` returns; what it raises refuses the plugin, sys.exit() too, not Ctrl-C."""
    try:
        return action()
    except (KeyboardInterrupt, PluginRefused):
        raise
    except BaseException as error:
        raise _refused(item, f"{failure}: {reason_of(error)}") from error


def _refused(item: Installed, reason: str) -> PluginRefused:
    return PluginRefused(item.name, item.origin, reason)


def _import(item: Installed) -> object:
    if item.module is not None:
        return item.module
    if item.path is None:
        return metadata.EntryPoint(item.name, item.target, GROUP).load()
    return _import_file(item)


def _local_name(item: Installed) -> str:
    path = str(item.path)
    return f"subledger_local_{hashlib.blake2b(path.encode(), digest_size=8).hexdigest()}"


def _import_file(item: Installed) -> ModuleType:
    path, name = str(item.path), _local_name(item)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _manager(item: Installed, module: object, trace: Trace | None) -> pluggy.PluginManager:
    """A manager for this plugin alone, so that no plugin's wrapper can touch another's values."""
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hooks)
    if trace is not None:
        manager.trace.root.setwriter(trace)
        manager.enable_tracing()

    def register() -> None:
        manager.register(module, item.name)
        manager.check_pending()
        if not manager.get_hookcallers(module):
            raise ValueError("it implements no hook; mark the functions with @hookimpl")

    isolated(item, "breaks the hook specs", register)
    return manager


def _call(manager: pluggy.PluginManager, hook: str) -> list[object]:
    values: list[object] = []
    for result in getattr(manager.hook, hook)():
        if not isinstance(result, Iterable):
            raise TypeError(f"returned {type(result).__name__}, not an iterable of values")
        values += islice(result, _MOST_VALUES + 1)
    if len(values) > _MOST_VALUES:
        raise ValueError(f"returned more than {_MOST_VALUES} values")
    return values


def _checked(item: Installed, hook: str, cls: type[Any], value: object) -> Value:
    if not isinstance(value, cls):
        name = type(value).__name__
        raise _refused(item, f"{hook} returned a value of class {name}, not {cls.__name__}")
    sound: Value = value
    found = isolated(item, f"{hook} returned an unusable value", lambda: faults(sound, item.name))
    if found:
        raise _refused(item, "; ".join(found))
    return sound
