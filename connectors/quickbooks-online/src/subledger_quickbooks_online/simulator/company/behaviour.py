"""Switches for what Intuit does not document, and for what differs between companies."""

from __future__ import annotations

from attrs import field, frozen
from attrs.validators import in_


def _one_of(*words: str) -> str:
    """A field that takes one of the words; the first is the default."""
    chosen: str = field(default=words[0], validator=in_(words))
    return chosen


@frozen(kw_only=True)
class Behaviour:
    """How a company acts where the documents are silent; stored with the company.

    See the reference of each field below; every default is the best-supported reading.
    """

    time_zone: str = "America/Los_Angeles"
    """The company's zone: TxnDate's default and the offset of every timestamp."""
    user: str = "another user"
    """Who is named in a stale-object fault."""
    unknown_property: str = _one_of("refuse", "ignore")
    """A key that the entity does not have: fault 2010, or dropped."""
    newer_sync: str = _one_of("refuse", "accept")
    """A SyncToken above the current one: fault 5010, or taken."""
    feature_off: str = _one_of("ignore", "refuse")
    """Class or location although tracking is off: dropped, or fault 5030."""
    inactive_unchanged_reference: str = _one_of("refuse", "keep")
    """Editing a document whose unchanged reference has been made inactive: fault 610, or kept."""
    deleted_suffix: str = _one_of(" (deleted{n})", " (deleted {n})")
    """The suffix of a second deletion of an equal name; the first is always " (deleted)"."""
    customer_with_balance: str = _one_of("credit_memo", "refuse")
    """Deactivating a customer that owes: a balancing credit memo, or fault 6220."""
    duplicate_numbers: str = _one_of("always", "preference")
    """Fault 6140 for sales forms and card or cash purchases: always, or with custom numbers on."""
    duplicate_scope: str = _one_of("type", "sales_forms")
    """Sales forms are numbered apart from each other, or together."""
    deposited_lock: str = _one_of("all", "amount")
    """A deposited document: nothing may change (6540), or only money, accounts and date."""
    paid_bill_payment: str = _one_of("void", "refuse")
    """Paying a bill that is paid: stored empty and voided, or fault 6000."""
    tax_rounding: str = _one_of("subtotal", "line")
    """Sales tax is rounded on the sum of the lines, or on each line."""
    tax_echo_is_override: bool = True
    """A TotalTax sent back as it was read counts as given by hand."""
    us_global_tax: str = _one_of("ignore", "refuse")
    """GlobalTaxCalculation in a US company: dropped, or fault 6000."""
    journal_party_lines: str = _one_of("many", "one")
    """A/R and A/P lines in one journal entry: as many as there are, or one (6000)."""
    transfer_accounts: str = _one_of("balance_sheet", "any")
    """Transfers between balance-sheet accounts except A/R and A/P only, or between any."""
    missing_item: str = _one_of("default", "refuse")
    """A sales line without an item: the default item, or fault 6440."""
    rename_bumps_children: bool = False
    """Renaming a parent moves the SyncToken of its children."""
    private_note_queryable: bool = False
    """PrivateNote may stand in a WHERE clause."""
    cdc_too_old: str = _one_of("refuse", "clamp")
    """changedSince more than 30 days back: a fault, or the last 30 days."""
    query_lag_seconds: int = 0
    """Queries (not reads by Id) see the books as they were that long ago."""
    tax_code_quirk: bool = True
    """A TaxCode query with MAXRESULTS 1 returns three rows too many."""
    total_count: str = _one_of("recorded", "always", "never")
    """totalCount in query responses: for the entities it was recorded for, always, never."""
    foreign_letters: str = _one_of("keep", "refuse", "replace")
    """Characters outside ISO-8859-1: kept, fault 2040, or replaced by a question mark."""
    zero_amounts: str = _one_of("accept", "refuse")
    """Purchases, bills and transfers of 0: stored, or fault 6000."""
    read_only_user: bool = False
    """The user who connected may not write: fault 5020."""
    subscription_ended: bool = False
    """Every request is refused with 6190."""
