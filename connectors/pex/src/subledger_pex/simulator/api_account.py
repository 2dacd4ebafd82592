"""Endpoints about the business, its cardholders and its tokens."""

from typing import Any

from .clock import stamp
from .jsontext import money
from .model import Cardholder
from .query import RefusedError
from .routing import Call, Reply, Row
from .vocabulary import enum

USER_GROUP = {"UserGroupId": 12, "Name": "Field staff", "GroupType": None, "LegacyGroupId": None}
ADDRESS = {
    "ContactName": "Pat Lee",
    "AddressLine1": "100 Congress Ave",
    "AddressLine2": None,
    "City": "Austin",
    "State": "TX",
    "PostalCode": "78701",
    "Country": "USA",
}


def ping(_: Call) -> Reply:
    """A sign of life; needs no token."""
    return Reply(body="ok")


def _balances(call: Call) -> tuple[int, dict[int, tuple[int, int]]]:
    """The business balance, and (ledger, available) by card, all in cents."""
    simulation, business = call.simulation, call.simulation.business
    settled, held = simulation.ledger_cents(), simulation.held_cents()
    if business.funding == "prepaid":
        cards = {
            person.account_id: (
                settled.get(person.account_id, 0),
                settled.get(person.account_id, 0) + held.get(person.account_id, 0),
            )
            for person in business.cardholders
        }
        return settled.get(business.account_id, 0), cards
    owed = simulation.truth()["owed"]
    return business.credit_limit_cents - owed, {p.account_id: (0, 0) for p in business.cardholders}


def balance(call: Call) -> Reply:
    """The business account's balance."""
    cents, _ = _balances(call)
    return Reply(
        body={
            "BusinessAccountId": call.simulation.business.account_id,
            "BusinessAccountBalance": money(cents),
        }
    )


def settings(call: Call) -> Reply:
    """The settings that decide how a business is synchronised."""
    simulation = call.simulation
    is_credit = simulation.business.funding == "credit"
    source = "Credit" if is_credit else "Prepaid"
    return Reply(
        body={
            "SupportedCardType": ["Emv", "Virtual"],
            "UseBusinessBalance": is_credit,
            "UseRemoteDecision": False,
            "BlockCardDefunding": False,
            "UseCardholderGroup": True,
            "TagsEnabled": simulation.behaviour.tags_enabled,
            "AllocationTagsEnabled": simulation.behaviour.tags_enabled,
            "FundingSource": enum("FundingSource", source, numeric=call.numeric),
            "CardLimit": 50,
            "VendorLimit": 50,
            "DefaultDailyLimit": money(500_000),
            "UseReimbursements": False,
            "UseBillPay": False,
            "UseTagDependencies": False,
        }
    )


def profile(call: Call) -> Reply:
    """Who owns the business account."""
    return Reply(
        body={
            "BusinessAcctId": call.simulation.business.account_id,
            "FirstName": "Pat",
            "LastName": "Lee",
            "PhoneExtension": None,
            "Phone": "5125550100",
            "Email": "pat@northwind.example",
            "DateOfBirth": "1980-01-01T00:00:00",
            "ProfileAddress": ADDRESS,
        }
    )


def _listed(person: Cardholder, ledger: int, available: int) -> dict[str, Any]:
    return {
        "AccountId": person.account_id,
        "FirstName": person.first_name,
        "LastName": person.last_name,
        "Email": f"{person.user_name}@northwind.example",
        "LedgerBalance": money(ledger),
        "AvailableBalance": money(available),
        "AccountStatus": "OPEN",
        "IsVirtual": person.is_vendor,
        "CardholderType": "Vendor" if person.is_vendor else "TeamMember",
        "CustomId": person.custom_id,
        "UserGroupId": USER_GROUP["UserGroupId"],
        "UserGroups": [USER_GROUP],
        "CardStatus": "ACTIVE",
        "CardNumber4Digits": person.last_four,
        "CardIssueDate": "2025-02-03T00:00:00",
        "CardExpiryDate": "2028-02-29T00:00:00",
    }


