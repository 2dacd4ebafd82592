"""The name of a new package, in every form in which it is written."""

import re
from collections.abc import Iterable
from typing import Final

from attrs import frozen

from subledger.catalogue import BUILT_IN, Installed
from subledger.errors import ConfigError, Problem

SHIPPED: Final = frozenset(
    {"approvals", "mapping", "pex", "quickbooks-desktop", "quickbooks-online", "syncro"}
)
"""Names of the connectors and plugins of this project, installed or not."""

LONGEST: Final = 24
"""Characters of a name at most, so that every generated line fits."""

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")


@frozen
class Names:
    """The forms of a name such as ``our-bank``."""

    name: str

    @property
    def distribution(self) -> str:
        """As it is installed: ``subledger-our-bank``."""
        return f"subledger-{self.name}"

    @property
    def package(self) -> str:
        """As it is imported: ``subledger_our_bank``."""
        return self.distribution.replace("-", "_")

    @property
    def title(self) -> str:
        """As people read it: ``Our Bank``."""
        return " ".join(word.capitalize() for word in self.name.split("-"))

    @property
    def cls(self) -> str:
        """The beginning of a class's name: ``OurBank``."""
        return self.title.replace(" ", "")

    @property
    def variable(self) -> str:
        """The beginning of an environment variable's name: ``OUR_BANK``."""
        return self.name.replace("-", "_").upper()


def checked(name: str, installed: Iterable[Installed]) -> Names:
    """The forms of a name that is free. Raises ConfigError that says what to write instead."""
    if not _NAME.match(name):
        raise _refused(
            f"{name!r} is not a name: lower-case letters, digits and single hyphens",
            f"Write {guess!r}." if (guess := _guess(name)) else "Begin it with a letter.",
        )
    if len(name) > LONGEST:
        raise _refused(
            f"{name!r} has {len(name)} characters", f"Choose a name of {LONGEST} at most."
        )
    if name.startswith("subledger"):
        raise _refused(
            f"{name!r} begins with subledger, and so will the package",
            f"Write {name.removeprefix('subledger').strip('-') or 'the name of the system'!r}.",
        )
    if name in SHIPPED or any(name == item.name for item in BUILT_IN):
        raise _refused(
            f"{name!r} is the name of a part of subledger", "Choose another name for yours."
        )
    taken = next((item for item in installed if item.name == name), None)
    if taken is not None:
        raise _refused(
            f"{name!r} is taken by {taken.origin}, which is installed here",
            "Choose another name: two plugins of one name would both be refused.",
        )
    return Names(name)


def _guess(name: str) -> str:
    """The nearest name that is one; empty where there is none."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name)
    found = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
    return found if _NAME.match(found) else ""


def _refused(message: str, hint: str) -> ConfigError:
    return ConfigError([Problem(path="NAME", message=message, hint=hint)])
