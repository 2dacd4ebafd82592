"""All kinds of documents by name."""

from __future__ import annotations

from collections.abc import Mapping

from .banking import CHECK, CREDIT_CARD_CHARGE, CREDIT_CARD_CREDIT
from .deposit import DEPOSIT_KIND
from .draft import DocumentKind
from .journal import JOURNAL_ENTRY
from .transfer import TRANSFER

KINDS: Mapping[str, DocumentKind] = {
    kind.name: kind
    for kind in (
        CHECK,
        CREDIT_CARD_CHARGE,
        CREDIT_CARD_CREDIT,
        DEPOSIT_KIND,
        JOURNAL_ENTRY,
        TRANSFER,
    )
}
