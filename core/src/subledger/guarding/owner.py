"""Whose code it is: the plugin and the distribution behind a frame of the interpreter."""

from types import CodeType, FrameType
from typing import Any, Final

from attrs import frozen


@frozen
class Owner:
    """A plugin as it is named to people: ``origin`` is its distribution with the version."""

    plugin: str
    origin: str

    def __str__(self) -> str:
        return f"{self.plugin} (from {self.origin})"


_PACKAGES: Final[dict[str, Owner]] = {}
"""Owners by the package that their entry point is in: code is told by where it was defined."""
_MARKS: Final[set[CodeType]] = set()
_KERNEL: Final = "subledger"


def claims(package: str, owner: Owner) -> None:
    """Notes that the code of a package, and of the packages in it, is a plugin's."""
    if package and package != _KERNEL:
        _PACKAGES[package] = owner


def marks(function: Any) -> None:
    """Notes a function of ours that calls plugin code for its argument ``owner``."""
    _MARKS.add(function.__code__)


def of_module(name: str) -> Owner | None:
    """The plugin that a module belongs to."""
    while name:
        if name in _PACKAGES:
            return _PACKAGES[name]
        name = name.rpartition(".")[0]
    return None


def culprit(frame: FrameType | None) -> Owner | None:
    """The plugin whose code runs in a frame, itself or in a library that it called.

    None where the kernel runs, also where a plugin has called it: it must not be interrupted.
    """
    while frame is not None:
        if frame.f_code in _MARKS:
            return frame.f_locals.get("owner")
        name = str(frame.f_globals.get("__name__", ""))
        owner = of_module(name)
        if owner is not None:
            return owner
        if name.partition(".")[0] == _KERNEL:
            return None
        frame = frame.f_back
    return None
