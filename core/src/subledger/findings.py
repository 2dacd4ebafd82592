"""What a person should see: the categories of findings, their causes and their ways out."""

from types import MappingProxyType

from attrs import field, frozen


@frozen(kw_only=True)
class Category:
    """A class of findings: what it means, and the hint where the finding brings none."""

    name: str
    meaning: str
    hint: str


_ALL = (
    Category(
        name="auth_expired",
        meaning="the outside system no longer accepts our credentials",
        hint="Connect it again; mappings and history are kept.",
    ),
    Category(
        name="permission",
        meaning="the user that we act for may not do this",
        hint="Give that user the permission named in the detail, then retry.",
    ),
    Category(
        name="connection_offline",
        meaning="the books cannot be reached",
        hint="Open the company file, close open dialogs, or allow access while it is closed.",
    ),
    Category(
        name="wrong_company",
        meaning="another company file is open than the one this connection belongs to",
        hint="Open the right company file; nothing was sent.",
    ),
    Category(
        name="restored_backup",
        meaning="the company file was restored from a backup, so posted documents may be gone",
        hint="Run a reconciliation, then resume the connection.",
    ),
    Category(
        name="mapping_missing",
        meaning="something in the source has no counterpart in the books",
        hint="Add a mapping, or the entry in the books, then retry.",
    ),
    Category(
        name="mapping_stale",
        meaning="a mapping points at an entry that is inactive or gone",
        hint="Make the entry active again, or map to another one, then retry.",
    ),
    Category(
        name="mapping_ambiguous",
        meaning="a name fits several entries of the books",
        hint="Write the full path, such as Travel:Meals, in the mapping, then retry.",
    ),
    Category(
        name="account_type",
        meaning="an account has the wrong type for this document",
        hint="Choose an account of the type named in the message.",
    ),
    Category(
        name="name_conflict",
        meaning="the name is already used by another list of the books",
        hint="Rename one of the two and retry, or link the record with the entry of the books.",
    ),
    Category(
        name="duplicate_document",
        meaning="the books already hold such a document",
        hint="Link the record with it, skip the record, or delete the other document and retry.",
    ),
    Category(
        name="closed_period",
        meaning="the date lies in a closed period of the books",
        hint='Reopen the period, set closed_period = "redate", or skip the record.',
    ),
    Category(
        name="reconciled",
        meaning="the document is part of a finished bank reconciliation",
        hint="Correct it with a new document instead.",
    ),
    Category(
        name="changed_in_books",
        meaning="somebody edited the document in the books after it was posted",
        hint="Decide which version stands: retry writes ours again, skip keeps theirs.",
    ),
    Category(
        name="missing_in_books",
        meaning="a document that was posted is not in the books any more",
        hint="Look for it first: was its date moved? Retry posts it again, skip accepts it.",
    ),
    Category(
        name="gone_in_source",
        meaning="a record that was posted moves nothing in the source any more",
        hint="Retry voids its document in the books, skip keeps the document.",
    ),
    Category(
        name="undone",
        meaning="a person took a document out of the books again, or its last change",
        hint="Retry posts it again, skip leaves it out for good.",
    ),
    Category(
        name="doubled_in_books",
        meaning="the books hold two documents for one record",
        hint="Delete one of the two in the books.",
    ),
    Category(
        name="waiting_approval",
        meaning="the source has not approved the record yet",
        hint="Approve it in the source; it is posted on the next run.",
    ),
    Category(
        name="waiting_review",
        meaning="the flow waits for a review before posting",
        hint="Look at `subledger plan`, then run `subledger approve`.",
    ),
    Category(
        name="waiting_settlement",
        meaning="the record is still pending in the source",
        hint="It is posted once it has settled.",
    ),
    Category(
        name="dependency",
        meaning="another document has to be posted first",
        hint="It goes by itself once that one is posted.",
    ),
    Category(
        name="amount_mismatch",
        meaning="the amounts of the source do not add up",
        hint="Correct the record in the source; the difference is in the message.",
    ),
    Category(
        name="currency",
        meaning="the record is in another currency than the account",
        hint="Record it by hand, or skip it.",
    ),
    Category(
        name="unreadable",
        meaning="the record could not be understood",
        hint="Report it with the payload shown; the other records went on.",
    ),
    Category(
        name="validation",
        meaning="the books refuse a value",
        hint="Correct the field named in the message in the source, then retry.",
    ),
    Category(
        name="text_changed",
        meaning="some characters cannot be stored by the books and were replaced",
        hint="Nothing to do, unless the text matters to you.",
    ),
    Category(
        name="unknown_outcome",
        meaning="it is not known whether the books took the document",
        hint="Look in the books: retry posts it, link takes what is there, skip leaves it.",
    ),
    Category(
        name="rate_limited",
        meaning="the outside system asked us to slow down",
        hint="It is tried again by itself.",
    ),
    Category(
        name="unavailable",
        meaning="the outside system did not answer properly",
        hint="It is tried again by itself; look at its status page if this stays.",
    ),
    Category(
        name="feature_off",
        meaning="the books have this feature switched off or the edition lacks it",
        hint="Switch it on in the books, or remove it from the mapping.",
    ),
    Category(
        name="excluded",
        meaning="the configuration leaves this record out",
        hint="Change the setting named in the message if you want it posted.",
    ),
    Category(
        name="plugin_failed",
        meaning="a connector or plugin did what it must not",
        hint="Upgrade the package named in the message, or tell its makers.",
    ),
    Category(
        name="internal",
        meaning="subledger made a mistake",
        hint="Please report it with the detail; nothing was posted.",
    ),
)

CATEGORIES = MappingProxyType({category.name: category for category in _ALL})
"""Every category by name."""


def _known(_instance: object, _attribute: object, name: str) -> None:
    if name not in CATEGORIES:
        raise ValueError(f"{name!r} is not a category of findings")


@frozen(kw_only=True)
class Finding:
    """Something a person should see."""

    category: str = field(validator=_known)
    """What sort of trouble it is, by name; the category brings the meaning and a way out."""
    subject: str
    """What it is about, so that a thousand records with one cause make one finding:
    ``tag GL Account = Postage``.
    """
    message: str
    """The cause in plain words, without a full stop."""
    hint: str = ""
    """What to do; empty: as the category says."""
    detail: str = ""
    """More for whoever looks closer; no secrets."""

    @property
    def way_out(self) -> str:
        """The finding's own hint, else its category's."""
        return self.hint or CATEGORIES[self.category].hint
