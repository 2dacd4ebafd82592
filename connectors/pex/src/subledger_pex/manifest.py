"""What the PEX connector declares about itself."""

import datetime as dt
from typing import Final

from subledger.manifest import Capability, Direction, Frequency, Manifest, Operation, Role
from subledger.model.kinds import ATTACHMENT, CARD_TRANSACTION, DEPOSIT, FEE, TRANSFER

_READ = frozenset({Operation.READ})
_LIMITS = (
    "Pending and declined transactions are not posted; a purchase is posted once it has settled.",
    "Moves between the business balance and its cards are not posted: one account holds both.",
    "A changed tag, note, receipt or approval is seen when its date is read again (look-back).",
    "Invoices of a credit programme are posted payment by payment, once PEX has closed them.",
    "An invoice whose payments do not add up to its amount is held.",
    "On a credit programme, funding and rebates are read from the invoices' payments only.",
    "A bill that PEX pays is posted as the movement of money it causes, not as a bill.",
    "Amounts are the settled US dollars; a foreign amount is kept as a detail.",
    "Receipts are attached where the books take files; a link into PEX needs a PEX user.",
    "Tag options are not written back to PEX.",
)

MANIFEST: Final = Manifest(
    name="pex",
    title="PEX",
    api=2,
    direction=Direction.SOURCE,
    roles=(Role.CARD_PLATFORM,),
    kinds=dict.fromkeys((CARD_TRANSACTION, FEE, TRANSFER, DEPOSIT, ATTACHMENT), _READ),
    # Settlement comes in daily batches, while people tag and approve all day: an hour is prompt.
    # A run over sixty days makes about twenty requests, so one in five minutes is still a trickle.
    frequency=Frequency(default=dt.timedelta(hours=1), minimum=dt.timedelta(minutes=5)),
    capabilities=(Capability.WEBHOOKS,),
    limits=_LIMITS,
)
