"""Vendors' names: cleaned as books need them, and looked up so that one name is one vendor."""

from typing import Final

from subledger.findings import Finding
from subledger.model import Kind, Reference
from subledger.model.kinds import CUSTOMER, VENDOR
from subledger.ports import Books
from subledger.recipes.text import cut, one_line

LONGEST: Final = 41
"""The longest vendor name, in characters, that the usual general ledgers take."""

SUFFIX: Final = " (Vendor)"
"""Tells a vendor from a customer of the same name."""

RIVALS: Final = (CUSTOMER, Kind("employee"), Kind("other_name"))
"""Lists that share one name space with the vendors in many books."""


def clean_name(text: str, longest: int = LONGEST) -> str:
    """A name as books can store it: one line, ``-`` for the colon, cut at a word."""
    return cut(one_line(text.replace(":", "-")), longest)


def vendor(name: str, books: Books, *, create: bool, suffix: bool) -> Reference | Finding:
    """The vendor of this name, or why there can be none.

    The reference does not depend on whether the books have the vendor yet, so that creating it
    does not look like a change of the document; names that differ in case find the same vendor.
    ``suffix`` gives a name that another list uses the :data:`SUFFIX`.
    """
    reference = Reference(kind=VENDOR, name=name, create=create)
    if not create or books.find(VENDOR, name):
        return reference
    rival = next((kind for kind in RIVALS if books.find(kind, name)), None)
    if rival is None:
        return reference
    if suffix:
        longer = clean_name(name, LONGEST - len(SUFFIX)) + SUFFIX
        return vendor(longer, books, create=create, suffix=False)
    return Finding(
        category="name_conflict",
        subject=f"name {name}",
        message=f'the books use "{name}" for a {rival.replace("_", " ")}, so no vendor can have it',
        hint='Rename one of the two in the books, or set name_conflict = "suffix", then retry.',
    )
