"""The reference of the command line, from the commands themselves. Pure."""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cyclopts import App

from reference.docs import attribute_docs
from reference.markdown import code, plain, table
from reference.types import type_text
from subledger.cli.commands import Command
from subledger.cli.exits import Exit

COMMON: Final = frozenset({"--json", "--debug", "--config"})
"""Options that nearly every command has; they are told once."""


def commands_page(app: App, commands: Mapping[str, Command]) -> str:
    """Every command: what it does, how it is called, its arguments and options."""
    return "\n".join(part for name in commands for part in _command(app[name], name))


def common_options(app: App) -> str:
    """The options that commands have in common, as one of them declares them."""
    shared = [one for one in _arguments(app) if COMMON & set(one.names)]
    return table(("option", "type", "default", "meaning"), map(_argument, shared))


def _arguments(app: App) -> list[Any]:
    return [one for one in app.assemble_argument_collection(parse_docstring=True) if one.show]


def _command(app: App, name: str) -> Iterator[str]:
    function: Any = app.default_command
    arguments = [one for one in _arguments(app) if not COMMON & set(one.names)]
    yield f"## `subledger {name}`\n"
    yield f"{summary(function)}\n"
    yield f"```text\n{_usage(name, arguments)}\n```\n"
    if arguments:
        yield table(("argument", "type", "default", "meaning"), map(_argument, arguments))


def summary(function: Any) -> str:
    """The first paragraph of a command's docstring."""
    return plain(inspect.getdoc(function)).split("\n\n")[0].replace("\n", " ")


def _usage(name: str, arguments: list[Any]) -> str:
    words = ["subledger", name]
    for one in arguments:
        if one.required or not one.names[0].startswith("-"):
            word = one.names[0] if one.names[0].startswith("-") else one.names[0].lower()
            value = f" {word.lstrip('-').upper()}" if word.startswith("-") else ""
            words.append(f"{word}{value}" if one.required else f"[{word}]")
    if name == "simulate":
        words.append("NAME")
    return " ".join([*words, "[OPTIONS]"])


def _argument(one: Any) -> tuple[str, str, str, str]:
    default = one.field_info.default
    shown = "" if default in (inspect.Parameter.empty, None, "") else str(default)
    if isinstance(default, bool):
        shown = str(default).lower()
    variable = "".join(f" Also from {code(name)}." for name in one.parameter.env_var or ())
    return (
        ", ".join(code(name) for name in one.names),
        type_text(one.hint),
        "required" if one.required else code(shown),
        plain(one.parameter.help) + variable,
    )


def exit_codes() -> str:
    """Every exit code and what it means."""
    docs = attribute_docs(Exit)
    rows = [(int(code_), code_.name.lower(), docs.get(code_.name, "")) for code_ in Exit]
    return table(("code", "name", "meaning"), rows)
