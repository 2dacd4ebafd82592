"""Sets logging up: text for people or JSON lines, on standard error, without secrets."""

import datetime as dt
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

    ``stream`` is standard error by default. ``now`` stamps the lines, in UTC (default: the clock).
    Tracebacks are shown as Python prints them, never with the values of local variables.
    """
    output = sys.stderr if stream is None else stream
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _stamp(now or (lambda: dt.datetime.now(dt.UTC))),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact.processor,
                _renderer(format, output),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel("DEBUG" if level == "debug" else "WARNING")
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _stamp(now: Callable[[], dt.datetime]) -> Processor:
    def stamp(_logger: Any, _method: str, event: EventDict) -> EventDict:
        event["time"] = now().astimezone(dt.UTC).isoformat(timespec="milliseconds")
        return event

    return stamp


def _renderer(format: Format, output: TextIO) -> Processor:  # noqa: A002 - as above
    if format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=output.isatty(),
        timestamp_key="time",
        exception_formatter=structlog.dev.plain_traceback,
    )
