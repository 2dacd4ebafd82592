"""The names of the sample business: Northwind Care LLC, its people, tags and merchants."""

from .model import Cardholder, Merchant, TagDefinition, TagOption

BUSINESS_ACCOUNT_ID = 48211
BUSINESS_NAME = "Northwind Care LLC"
VENDORS = ("Office Depot", "Shell", "Meridian Cloud Hosting", "Harbor Uniform Supply")

CARDHOLDERS = (
    Cardholder(
        account_id=910233, first_name="Dana", last_name="Ruiz", last_four="4417", custom_id="EMP-7"
    ),
    Cardholder(
        account_id=910234, first_name="Marek", last_name="Żak", last_four="0921", custom_id="EMP-8"
    ),
    Cardholder(
        account_id=910235, first_name="Aoife", last_name="O'Neil", last_four="7730", custom_id=""
    ),
    Cardholder(
        account_id=910236, first_name="Priya", last_name="Nair", last_four="1186", custom_id="EMP-2"
    ),
    Cardholder(
        account_id=910237, first_name="Lee", last_name="Thompson", last_four="5502", custom_id="V 1"
    ),
    Cardholder(
        account_id=910238,
        first_name="Meridian",
        last_name="Hosting",
        last_four="6009",
        custom_id="VENDOR-1",
        is_vendor=True,
    ),
)

ACCOUNTS = (
    "Office Supplies",
    "Travel",
    "Travel:Hotel",
    "Travel:Airfare",
    "Travel:Meals",
    "Fuel",
    "Vehicle Repairs",
    "Software Subscriptions",
    "Advertising",
    "Medical Supplies",
    "Utilities",
    "Telephone",
    "Bank Service Charges",
    "Uncategorized Expense",
)
INACTIVE_ACCOUNT = "Postage"
PREFIXED_ACCOUNT = "201 · Equipment"
DELETED_OPTION = "Printing"
CLASSES = (
    "Administration",
    "Clinic",
    "Field Services",
    "Field Services:North",
    "Field Services:South",
)
CUSTOMERS = (
    "Lakeside Clinic",
    "Lakeside Clinic:Roof Repair",
    "Harbor School District",
    "Riverside Bakery",
)

ACCOUNT_TAG = "61f0a7c2d94e3b58aa100001"
CLASS_TAG = "61f0a7c2d94e3b58aa100002"
CUSTOMER_TAG = "61f0a7c2d94e3b58aa100003"
SPLIT_TAG = "61f0a7c2d94e3b58aa100004"
NOTE_TAG = "61f0a7c2d94e3b58aa100005"
BILLABLE_TAG = "61f0a7c2d94e3b58aa100006"
RETIRED_TAG = "61f0a7c2d94e3b58aa100007"
UNKNOWN_TAG = "61f0a7c2d94e3b58aa1000ff"
TAGS_VERSION = "61f0a7c2d94e3b58aa1fffff"


def _options(values: tuple[str, ...]) -> tuple[TagOption, ...]:
    return tuple(TagOption(name=value.rpartition(":")[2], value=value) for value in values)


TAGS = (
    TagDefinition(
        id=ACCOUNT_TAG,
        name="GL Account",
        type="Dropdown",
        order=1,
        is_required=True,
        options=_options((*ACCOUNTS, INACTIVE_ACCOUNT, PREFIXED_ACCOUNT)),
    ),
    TagDefinition(id=CLASS_TAG, name="Class", type="Dropdown", order=2, options=_options(CLASSES)),
    TagDefinition(
        id=CUSTOMER_TAG, name="Customer", type="Dropdown", order=3, options=_options(CUSTOMERS)
    ),
    TagDefinition(id=SPLIT_TAG, name="Split", type="Allocation", order=4),
    TagDefinition(id=NOTE_TAG, name="Project note", type="Text", order=5),
    TagDefinition(id=BILLABLE_TAG, name="Billable", type="YesNo", order=6),
    TagDefinition(id=RETIRED_TAG, name="Old department", type="Dropdown", order=7, is_deleted=True),
)

