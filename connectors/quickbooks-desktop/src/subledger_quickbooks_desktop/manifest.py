"""What the QuickBooks Desktop connector declares."""

import datetime as dt

from subledger.manifest import (
    Capability,
    Direction,
    Frequency,
    Initiative,
    Manifest,
    Operation,
    Recovery,
    Role,
)
from subledger.model import kinds

_LIST = {Operation.READ}
_PARTY = {Operation.READ, Operation.CREATE}
_DOCUMENT = {
    Operation.READ,
    Operation.CREATE,
    Operation.UPDATE,
    Operation.VOID,
    Operation.DELETE,
}

MANIFEST = Manifest(
    name="quickbooks-desktop",
    title="QuickBooks Desktop",
    direction=Direction.SINK,
    roles={Role.GENERAL_LEDGER},
    kinds={
        kinds.ACCOUNT: _LIST,
        kinds.CLASS: _LIST,
        kinds.ITEM: _LIST,
        kinds.CUSTOMER: _PARTY,
        kinds.VENDOR: _PARTY,
        kinds.CARD_TRANSACTION: _DOCUMENT,
        kinds.FEE: _DOCUMENT,
        kinds.DEPOSIT: _DOCUMENT,
        kinds.TRANSFER: _DOCUMENT,
    },
    frequency=Frequency(default=dt.timedelta(minutes=15), minimum=dt.timedelta(minutes=1)),
    initiative=Initiative.PEER,
    capabilities={Capability.UPDATE_GUARD, Capability.READ_BACK},
    recovery=Recovery.MESSAGE_SET,
    limits=(
        "Receipts are linked in the memo: the QuickBooks Desktop SDK cannot attach files.",
        "Text outside Windows-1252 is transliterated, and a finding tells where.",
        "A QuickBooks Transfer cannot be voided or deleted, so transfers are journal entries.",
    ),
)
