"""`subledger check`: whether the configuration is sound."""

import asyncio
from typing import TYPE_CHECKING, Final

from subledger.cli.exits import Exit
from subledger.cli.opening import open_kernel
from subledger.cli.options import ConfigOptions
from subledger.cli.output import counted, print_problems, problem_document, show, table
from subledger.config import FlowSettings, Settings, load_companies
from subledger.config.fields import duration_text
from subledger.config.settings import ConnectionSettings
from subledger.errors import (
    ConfigError,
    ConnectorError,
    ContractBroken,
    Problem,
    TemporaryError,
)
from subledger.flow.readiness import missing_names
from subledger.flow.trouble import named
from subledger.kernel import Kernel
from subledger.observe.logging import set_up
from subledger.vault import KeySource

if TYPE_CHECKING:
    from rich.console import Console

_SILENT: Final = "Is the address right, and does that system run?"


def check(
    *,
    live: bool = False,
    options: ConfigOptions = ConfigOptions(),  # noqa: B008 - a frozen value
) -> int:
    """Check the configuration: plugins, connections and flows, every problem at once.

    Parameters
    ----------
    live
        Also ask the outside systems: whether they accept the credentials, and whether the books
        have the names that the flows need, as far as their lists have been read.
    """
    settings, problems = check_config(options)
    said: dict[str, list[str]] = {}
    refused: list[Problem] = []
    if live:
        set_up("debug" if options.debug else settings.log.level, settings.log.format)
        refused, missing, said = check_live(settings)
        problems += missing
    sound = not problems
    problems += refused
    show(
        {
            "ok": not problems,
            "connections": {
                name: connection.connector for name, connection in settings.connections.items()
            },
            "flows": {name: _flow(flow) for name, flow in settings.flows.items()},
            "said": said,
            "problems": [problem_document(problem) for problem in problems],
        },
        lambda out: _print(out, settings, problems, said),
        as_json=options.json,
    )
    if not sound:
        return Exit.CONFIG
    return Exit.REMOTE if refused else Exit.OK


def check_config(options: ConfigOptions) -> tuple[Settings, list[Problem]]:
    """The settings as far as they hold, and what is wrong with the rest; no network."""
    settings, bad = load_companies(options.config)
    problems = [problem for found in bad.values() for problem in found]
    return settings, [*problems, *settings.left_out, *_keys(settings)]


def _keys(settings: Settings) -> list[Problem]:
    """What is wrong with the keys that the configuration gives; a file of ours is not made."""
    if settings.vault.key is None:
        return []
    try:
        KeySource(settings)()
    except ConfigError as error:
        return list(error.problems)
    return []


def check_live(
    settings: Settings,
) -> tuple[list[Problem], list[Problem], dict[str, list[str]]]:
    """Which outside systems do not answer or know us, what is missing there, and what they say.

    Whether the books have the names is judged by what was read of them; before that there is
    nothing to say.
    """

    async def ask() -> tuple[list[Problem], list[Problem], dict[str, list[str]]]:
        refused: list[Problem] = []
        missing: list[Problem] = []
        said: dict[str, list[str]] = {}
        async with open_kernel(settings) as kernel:
            for name, connection in settings.connections.items():
                answer = await _asked(kernel, connection)
                if isinstance(answer, Problem):
                    refused.append(answer)
                elif answer:
                    said[name] = answer
            for flow in settings.flows.values():
                missing += await _missing(kernel, flow)
        return refused, missing, said

    return asyncio.run(ask())


async def _asked(kernel: Kernel, connection: ConnectionSettings) -> list[str] | Problem:
    """What a system says when it is asked whether it knows us."""
    opened = (connection.sink and connection.sink.open) or (
        connection.type and connection.type.open
    )
    if not opened:
        return []
    try:
        async with opened(connection.config, kernel.context(connection.name)) as system:
            return list(await system.check())
    except TemporaryError as error:
        message, hint = error.message, error.hint or _SILENT
    except (ConnectorError, ContractBroken) as error:
        message, hint = error.message, error.hint
    except Exception as error:  # noqa: BLE001 - a connector's bug is told like its refusals
        message, hint = f"{connection.connector} failed: {type(error).__name__}: {error}", ""
    return Problem(
        path=f"connections.{connection.name}", message=message, hint=named(hint, connection.name)
    )


async def _missing(kernel: Kernel, flow: FlowSettings) -> list[Problem]:
    index = await kernel.books(flow.sink)
    verdict = missing_names(flow.plan, index) if index.entries else None
    if verdict is None:
        return []
    finding = verdict.finding
    return [
        Problem(path=f"flows.{flow.name}.settings", message=finding.message, hint=finding.way_out)
    ]


def _flow(flow: FlowSettings) -> dict[str, object]:
    return {
        "source": flow.source,
        "sink": flow.sink,
        "recipe": flow.recipe,
        "kinds": sorted(flow.kinds),
        "steps": [name for name, _step in flow.steps],
        "runs": _runs(flow),
    }


def _runs(flow: FlowSettings) -> str:
    if flow.cron:
        return f"cron {flow.cron}"
    return "by hand" if flow.every is None else f"every {duration_text(flow.every)}"


def _print(
    out: "Console", settings: Settings, problems: list[Problem], said: dict[str, list[str]]
) -> None:
    rows = [
        (name, flow.source, flow.sink, ", ".join(sorted(flow.kinds)), _runs(flow))
        for name, flow in settings.flows.items()
    ]
    if rows:
        out.print(table(("flow", "source", "sink", "kinds", "runs"), rows))
        out.print()
    for name, sentences in said.items():
        out.print(f"{name}: {' '.join(sentences)}")
    if problems:
        print_problems(out, problems)
    else:
        out.print(
            f"The configuration is sound: {counted(len(settings.connections), 'connection')}, "
            f"{counted(len(settings.flows), 'flow')}."
        )
