"""`subledger check`: whether the configuration is sound."""

from typing import TYPE_CHECKING

from subledger.cli.exits import Exit
from subledger.cli.options import ConfigOptions
from subledger.cli.output import print_problems, problem_document, show, table
from subledger.config import FlowSettings, Settings, load_companies
from subledger.config.fields import duration_text
from subledger.errors import Problem

if TYPE_CHECKING:
    from rich.console import Console


def check(*, options: ConfigOptions = ConfigOptions()) -> int:  # noqa: B008 - a frozen value
    """Check the configuration: plugins, connections and flows, every problem at once."""
    settings, problems = check_config(options)
    problems += check_live(settings)
    show(
        {
            "ok": not problems,
            "connections": {
                name: connection.connector for name, connection in settings.connections.items()
            },
            "flows": {name: _flow(flow) for name, flow in settings.flows.items()},
            "problems": [problem_document(problem) for problem in problems],
        },
        lambda out: _print(out, settings, problems),
        as_json=options.json,
    )
    return Exit.CONFIG if problems else Exit.OK


def check_config(options: ConfigOptions) -> tuple[Settings, list[Problem]]:
    """The settings as far as they hold, and what is wrong with the rest; no network."""
    settings, bad = load_companies(options.config)
    problems = [problem for found in bad.values() for problem in found]
    return settings, [*problems, *settings.left_out]


def check_live(_settings: Settings) -> list[Problem]:
    """What the outside systems say about the settings: credentials, names in the books."""
    return []


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


def _print(out: "Console", settings: Settings, problems: list[Problem]) -> None:
    rows = [
        (name, flow.source, flow.sink, ", ".join(sorted(flow.kinds)), _runs(flow))
        for name, flow in settings.flows.items()
    ]
    if rows:
        out.print(table(("flow", "source", "sink", "kinds", "runs"), rows))
        out.print()
    if problems:
        print_problems(out, problems)
    else:
        out.print(
            f"The configuration is sound: {len(settings.connections)} connections, "
            f"{len(settings.flows)} flows."
        )
