"""Transactions in the vendor's format (models of the PEX .NET SDK); pure."""

from datetime import timedelta
from typing import Any

from . import catalogue
from .clock import WALL_FORMAT, stamp
from .jsontext import money, to_json
from .model import Answers, Merchant, Note, TagSet
from .seen import Seen
from .vocabulary import CATEGORY, CATEGORY_ID, TYPE, enum

CURRENCY_NUMBER = {"USD": "840", "JPY": "392", "PLN": "985"}
TAG_NAME = {tag.id: tag.name for tag in catalogue.TAGS}


def note(item: Note) -> dict[str, Any]:
    """A note on a transaction."""
    return {
        "NoteId": item.id,
        "NoteText": item.text,
        "UserName": item.user_name,
        "UserFirstName": item.first_name,
        "UserLastName": item.last_name,
        "NoteDate": stamp(item.at),
        "UpdatedDate": None,
        "SystemGenerated": item.is_system,
    }


def _answers(answers: Answers) -> list[dict[str, Any]]:
    return [
        {"FieldId": tag, "Name": TAG_NAME.get(tag, "Unknown"), "Value": value}
        for tag, value in answers
    ]


def _splits(tags: TagSet, transaction_id: int) -> list[dict[str, Any]]:
    return [
        {
            "FieldId": catalogue.SPLIT_TAG,
            "Name": f"Allocation_{transaction_id % 10_000}",
            "Value": to_json(
                {
                    "TagId": catalogue.SPLIT_TAG,
                    "Allocation": [{"TagId": tag, "Value": value} for tag, value in line.answers],
                    "Amount": str(money(line.cents)),
                }
            ),
        }
        for line in tags.splits
    ]


def transaction_tags(tags: TagSet | None, transaction_id: int) -> dict[str, Any] | None:
    """The ``TransactionTags`` object; every split is an entry whose value is JSON in a string."""
    if tags is None:
        return None
    return {
        "Tags": [*_answers(tags.answers), *_splits(tags, transaction_id)],
        "State": "Selected" if tags.chosen else "Initial",
        "FieldsVersion": catalogue.TAGS_VERSION,
    }


def _merchant(merchant: Merchant | None) -> dict[str, Any]:
    return {
        "MerchantName": merchant and merchant.name,
        "MerchantNameNormalized": merchant and merchant.normalised,
        "MerchantUrl": None,
        "MerchantLogoUrl": None,
        "MerchantIconUrl": None,
        "MerchantCity": merchant and merchant.city,
        "MerchantState": merchant and merchant.state,
        "MerchantZip": merchant and merchant.postal_code,
        "MerchantCountry": merchant and merchant.country,
        "MCCCode": merchant and merchant.category_code,
    }


def transaction(seen: Seen, *, numeric: bool = False) -> dict[str, Any]:
    """A row of ``TransactionList``, the same for cards and for the business account."""
    facts = seen.transaction
    merchant = facts.merchant
    local = facts.time_wall + timedelta(hours=merchant.hours_from_eastern if merchant else 0)
    is_settled = not seen.is_pending and not facts.is_decline
    source = facts.cents if facts.source_cents is None else facts.source_cents
    currency = merchant.currency if merchant else "USD"
    return {
        "TransactionId": seen.id,
        "AcctId": facts.account_id,
        "TransactionTime": facts.time_wall.strftime(WALL_FORMAT),
        "MerchantLocalTime": local.strftime(WALL_FORMAT),
        "HoldTime": stamp(facts.time),
        "SettlementTime": stamp(facts.settlement) if is_settled else None,
        "AuthTransactionId": facts.authorisation_id or None,
        "TransactionAmount": money(seen.cents),
        "PaddingAmount": money(0),
        "TransactionType": enum("TransactionType", TYPE[facts.kind], numeric=numeric),
        "Description": facts.description,
        "TransactionNotes": [note(item) for item in seen.notes],
        "IsPending": seen.is_pending,
        "IsDecline": facts.is_decline,
        **_merchant(merchant),
        "TransferToOrFromAccountId": facts.counter_account_id,
        "AuthIdentityResponseCode": None,
        "MerchantId": merchant and "4445011",
        "TerminalId": merchant and "0002",
        "NetworkTransactionId": facts.network_id or None,
        "SourceCurrencyCodeDescription": currency,
        "SourceCurrencyNumericCode": CURRENCY_NUMBER[currency],
        "SourceAmount": money(source),
        "TransactionTags": transaction_tags(seen.tags, facts.id),
        "MetadataApprovalStatus": seen.approval,
        "TransactionTypeCategory": CATEGORY[facts.kind],
    }


