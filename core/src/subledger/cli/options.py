"""Options that commands have in common."""

from pathlib import Path
from typing import Annotated, Final

from attrs import frozen
from cyclopts import Parameter

DEFAULT_CONFIG: Final = Path("subledger.toml")
CONFIG_VARIABLE: Final = "SUBLEDGER_CONFIG"


@Parameter(name="*")
@frozen(kw_only=True)
class Options:
    """How a command shows what it found."""

    json: Annotated[
        bool, Parameter(negative="", help="Print one JSON document instead of text.")
    ] = False
    debug: Annotated[
        bool, Parameter(negative="", help="Show the traceback of an error as well.")
    ] = False


@Parameter(name="*")
@frozen(kw_only=True)
class ConfigOptions(Options):
    """As :class:`Options`, for commands that need a configuration."""

    config: Annotated[
        Path,
        Parameter(
            env_var=CONFIG_VARIABLE, help="The configuration: a file, or a folder of companies."
        ),
    ] = DEFAULT_CONFIG
