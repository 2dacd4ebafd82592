"""Sets logging up: text for people or JSON lines, on standard error, without secrets."""

import datetime as dt
import json
import logging
import sys
from collections.abc import Callable
from typing import Any, Final, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor

from subledger.observe import redact

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["text", "json"]

_QUIET: Final = ("aiohttp.access", "asyncio", "sqlalchemy", "alembic")


def set_up(
    level: Level = "info",
    format: Format = "text",  # noqa: A002 - the name of the setting
    *,
    stream: TextIO | None = None,
    now: Callable[[], dt.datetime] | None = None,
) -> None:
    """Configures structlog and the standard library's logging alike; may be called again.

    Our own lines go straight to the stream, those of libraries through the standard handler.

    ``stream`` is standard error by default. ``now`` stamps the lines, in UTC (default: the clock).
    Tracebacks are shown as Python prints them, never with the values of local variables.
    """
    output = sys.stderr if stream is None else stream
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        _stamp(now or (lambda: dt.datetime.now(dt.UTC))),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    rendered = _renderers(format, output)
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                *shared,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendered],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel("DEBUG" if level == "debug" else "WARNING")
    structlog.configure(
        processors=[*shared, *rendered],
        logger_factory=structlog.WriteLoggerFactory(output),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )


def _stamp(now: Callable[[], dt.datetime]) -> Processor:
    def stamp(_logger: Any, _method: str, event: EventDict) -> EventDict:
        event["time"] = now().astimezone(dt.UTC).isoformat(timespec="milliseconds")
        return event

    return stamp


def _renderers(format: Format, output: TextIO) -> list[Processor]:  # noqa: A002 - as above
    if format == "json":
        return [_json_line]
    console = structlog.dev.ConsoleRenderer(
        colors=output.isatty(),
        timestamp_key="time",
        exception_formatter=structlog.dev.plain_traceback,
    )
    return [redact.processor, console]


_encode: Final = json.JSONEncoder(ensure_ascii=False).encode
_PLAIN: Final = frozenset({str, int, float, bool, type(None)})


def _json_line(logger: Any, method: str, event: EventDict) -> str:
    """One line of JSON; looked through value by value only where the whole line looks suspect."""
    if _PLAIN.issuperset(map(type, event.values())):
        line = _encode(event)
        if redact.clean(line):
            return line
    return _encode(redact.processor(logger, method, event))
