"""`python -m subledger.cli`: the command line without its script."""

import sys

from subledger.cli.main import main

sys.exit(main())
