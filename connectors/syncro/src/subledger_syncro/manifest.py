"""What the Syncro connector declares about itself, as a source and as a sink."""

import datetime as dt
from typing import Final

from subledger.manifest import (
    Capability,
    Direction,
    Frequency,
    Manifest,
    Operation,
    Recovery,
    Role,
)
from subledger.model.kinds import (
    BILL,
    CREDIT_MEMO,
    CUSTOMER,
    INVOICE,
    ITEM,
    ITEM_RECEIPT,
    PAYMENT,
    PAYMENT_METHOD,
    PURCHASE,
    PURCHASE_ORDER,
    REFUND,
    VENDOR,
)

NAME: Final = "syncro"
_TITLE: Final = "Syncro"
_READ: Final = frozenset({Operation.READ})
_READ_CREATE: Final = _READ | {Operation.CREATE}
# A run that finds nothing costs three requests of the 180 that Syncro allows in a minute.
_FREQUENCY: Final = Frequency(default=dt.timedelta(minutes=15), minimum=dt.timedelta(minutes=1))

SOURCE: Final = Manifest(
    name=NAME,
    title=_TITLE,
    api=2,
    direction=Direction.SOURCE,
    roles=(Role.PSA,),
    kinds=dict.fromkeys(
        (
            *(CUSTOMER, ITEM, VENDOR, INVOICE, CREDIT_MEMO),
            *(PAYMENT, REFUND, PURCHASE_ORDER, ITEM_RECEIPT, BILL, PURCHASE),
        ),
        _READ,
    ),
    frequency=_FREQUENCY,
    capabilities=(Capability.INCREMENTAL, Capability.WEBHOOKS),
    limits=(
        "Where totals do not tell how a payment is split, the oldest invoice is paid first.",
        "Store credit is applied in the books at the payment that it came from.",
        "Store credit that is older than the flow's start, or that nothing explains, is held.",
        "Money paid back without a refund invoice is not applied to anything.",
        "Deleted invoices are found within a week, deleted payments within a day.",
        "Tax rates have no list in the API: they are told by their identifiers and mapped.",
        "Moved payments are found at once where an invoice changed with them, else within a day.",
        "Estimates are not read: they move no money, and what they become is an invoice.",
        (
            "Customer purchases are read only with customer_purchases = true: Syncro's published "
            "document describes no address for them, so the simulator alone has shown it."
        ),
        "Recurring invoices and contracts are not read; the invoices that they make are.",
        "The bill of a finished purchase order is dated by the last delivery.",
    ),
)

SINK: Final = Manifest(
    name=NAME,
    title=_TITLE,
    api=2,
    direction=Direction.SINK,
    roles=(Role.PSA,),
    kinds={PAYMENT: _READ_CREATE, CUSTOMER: _READ_CREATE, PAYMENT_METHOD: _READ},
    frequency=_FREQUENCY,
    capabilities=(Capability.READ_BACK,),
    recovery=Recovery.FINDABLE,
    limits=(
        "Payments cannot be changed or deleted through the API: a later correction is a finding.",
        "Syncro dates a payment by the moment at which it is recorded.",
        "Credits of the books cannot be applied in Syncro.",
        "A customer of the same name is taken for the same one.",
    ),
)
