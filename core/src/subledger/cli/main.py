"""The entry point of the command line."""

import gc
import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import nullcontext
from typing import TextIO

from subledger.cli.exits import Exit
from subledger.errors import SubledgerRemovedInApi3Warning

_GARBAGE = 20_000
"""After how many new objects garbage is looked for; 700 would cost a start a tenth of its time."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; ``arguments`` default to the process's."""
    if arguments is None:
        gc.set_threshold(_GARBAGE)
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(tokens)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - else Python complains at exit
        return Exit.OK
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - every error gets a clear text and a code
        from subledger.cli.failures import fail  # noqa: PLC0415 - only errors need it

        return fail(error, as_json="--json" in tokens, debug="--debug" in tokens)


def _run(tokens: list[str]) -> int:
    from subledger.cli.app import build_app  # noqa: PLC0415 - keeps `import` of this module fast
    from subledger.guarding.printing import attributed  # noqa: PLC0415 - as above

    with warnings.catch_warnings():
        warnings.simplefilter("once", SubledgerRemovedInApi3Warning)
        warnings.showwarning = _plainly
        with nullcontext() if tokens[:1] == ["simulate"] else attributed():
            result = build_app()(tokens)
    return result if isinstance(result, int) else Exit.OK


def _plainly(  # noqa: PLR0917 - the signature of warnings.showwarning
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """What concerns a person is a sentence, without the place in our code that says it."""
    out = file or sys.stderr
    if issubclass(category, SubledgerRemovedInApi3Warning):
        out.write(f"warning: {message}\n")
    else:
        out.write(warnings.formatwarning(message, category, filename, lineno, line))
