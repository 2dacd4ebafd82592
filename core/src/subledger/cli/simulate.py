"""`subledger simulate NAME`: runs a plugin's simulated outside system; needs no configuration."""

import importlib
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

from cyclopts import App, Parameter

from subledger.catalogue import Catalogue, Installed, installed, isolated
from subledger.cli.exits import Exit
from subledger.cli.output import console
from subledger.errors import ConfigError, Problem
from subledger.ports import SimulatorType

_HELP = frozenset({"--help", "-h"})


def simulate(*tokens: Annotated[str, Parameter(allow_leading_hyphen=True, show=False)]) -> int:
    """Run a simulated outside system: `subledger simulate NAME --help` shows its options."""
    available = installed()
    if not tokens or tokens[0] in _HELP:
        _print_usage(available)
        return Exit.OK if tokens else Exit.USAGE
    name, *arguments = tokens
    app = App(
        name=f"subledger simulate {name}",
        default_command=_command(name, available),
        version_flags=(),
        suppress_keyboard_interrupt=False,
        exit_on_error=False,
        print_error=False,
        result_action="return_value",
    )
    try:
        result = app(arguments)
    except (OSError, OverflowError, ValueError) as error:  # a port in use, an option's value
        raise ConfigError([_trouble(name, error)]) from error
    return result if isinstance(result, int) else Exit.OK


def _trouble(name: str, error: Exception) -> Problem:
    number = getattr(error, "errno", None) or 0
    said = os.strerror(number) if number > 0 else str(error)
    return Problem(
        path=f"simulate {name}",
        message=said[:1].lower() + said[1:],
        hint=f"Another --port may help; `subledger simulate {name} --help` shows what there is."
        if isinstance(error, OSError | OverflowError)
        else f"`subledger simulate {name} --help` shows what an option takes.",
    )


def _print_usage(available: tuple[Installed, ...]) -> None:
    out = console(sys.stdout)
    out.print("Usage: subledger simulate NAME [OPTIONS]\n")
    out.print("Runs a simulated outside system until it is stopped with Ctrl-C.\n")
    names = ", ".join(sorted({item.name for item in available})) or "none"
    out.print(f"Installed plugins, of which some have one: {names}")


def _command(name: str, available: tuple[Installed, ...]) -> Callable[..., Any]:
    catalogue = Catalogue(available, built_in=())
    simulator = catalogue.simulator(name)
    if simulator is None:
        message, hint = catalogue.why_not(SimulatorType, name)
        raise ConfigError([Problem(path="simulate", message=message, hint=hint)])
    origin = next(item for item in available if item.name == name)
    module, _, function = simulator.command.partition(":")
    found = isolated(
        origin,
        f"{simulator.command} cannot be imported",
        lambda: getattr(importlib.import_module(module), function),
    )
    command: Callable[..., Any] = found
    return command