def transaction_result(seen: Seen, business_id: int) -> dict[str, Any]:
    """A row of the newer paged endpoints, whose model differs from ``TransactionList``."""
    facts = seen.transaction
    merchant = facts.merchant
    on_business = facts.account_id == business_id
    category = CATEGORY[facts.kind]
    tags = transaction_tags(seen.tags, facts.id)
    currency = merchant.currency if merchant else "USD"
    return {
        "BusinessId": business_id,
        "CardholderId": None if on_business else facts.account_id,
        "TransactionId": seen.id,
        "NetworkTransactionId": facts.network_id or None,
        "AuthTransactionId": facts.authorisation_id or None,
        "RelationshipId": None,
        "TransactionTime": stamp(facts.time),
        "TransactionAuthTime": stamp(facts.time),
        "TransactionHoldTime": stamp(facts.time),
        "IsPending": seen.is_pending,
        "Description": facts.description,
        "Amount": money(seen.cents),
        "CurrencyDesc": "USD",
        "CurrencyCode": "840",
        "SourceAmount": money(facts.cents if facts.source_cents is None else facts.source_cents),
        "SourceCurrencyDesc": currency,
        "SourceCurrencyCode": CURRENCY_NUMBER[currency],
        "Category": {"Id": CATEGORY_ID[category], "Name": category},
        "Merchant": merchant
        and {
            "Id": 4445011,
            "Name": merchant.name,
            "NameNormalized": merchant.normalised,
            "MccCode": merchant.category_code,
            "City": merchant.city,
            "State": merchant.state,
            "Country": merchant.country,
            "Zip": merchant.postal_code,
            "WebsiteUrl": None,
            "LogoUrl": None,
            "IconUrl": None,
        },
        "Account": {
            "Type": "Business" if on_business else "Cardholder",
            "Id": facts.account_id,
        },
        "Approval": seen.approval,
        "HasAttachments": bool(seen.attachments),
        "Notes": [note(item) for item in seen.notes],
        "Tags": tags["Tags"] if tags else [],
    }


def network_transaction(
    seen: Seen, *, ledger_cents: int, available_cents: int, kind: str
) -> dict[str, Any]:
    """The ``Data`` of a network callback; ``kind`` is Auth, Settlement or Reversal."""
    facts = seen.transaction
    return {
        "NetworkTransactionId": facts.network_id or None,
        "TransactionId": None if seen.is_pending else seen.id,
        "AcctId": facts.account_id,
        "TransactionTime": stamp(facts.time),
        "HoldTime": stamp(facts.time),
        "SettlementTime": None if seen.is_pending else stamp(facts.settlement),
        "AuthTransactionId": facts.authorisation_id or None,
        "TransactionAmount": money(seen.cents),
        "PaddingAmount": money(0),
        "AvailableBalance": money(available_cents),
        "LedgerBalance": money(ledger_cents),
        "TransactionType": TYPE[facts.kind].upper(),
        "Description": facts.description,
        "TransactionNotes": None,
        "ReferencedTranId": facts.authorisation_id or None,
        "ReferencedTransactionTime": stamp(facts.time),
        "MerchantName": facts.merchant and facts.merchant.name,
        "MCCCode": facts.merchant and facts.merchant.category_code,
        "NetworkType": kind,
        "NetworkStatus": "Approved",
        "IsCardPresent": True,
        "Message": None,
        "MessageCode": None,
    }