def account_details(call: Call) -> Reply:
    """The business account with its cardholders."""
    business = call.simulation.business
    cents, cards = _balances(call)
    people = business.cardholders
    return Reply(
        body={
            "BusinessAccountId": business.account_id,
            "BusinessAccountNumber": f"{business.account_id:07}",
            "BusinessName": business.name,
            "BusinessAccountStatus": "OPEN",
            "BusinessAccountBalance": money(cents),
            "PendingTransferAmount": money(0),
            "CHAccountList": [_listed(person, *cards[person.account_id]) for person in people],
            "OpenCardholdersCount": sum(not person.is_vendor for person in people),
            "OpenVendorCardsCount": sum(person.is_vendor for person in people),
            "CardholderGroups": [],
            "UserGroups": [USER_GROUP],
            "BankAccountList": [
                {
                    "ExternalBankAcctId": 5,
                    "RoutingNumber": "xxxxx0110",
                    "BankAccountNumber": "xxxx8890",
                    "BankName": "First Bank",
                    "BankAccountType": "Checking",
                    "IsActive": True,
                }
            ],
        }
    )


def cardholder_details(call: Call) -> Reply:
    """One cardholder; the name is only in ``ProfileAddress.ContactName``."""
    wanted = call.id("account")
    _, cards = _balances(call)
    for person in call.simulation.business.cardholders:
        if person.account_id == wanted:
            name = f"{person.first_name} {person.last_name}"
            listed = _listed(person, *cards[wanted])
            same = ("AccountId", "AccountStatus", "LedgerBalance", "AvailableBalance")
            return Reply(
                body={
                    **{key: listed[key] for key in same},
                    "ProfileAddress": {**ADDRESS, "ContactName": name},
                    "Phone": "5125550100",
                    "ShippingAddress": {**ADDRESS, "ContactName": name},
                    "ShippingPhone": "5125550100",
                    "DateOfBirth": "1990-01-01T00:00:00",
                    **{
                        key: listed[key] for key in ("Email", "IsVirtual", "CustomId", "UserGroups")
                    },
                    "CardList": [
                        {
                            "CardId": wanted - 900_000,
                            "IssuedDate": listed["CardIssueDate"],
                            "ExpirationDate": listed["CardExpiryDate"],
                            "Last4CardNumber": person.last_four,
                            "CardStatus": "Active",
                        }
                    ],
                }
            )
    raise RefusedError(404, "Account not found")


def _token(call: Call, token: str) -> dict[str, Any]:
    business = call.simulation.business
    return {
        "AppId": call.simulation.tokens.app_id,
        "BusinessAccountId": business.account_id,
        "BusinessAccountName": business.name,
        "CardholderAccountId": None,
        "UserType": enum("UserType", "Admin", numeric=call.numeric),
        "Username": "plee",
        "Token": token,
        "TokenExpiration": stamp(call.simulation.tokens.live.get(token)),
    }


def tokens(call: Call) -> Reply:
    """All live tokens of the business."""
    return Reply(body={"Tokens": [_token(call, token) for token in call.simulation.tokens.live]})


def current_token(call: Call) -> Reply:
    """The token that the request came with."""
    return Reply(body=_token(call, call.token))


def renew_token(call: Call) -> Reply:
    """A new API token for another six months."""
    simulation = call.simulation
    token = simulation.tokens.issue()
    if simulation.behaviour.renewal_revokes:
        simulation.tokens.expire(call.token)
    row = _token(call, token)
    return Reply(body={key: row[key] for key in ("Username", "Token", "AppId", "TokenExpiration")})


def delete_token(call: Call) -> Reply:
    """End the token that the request came with."""
    call.simulation.tokens.expire(call.token)
    return Reply()


def vendors(call: Call) -> Reply:
    """Vendors, by page."""
    names = call.simulation.business.vendors
    page = call.query.number("PageIndex", 1, low=1, high=1_000_000)
    size = call.query.number("PageSize", 10, low=1, high=1000)
    rows = [
        {
            "VendorId": 500 + number,
            "VendorName": name,
            "IconUrl": None,
            "VendorStatus": enum("VendorStatus", "Onboarded", numeric=call.numeric),
            "VendorStatusTrigger": "Active",
            "CreatedByUserId": 4,
            "Owner": None,
            "CustomId": None,
        }
        for number, name in enumerate(names)
    ]
    begin = (page - 1) * size
    return Reply(body={"Vendors": rows[begin : begin + size], "TotalCount": len(rows)})


ROWS: tuple[Row, ...] = (
    ("GET", "Ping", ping),
    ("GET", "Business/Balance", balance),
    ("GET", "Business/Settings", settings),
    ("GET", "Business/Profile", profile),
    ("GET", "Details/AccountDetails", account_details),
    ("GET", "Details/AccountDetails/{account}", cardholder_details),
    ("GET", "Token", tokens),
    ("DELETE", "Token", delete_token),
    ("GET", "Token/Current", current_token),
    ("POST", "Token/Renew", renew_token),
    ("GET", "Vendor", vendors),
)
