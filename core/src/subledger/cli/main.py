"""The entry point of the command line."""

import os
import sys
from collections.abc import Sequence

from subledger.cli.exits import Exit


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; ``arguments`` default to the process's."""
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

    result = build_app()(tokens)
    return result if isinstance(result, int) else Exit.OK
