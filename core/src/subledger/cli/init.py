"""`subledger init`: writes a configuration file to start from."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from subledger.catalogue import open_catalogue
from subledger.cli.exits import Exit
from subledger.cli.options import DEFAULT_CONFIG, Options
from subledger.cli.output import show
from subledger.config.compose import compose
from subledger.errors import ConfigError, Problem


def init(
    *,
    source: Annotated[str, Parameter(help="The connector that is read, such as pex.")],
    sink: Annotated[str, Parameter(help="The connector of the books.")],
    recipe: Annotated[str, Parameter(help="The ready-made flow, such as card-expenses.")],
    output: Annotated[
        Path, Parameter(help='The file to write; "-" prints it.', allow_leading_hyphen=True)
    ] = DEFAULT_CONFIG,
    options: Options = Options(),  # noqa: B008 - a frozen value
) -> int:
    """Write a configuration file: every setting with its description and default."""
    text = compose(open_catalogue(), source=source, sink=sink, recipe=recipe)
    if str(output) == "-":
        show({"text": text}, lambda _out: _write(text), as_json=options.json)
        return Exit.OK
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise _refused(f"{output} exists", "Name another file.") from error
    except OSError as error:
        raise _refused(f"{output} cannot be written: {error.strerror}") from error
    show(
        {"file": str(output)},
        lambda out: out.print(f"Wrote {output}. Fill it in, then run `subledger check`."),
        as_json=options.json,
    )
    return Exit.OK


def _write(text: str) -> None:
    sys.stdout.write(text)


def _refused(message: str, hint: str = "") -> ConfigError:
    return ConfigError([Problem(path="--output", message=message, hint=hint)])
