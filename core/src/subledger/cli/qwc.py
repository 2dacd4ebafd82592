"""`subledger qwc`: the file and the password by which a Web Connector is set up."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from subledger.cli.context import open_settings
from subledger.cli.exits import Exit
from subledger.cli.opening import open_kernel
from subledger.cli.options import ConfigOptions
from subledger.cli.output import show
from subledger.config import Settings
from subledger.errors import ConfigError, Problem


def qwc(
    connection: str,
    /,
    *,
    output: Path | None = None,
    new_password: Annotated[bool, Parameter(negative="")] = False,
    options: ConfigOptions = ConfigOptions(),  # noqa: B008 - a frozen value
) -> int:
    """Write the .qwc file for the Web Connector, or make its password.

    Parameters
    ----------
    connection
        The connection to set up.
    output
        File to write; standard output by default.
    new_password
        Make a new password and print it once; only a hash of it is kept.
    """
    settings = open_settings(options)
    _check(settings, connection)

    async def work() -> tuple[bytes, str]:
        async with open_kernel(settings) as kernel:
            found = settings.connections[connection]
            if found.sink is None or found.sink.peer is None:
                raise TypeError("checked above")
            peer = found.sink.peer(found.config, kernel.peer(connection))
            if new_password:
                return b"", await peer.new_password()
            return await peer.enrolment(_public_url(settings)), ""

    content, password = asyncio.run(work())
    if new_password:
        show(
            {"connection": connection, "password": password},
            lambda out: out.print(
                f"{password}\n\nThis password is shown only now. Type it into the Web Connector."
            ),
            as_json=options.json,
        )
    elif output is not None:
        _write(output, content)
        show(
            {"connection": connection, "file": str(output)},
            lambda out: out.print(f"Wrote {output}. Open it on the computer with QuickBooks."),
            as_json=options.json,
        )
    elif options.json:
        show({"connection": connection, "qwc": content.decode()}, lambda _out: None, as_json=True)
    else:
        sys.stdout.write(content.decode())
    return Exit.OK


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        problem = Problem(
            path="--output",
            message=f"{path} cannot be written: {error.strerror or type(error).__name__}",
            hint="Name a file in a folder that is there and that you may write to.",
        )
        raise ConfigError([problem]) from error


def _check(settings: Settings, connection: str) -> None:
    found = settings.connections.get(connection)
    if found is not None and found.sink is not None and found.sink.peer is not None:
        return
    known = [name for name, c in settings.connections.items() if c.sink is not None and c.sink.peer]
    problem = Problem(
        path=f"connections.{connection}",
        message="is not a connection that the Web Connector serves",
        hint=f"Known: {', '.join(known) or 'none'}.",
    )
    raise ConfigError([problem])


def _public_url(settings: Settings) -> str:
    server = settings.server
    return server.public_url.rstrip("/") or f"http://localhost:{server.port}"
