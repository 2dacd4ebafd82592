"""`subledger serve`: the server for the Web Connector, webhooks and the schedule."""

import asyncio
import sys
from pathlib import Path
from typing import Any, Final

from attrs import define

from subledger.cli.context import open_settings
from subledger.cli.exits import Exit
from subledger.cli.opening import open_kernel
from subledger.cli.options import ConfigOptions
from subledger.config import Settings, load_companies
from subledger.errors import ConfigError, Problem

_LAST_PORT: Final = 65_535


def serve(
    *,
    host: str | None = None,
    port: int | None = None,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    options: ConfigOptions = ConfigOptions(),  # noqa: B008 - a frozen value
) -> int:
    """Serve the Web Connector and webhooks, and run flows when they are due, until stopped.

    Parameters
    ----------
    host
        Address to listen on, instead of the configured one.
    port
        Port to listen on; 0 picks a free one.
    tls_cert
        Certificate chain (PEM), to speak TLS without a proxy.
    tls_key
        Private key (PEM) of the certificate.
    """
    from subledger.server.run import Listen, serving, until_stopped  # noqa: PLC0415 - aiohttp

    settings = _settings(options)
    if (tls_cert is None) != (tls_key is None):
        raise ConfigError([Problem(path="serve", message="--tls-cert and --tls-key go together")])
    if port is not None and not 0 <= port <= _LAST_PORT:
        problem = Problem(path="--port", message=f"{port} is not a port", hint="0 to 65535.")
        raise ConfigError([problem])
    listen = Listen(
        host=host or settings.server.host,
        port=settings.server.port if port is None else port,
        certificate=tls_cert,
        key=tls_key,
    )
    reload = FolderWatch(options.config).changed if options.config.is_dir() else None

    async def run() -> None:
        async with open_kernel(settings) as kernel, serving(kernel, listen, reload) as url:
            sys.stdout.write(f"subledger listening on {url}\n")
            sys.stdout.flush()
            await until_stopped()

    asyncio.run(run())
    return Exit.OK


def _settings(options: ConfigOptions) -> Settings:
    """The settings; in a folder a bad company is left out with a message, the others run."""
    if not options.config.is_dir():
        return open_settings(options)
    settings, bad = load_companies(options.config)
    for problems in bad.values():
        for problem in problems:
            sys.stderr.write(f"{problem}\n")
    from subledger.observe.logging import set_up  # noqa: PLC0415 - see open_settings

    set_up("debug" if options.debug else settings.log.level, settings.log.format)
    return settings


@define
class FolderWatch:
    """Tells the new settings when a file of a configuration folder has changed."""

    folder: Path
    _seen: tuple[tuple[str, int, int], ...] = ()

    def __attrs_post_init__(self) -> None:
        self._seen = self._look()

    def changed(self) -> "tuple[Settings, Any] | None":
        """The settings and the bad files, or None where nothing changed."""
        found = self._look()
        if found == self._seen:
            return None
        self._seen = found
        return load_companies(self.folder)

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        return tuple(
            sorted(
                (path.name, path.stat().st_mtime_ns, path.stat().st_size)
                for path in self.folder.glob("*.toml")
            )
        )
