"""The commands: where each is, and the sentence about it; a module is imported when it is run."""

from typing import Any, Final

from attrs import field, frozen


@frozen
class Command:
    """A command: ``target`` is ``module:function``; ``more`` are further settings of its app."""

    target: str
    help: str
    more: dict[str, Any] = field(factory=dict)


COMMANDS: Final[dict[str, Command]] = {
    "init": Command("subledger.cli.init:init", "Write a configuration file to start from."),
    "check": Command("subledger.cli.check:check", "Check the configuration."),
    "connectors": Command(
        "subledger.cli.connectors:connectors", "Show what is installed, and what it can do."
    ),
    "simulate": Command(
        "subledger.cli.simulate:simulate",
        "Run a simulated outside system.",
        {"help_flags": (), "version_flags": ()},
    ),
}
"""By name, in the order in which help shows them."""
