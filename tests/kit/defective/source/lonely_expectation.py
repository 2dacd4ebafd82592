"""An expectation without its input."""

from pathlib import Path

import sound

TYPE = sound.SOURCE
GOLDEN = Path(__file__).parent / "orphaned"
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_no_golden_file_stands_alone"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
    golden = GOLDEN