MERCHANTS = (
    Merchant(name="OFFICE DEPOT #221", normalised="Office Depot", account="Office Supplies"),
    Merchant(
        name="SHELL OIL 57442",
        normalised="Shell",
        city="ROUND ROCK",
        category_code="5541",
        account="Fuel",
    ),
    Merchant(
        name="HILTON GARDEN INN",
        normalised="Hilton Garden Inn",
        city="DENVER",
        state="CO",
        postal_code="80202",
        category_code="3604",
        hours_from_eastern=-2,
        account="Travel:Hotel",
    ),
    Merchant(
        name="SOUTHWES 5262178",
        normalised="Southwest Airlines",
        city="DALLAS",
        category_code="3066",
        account="Travel:Airfare",
    ),
    Merchant(
        name="TST* GREEN TABLE",
        normalised="Green Table",
        category_code="5812",
        account="Travel:Meals",
    ),
    Merchant(
        name="AUTOZONE 3310",
        normalised="AutoZone",
        category_code="5533",
        account="Vehicle Repairs",
    ),
    Merchant(
        name="GITHUB, INC.",
        normalised="GitHub",
        city="SAN FRANCISCO",
        state="CA",
        postal_code="94107",
        category_code="5734",
        hours_from_eastern=-3,
        account="Software Subscriptions",
    ),
    Merchant(
        name="GOOGLE *ADS4471",
        normalised="Google Ads",
        city="MOUNTAIN VIEW",
        state="CA",
        category_code="7311",
        hours_from_eastern=-3,
        account="Advertising",
    ),
    Merchant(
        name="MCKESSON MEDICAL",
        normalised="McKesson",
        city="RICHMOND",
        state="VA",
        category_code="5047",
        hours_from_eastern=0,
        account="Medical Supplies",
    ),
    Merchant(
        name="CITY OF AUSTIN UTILITIES",
        normalised="City of Austin",
        category_code="4900",
        account="Utilities",
    ),
    Merchant(
        name="VZWRLSS*APOCC VISB", normalised="Verizon", category_code="4814", account="Telephone"
    ),
    Merchant(
        name="MERIDIAN CLOUD HOSTING",
        normalised="Meridian Cloud Hosting",
        category_code="4816",
        account="Software Subscriptions",
    ),
)

CUSTOMER_MERCHANT = Merchant(
    name="RIVERSIDE BAKERY",
    normalised="Riverside Bakery",
    category_code="5462",
    account="Travel:Meals",
)

ODD_MERCHANTS = (
    Merchant(name='JOE\'S "BEST" PIZZA', normalised='Joe\'s "Best" Pizza', account="Travel:Meals"),
    Merchant(name="BARNES & NOBLE #12", normalised="Barnes & Noble"),
    Merchant(name="AMZN: MKTP US*2K4", normalised="Amazon: Marketplace"),
    Merchant(name="<b>BOLD</b> SIGNS", normalised="<b>Bold</b> Signs", account="Advertising"),
    Merchant(name="☕🍩 CORNER CAFÉ", normalised="☕🍩 Corner Café", account="Travel:Meals"),
    Merchant(
        name="スターバックス 渋谷店",
        normalised="スターバックス",
        city="TOKYO",
        state="",
        postal_code="1500002",
        country="JPN",
        category_code="5814",
        hours_from_eastern=13,
        currency="JPY",
        account="Travel:Meals",
    ),
    Merchant(
        name="ŻABKA ŁÓDŹ ŚWIĘTOKRZYSKA",
        normalised="Żabka",
        city="ŁÓDŹ",
        state="",
        postal_code="90001",
        country="POL",
        category_code="5411",
        hours_from_eastern=6,
        currency="PLN",
        account="Travel:Meals",
    ),
    Merchant(name="TRAILING SPACE DINER   ", normalised="Trailing Space Diner   "),
    Merchant(
        name="INTERCONTINENTAL SURGICAL AND DENTAL SUPPLY OF NORTH AMERICA",
        normalised="Intercontinental Surgical And Dental Supply Of North America",
        account="Medical Supplies",
    ),
)
