"""Faults in the words in which Intuit reports them (Accounting API, error codes)."""

from __future__ import annotations


class CompanyFault(Exception):  # noqa: N818 - Intuit's word
    """One refused request: `code`, `message`, `detail`, `element`, fault `type`, HTTP `status`."""

    def __init__(
        self,
        code: str,
        message: str,
        detail: str = "",
        *,
        element: str = "",
        type: str = "ValidationFault",  # noqa: A002 - Intuit's word
        status: int = 400,
    ) -> None:
        super().__init__(f"{code} {message}: {detail}")
        self.code = code
        self.message = message
        self.detail = detail
        self.element = element
        self.type = type
        self.status = status


def unsupported_operation(entity: str, operation: str) -> CompanyFault:
    """500: the entity does not exist or cannot do that."""
    return CompanyFault(
        "500", "Unsupported Operation", f"Operation {operation} on {entity} is not supported."
    )


def not_found(detail: str = "") -> CompanyFault:
    """610: the object was never there, or was deleted."""
    text = detail or (
        "Something you're trying to use has been made inactive. Check the fields with accounts,"
        " customers, items, vendors or employees."
    )
    return CompanyFault("610", "Object Not Found", f"Object Not Found : {text}")


def inactive(element: str) -> CompanyFault:
    """610: the document names a list object that is inactive."""
    fault = not_found()
    fault.element = element
    return fault


def cannot_link(detail: str) -> CompanyFault:
    """620: the documents may not be linked."""
    return CompanyFault("620", "Transaction cannot be linked", detail)


def unsupported_property(name: str) -> CompanyFault:
    """2010: a key that the entity does not have, or a value of another type."""
    return CompanyFault(
        "2010",
        "Request has invalid or unsupported property",
        f"Property Name:{name} specified is unsupported or invalid",
        element=name,
    )


def unknown_currency(code: str, element: str = "SourceCurrencyCode") -> CompanyFault:
    """2220: a currency of which nothing is known, or that the company does not use."""
    return CompanyFault(
        "2220", "Invalid Currency Code", f"Invalid currency: {code}", element=element
    )


def missing(name: str) -> CompanyFault:
    """2020: a required parameter is missing."""
    return CompanyFault(
        "2020",
        "Required param missing, need to supply the required value for the API",
        f"Required parameter {name} is missing in the request",
        element=name,
    )


def invalid_id(value: object) -> CompanyFault:
    """2030: an Id that is no number."""
    return CompanyFault(
        "2030",
        "Invalid ID",
        f"Id should be a valid number. Supplied value:{value}",
        element="Id",
    )


def invalid_string(name: str, value: str) -> CompanyFault:
    """2040: characters that the field does not take."""
    return CompanyFault(
        "2040", "Invalid String", f"Invalid characters in {name}: {value}", element=name
    )


def too_long(name: str, greatest: int, supplied: int) -> CompanyFault:
    """2050: a text that is longer than the field."""
    return CompanyFault(
        "2050",
        "String length is either shorter or longer than supported by specification",
        "String length specified does not match the supported length."
        f" Min:0 Max:{greatest} supplied:{supplied}. Error at {name}",
        element=name,
    )


def invalid_date(name: str, value: object) -> CompanyFault:
    """2060: a date in another form than YYYY-MM-DD."""
    return CompanyFault(
        "2060", "Date format is invalid", f"Invalid date: {value} for {name}", element=name
    )


def invalid_number(name: str, value: object) -> CompanyFault:
    """2080: a value that is no number."""
    return CompanyFault(
        "2080",
        "Number format is invalid",
        f"Invalid number: {value} for {name}",
        element=name,
    )


def number_range(name: str, value: object) -> CompanyFault:
    """2090: a number with more than fifteen digits."""
    return CompanyFault(
        "2090",
        "Number is out of range",
        f"The number {value} for {name} has more than 15 digits",
        element=name,
    )


def invalid_enum(name: str, value: object) -> CompanyFault:
    """2170: a word that is not in the list of allowed ones."""
    return CompanyFault(
        "2170", "Invalid Enumeration", f"Invalid Enumeration : {value} for {name}", element=name
    )


def negative_amount(element: str = "Line.Amount") -> CompanyFault:
    """2290: a line's amount may not be negative."""
    return CompanyFault(
        "2290", "Negative amount not allowed", "Line amount should be positive", element=element
    )


def not_balanced(debits: object, credits_: object) -> CompanyFault:
    """2300: debits are not credits."""
    return CompanyFault(
        "2300",
        "Debits and credits do not match",
        f"Debits {debits} and credits {credits_} of a journal entry must be equal",
    )


def invalid_reference(kind: str, value: object, element: str) -> CompanyFault:
    """2500: no such object in the list; `kind` in Intuit's spelling (Accounts, Klasses, Depts)."""
    return CompanyFault(
        "2500",
        "Invalid Reference Id",
        f"Invalid Reference Id : {kind} element id {value} not found",
        element=element,
    )


def stale(entity: str, user: str) -> CompanyFault:
    """5010: the SyncToken is not the current one."""
    return CompanyFault(
        "5010",
        "Stale Object Error",
        f"Stale Object Error : You and {user} were working on this at the same time."
        f" {user} finished before you did, so your work was not saved."
        f" Entity={entity}",
    )


