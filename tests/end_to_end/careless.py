"""The command line with one guard of exactly once switched off: the tests have to notice."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "crash"))

import online_guards

from subledger.cli.main import main
from subledger_quickbooks_online.attachments import Attachments


class Patch:
    """Changes a place for as long as this process lives."""

    setattr = staticmethod(setattr)


def find_file(patch):
    """A lost upload is repeated without a look at the books."""
    patch.setattr(Attachments, "find", Attachments.deliver)


GUARDS = {"intent": online_guards.intent, "find": online_guards.find, "find_file": find_file}

if __name__ == "__main__":
    GUARDS[sys.argv.pop(1)](Patch)
    raise SystemExit(main())
