"""Receipts that stand on the purchase, and are no attachments."""

import sound
from attrs import evolve

from subledger.model import Attachment, Movement, Receipt


def normalise(raw):
    """Receipts in place of attachments."""
    found = list(sound.normalise(raw))
    files = tuple(Receipt(name=one.name, url=one.url) for one in found if one.kind == "attachment")
    return [
        evolve(one, receipts=files) if isinstance(one, Movement) else one
        for one in found
        if not isinstance(one, Attachment)
    ]


TYPE = evolve(sound.SOURCE, normalise=normalise)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_attachments_can_be_fetched"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
    golden = None
