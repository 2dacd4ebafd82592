"""Puts the command line together from the table of commands."""

from importlib.metadata import version

from cyclopts import App

from subledger.cli.commands import COMMANDS
from subledger.cli.exits import Exit

_SUMMARY = "Keeps a subsidiary ledger and the books in agreement, to the cent, exactly once."


def build_app() -> App:
    """The command line; no command's module is imported yet."""
    codes = ", ".join(f"{code.value} {code.name.lower()}" for code in Exit)
    app = App(
        name="subledger",
        help=_SUMMARY,
        help_epilogue=f"Exit codes: {codes}.",
        version=lambda: f"subledger {version('subledger')}",
        suppress_keyboard_interrupt=False,
        exit_on_error=False,
        print_error=False,
        result_action="return_value",
    )
    for order, (name, command) in enumerate(COMMANDS.items()):
        app.command(command.target, name=name, help=command.help, sort_key=order, **command.more)
    return app
