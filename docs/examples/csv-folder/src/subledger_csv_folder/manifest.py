"""What the connector declares about itself."""

import datetime as dt
from typing import Final

from subledger.manifest import Capability, Direction, Frequency, Manifest, Operation, Role
from subledger.model.kinds import CARD_TRANSACTION, DEPOSIT, FEE, TRANSFER

KINDS: Final = (CARD_TRANSACTION, FEE, TRANSFER, DEPOSIT)

MANIFEST: Final = Manifest(
    name="csv-folder",
    title="CSV folder",
    api=2,
    direction=Direction.SOURCE,
    roles=(Role.CARD_PLATFORM,),
    kinds=dict.fromkeys(KINDS, frozenset({Operation.READ})),
    frequency=Frequency(default=dt.timedelta(hours=1), minimum=dt.timedelta(minutes=1)),
    capabilities=(Capability.INCREMENTAL,),
    limits=(
        "A file that is removed takes nothing back of what was read from it.",
        "Without a column that identifies a line, the same line in another file is the same line.",
        "Without such a column, a corrected line is a new one; the former is reported as gone.",
        "Lines that move no money (0.00) are left out.",
        "A line is one purchase: splits are not read.",
    ),
)
