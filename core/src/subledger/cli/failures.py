"""What an exception means on the command line: a clear text and an exit code."""

import sys
import traceback
from typing import Any

from subledger.cli.exits import Exit
from subledger.cli.output import console, print_problems, problem_document, show
from subledger.errors import (
    AuthenticationError,
    ConfigError,
    ConnectorError,
    PluginRefused,
    Problem,
    SubledgerError,
)


def fail(error: BaseException, *, as_json: bool, debug: bool) -> Exit:
    """Shows the error, without secrets and without a traceback unless asked; the exit code.

    Text goes to standard error, the JSON document ``{"error": ...}`` to standard output.
    """
    from subledger.observe import redact  # noqa: PLC0415 - only errors need it

    code, name = _fate(error)
    problems = [_redacted(problem) for problem in _problems(error)]
    trace = redact.text("".join(traceback.format_exception(error))) if debug else ""
    if as_json:
        document: dict[str, Any] = {
            "code": name,
            "exit": int(code),
            "problems": [problem_document(problem) for problem in problems],
        }
        if debug:
            document["traceback"] = trace
        show({"error": document}, lambda _console: None, as_json=True)
    else:
        sys.stderr.write(trace)
        print_problems(console(sys.stderr), problems)
    return code


def _fate(error: BaseException) -> tuple[Exit, str]:
    if isinstance(error, KeyboardInterrupt):
        return Exit.INTERRUPTED, "interrupted"
    if isinstance(error, ConfigError):
        return Exit.CONFIG, "config"
    if isinstance(error, PluginRefused):
        return Exit.CONFIG, "plugin"
    if isinstance(error, AuthenticationError):
        return Exit.REMOTE, "authentication"
    if isinstance(error, ConnectorError):
        return Exit.REMOTE, "remote"
    if isinstance(error, SubledgerError):
        return Exit.FAILED, "failed"
    if _is_usage(error):
        return Exit.USAGE, "usage"
    return Exit.FAILED, "internal"


def _is_usage(error: BaseException) -> bool:
    cyclopts = sys.modules.get("cyclopts")
    return cyclopts is not None and isinstance(error, cyclopts.CycloptsError)


def _problems(error: BaseException) -> tuple[Problem, ...]:
    if isinstance(error, ConfigError):
        return error.problems
    if isinstance(error, SubledgerError):
        return (Problem(path="", message=error.message, hint=error.hint),)
    if isinstance(error, KeyboardInterrupt):
        return (Problem(path="", message="stopped"),)
    if _is_usage(error):
        return (Problem(path="", message=str(error), hint="See `subledger --help`."),)
    return (
        Problem(
            path="",
            message=f"subledger made a mistake: {type(error).__name__}: {error}",
            hint="Run it again with --debug and report what it shows.",
        ),
    )


def _redacted(problem: Problem) -> Problem:
    from subledger.observe import redact  # noqa: PLC0415 - only errors need it

    return Problem(
        path=problem.path, message=redact.text(problem.message), hint=redact.text(problem.hint)
    )