def permission_denied() -> CompanyFault:
    """5020: the user who connected the app may not do that."""
    return CompanyFault(
        "5020",
        "Permission Denied Error",
        "Permission Denied Error : You do not have permission to do that.",
        status=403,
    )


def feature_off(name: str) -> CompanyFault:
    """5030: the plan or the preferences do not have the feature."""
    return CompanyFault("5030", "Feature Not Supported", f"Feature not supported: {name}")


def business(text: str, element: str = "") -> CompanyFault:
    """6000: a rule of the books, told in free text."""
    return CompanyFault(
        "6000",
        "A business validation error has occurred while processing your request",
        f"Business Validation Error: {text}",
        element=element,
    )


def account_kind(detail: str) -> CompanyFault:
    """6010: type and sub-type of an account are missing or do not fit."""
    return CompanyFault("6010", "Account type or subtype is invalid", detail)


def line_math(amount: object) -> CompanyFault:
    """6070: the amount is not quantity times price."""
    return CompanyFault(
        "6070",
        "Amount calculation incorrect in the request",
        f"Amount is not equal to UnitPrice * Qty. Supplied value:{amount}",
        element="Line.Amount",
    )


def no_name() -> CompanyFault:
    """6080: a customer, vendor or employee without any part of a name."""
    return CompanyFault(
        "6080",
        "No name provided",
        "At least one of DisplayName, Title, GivenName, MiddleName, FamilyName or Suffix is needed",
    )


def us_tax_code(value: object) -> CompanyFault:
    """6100: in the US a line's tax code is TAX or NON."""
    return CompanyFault(
        "6100",
        "Invalid tax code",
        f"Transaction lines must have TAX or NON as tax code. Supplied value:{value}",
        element="TaxCodeRef",
    )


def duplicate_number(number: str, txn_type: str, txn_id: str) -> CompanyFault:
    """6140: the document number is taken; `txn_type` is the display name."""
    return CompanyFault(
        "6140",
        "Duplicate Document Number Error",
        "Duplicate Document Number Error : You must specify a different number. This number has"
        f" already been used. DocNumber={number} is assigned to TxnType={txn_type} with"
        f" TxnId={txn_id}",
    )


def too_deep() -> CompanyFault:
    """6180: more than five levels."""
    return CompanyFault(
        "6180", "Hierarchy level exceeded", "Objects cannot be nested deeper than 5 levels"
    )


def subscription_ended() -> CompanyFault:
    """6190: the company's subscription has ended."""
    return CompanyFault(
        "6190",
        "Invalid Company Status",
        "Subscription period has ended or canceled or there was a billing problem",
        status=403,
    )


def closed_books(*, password: bool) -> CompanyFault:
    """6200, or 6210 where the closing date is guarded by a password."""
    if password:
        return CompanyFault(
            "6210",
            "Account Period Closed, Cannot Update Through Services API",
            "The account period has closed and the account books cannot be updated through the QBO"
            " Services API. Please use the QBO website to make these changes.",
        )
    return CompanyFault(
        "6200",
        "Account Period Closed, Cannot Update Through Services API",
        "The account period has closed and the account books cannot be updated.",
    )


def has_balance(entity: str) -> CompanyFault:
    """6220: an object with a balance cannot be made inactive."""
    return CompanyFault(
        "6220", "Cannot be made inactive", f"The {entity} has a balance and cannot be deactivated"
    )


def duplicate_name(*, party: bool = False) -> CompanyFault:
    """6240: the name is taken; `party` among customers, vendors and employees."""
    whom = "Another customer, vendor or employee" if party else "Another object"
    return CompanyFault(
        "6240",
        "Duplicate Name Exists Error",
        f"The name supplied already exists. : {whom} is already using this name."
        " Please use a different name.",
    )


def before_inventory_start() -> CompanyFault:
    """6270: the document is older than the inventory of its item."""
    return CompanyFault(
        "6270",
        "Transaction date is prior to start date for inventory item",
        "Transactions with inventory (QOH) products cant be dated earlier than the Inventory Start"
        " Date for the product",
    )


def billable_without_customer() -> CompanyFault:
    """6310: a billable line needs a customer."""
    return CompanyFault(
        "6310", "Customer is required", "A billable line must name a customer", element="Line"
    )


def no_email() -> CompanyFault:
    """6420: EmailStatus NeedToSend without an address."""
    return CompanyFault(
        "6420", "Email address is required", "BillEmail must be given to send", element="BillEmail"
    )


def wrong_account_type(detail: str, element: str = "AccountRef") -> CompanyFault:
    """6430: an account of a type that the field does not take."""
    return CompanyFault("6430", "Invalid account type", detail, element=element)


def line_without_target() -> CompanyFault:
    """6440: a line with neither item nor account."""
    return CompanyFault(
        "6440", "Item or account is required", "A line needs an item or an account", element="Line"
    )


def matched_to_bank() -> CompanyFault:
    """6480: the document was matched to a downloaded bank line, or reconciled."""
    return CompanyFault(
        "6480",
        "Transaction cannot be changed",
        "This transaction has been matched to a downloaded transaction",
    )


def deposited() -> CompanyFault:
    """6540: the money was deposited."""
    return CompanyFault(
        "6540",
        "Deposited Transaction cannot be changed",
        "If you need to change or delete this transaction, you need to edit the deposit it appears"
        " on and remove the transaction.",
    )
