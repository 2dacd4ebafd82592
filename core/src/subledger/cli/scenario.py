"""A demonstration as its file describes it, and the placeholders that are filled in."""

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import cattrs
from attrs import field, frozen

from subledger.errors import ConfigError, Problem

_FOLDER = "subledger.cli.scenarios"
_SUFFIX = ".toml"


@frozen(kw_only=True)
class Simulator:
    """A simulated system that listens; ``{name}`` is its address from then on."""

    name: str
    arguments: tuple[str, ...]


@frozen(kw_only=True)
class Entry:
    """What is entered by hand before anything runs; ``keep`` names the identifier it gets."""

    entity: str
    body: Mapping[str, Any]
    keep: str = ""


@frozen(kw_only=True)
class Preparation:
    """Entries that are posted to an address of a simulator, one after the other."""

    address: str
    bodies: tuple[Entry, ...]


@frozen(kw_only=True)
class Delivery:
    """How the books get their documents.

    Books that come for them are a ``simulator`` that runs and ends, the ``first`` time with more
    arguments; without one the kernel calls them.
    """

    says: str
    simulator: str = ""
    arguments: tuple[str, ...] = ()
    first: tuple[str, ...] = ()


@frozen(kw_only=True)
class TrialBalance:
    """Where the books show their balances: an ``address``, or a ``simulator`` that prints them."""

    address: str = ""
    simulator: str = ""
    arguments: tuple[str, ...] = ()


@frozen(kw_only=True)
class Config:
    """The configuration file."""

    text: str


@frozen(kw_only=True)
class Scenario:
    """A demonstration of one ``flow``; ``records`` is how many the source has, unless told.

    ``authorise`` are the connections that a person would authorise in a browser.
    """

    title: str
    flow: str
    environment: Mapping[str, str]
    delivery: Delivery
    trial_balance: TrialBalance
    config: Config
    records: int = 0
    simulators: tuple[Simulator, ...] = ()
    prepare: tuple[Preparation, ...] = ()
    authorise: tuple[str, ...] = field(default=())


def known() -> list[str]:
    """The names of all demonstrations."""
    items = resources.files(_FOLDER).iterdir()
    return sorted(i.name.removesuffix(_SUFFIX) for i in items if i.name.endswith(_SUFFIX))


def load(name: str) -> Scenario:
    """The demonstration of this name, or of a file of one's own (``my/scenario.toml``).

    Raises :class:`ConfigError` for an unknown name and for a file that is no scenario.
    """
    file = name.endswith(_SUFFIX)
    if not file and name not in known():
        problem = Problem(
            path="demo",
            message=f"there is no scenario {name}",
            hint=f"Known: {', '.join(known())}; or give the path of a {_SUFFIX} file.",
        )
        raise ConfigError([problem])
    place = Path(name) if file else resources.files(_FOLDER).joinpath(name + _SUFFIX)
    converter = cattrs.Converter(forbid_extra_keys=True)
    try:
        return converter.structure(tomllib.loads(place.read_text(encoding="utf-8")), Scenario)
    except (OSError, ValueError) as error:
        problem = Problem(path="demo", message=f"{name} cannot be read: {error}")
        raise ConfigError([problem]) from error
    except cattrs.BaseValidationError as error:
        wrong = cattrs.transform_error(error, path="scenario")
        problems = [Problem(path="demo", message=f"{name}: {one}") for one in wrong]
        raise ConfigError(problems) from error


def folder_of(name: str) -> str:
    """Where the files lie that a scenario of one's own names as ``{here}``."""
    return str(Path(name).parent.absolute()) if name.endswith(_SUFFIX) else ""


def fill(value: Any, names: Mapping[str, str]) -> Any:
    """A value with ``{name}`` replaced in all its texts."""
    if isinstance(value, str):
        for name, text in names.items():
            value = value.replace("{" + name + "}", text)
        return value
    if isinstance(value, Mapping):
        return {key: fill(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [fill(item, names) for item in value]
    return value
