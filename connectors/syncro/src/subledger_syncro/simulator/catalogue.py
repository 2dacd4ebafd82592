"""The made-up managed service provider: its rates, goods, vendors, and the names of its clients."""

from decimal import Decimal
from typing import Final

from .model import Component, TaxRate

SUBDOMAIN: Final = "acme"
ACCOUNT_ID: Final = 7710
USER_ID: Final = 5

STANDARD: Final = 901
EXEMPT: Final = 902
GROUP: Final = 903
COMPOUND: Final = 904
ZERO: Final = 905
CITY: Final = 906

RATES: Final = (
    TaxRate(
        id=STANDARD, name="Texas 8.25", components=(Component(name="TX", percent=Decimal("8.25")),)
    ),
    TaxRate(id=EXEMPT, name="Exempt"),
    TaxRate(
        id=GROUP,
        name="Travis County",
        components=(
            Component(name="State", percent=Decimal("6.25")),
            Component(name="Austin", percent=Decimal("1.00")),
            Component(name="Transit", percent=Decimal("1.00")),
        ),
    ),
    TaxRate(
        id=COMPOUND,
        name="GST and provincial tax",
        components=(
            Component(name="GST", percent=Decimal("5.0")),
            Component(name="PST", percent=Decimal("9.5"), compound=True),
        ),
    ),
    TaxRate(id=ZERO, name="Out of state", components=(Component(name="None", percent=Decimal(0)),)),
    TaxRate(
        id=CITY, name="Dallas 2.0", components=(Component(name="Dallas", percent=Decimal("2.0")),)
    ),
)

CATEGORIES: Final = ("Services", "Licences", "Hardware", "Cabling", "Labour")

# name, description, category, cost and price in cents, keeps stock, taxable
PRODUCTS: Final = (
    ("Managed workstation", "Monthly managed workstation", "Services", 1000, 5000, False, True),
    ("Managed server", "Monthly managed server", "Services", 4500, 17500, False, True),
    ("Backup 1 TB", "Cloud backup, one terabyte", "Services", 900, 3999, False, True),
    ("Mailbox licence", "Mailbox licence, per user and month", "Licences", 880, 1250, False, True),
    ("Endpoint protection", "Endpoint protection, per device", "Licences", 210, 495, False, True),
    ("Remote labour", "Remote support, per hour", "Labour", 0, 14999, False, False),
    ("On-site labour", "On-site support, per hour", "Labour", 0, 18500, False, False),
    ("Emergency call-out", "Call-out outside of hours", "Labour", 0, 25000, False, False),
    ('Laptop 14"', "Business laptop, 14 inch, 16 GB", "Hardware", 78900, 119900, True, True),
    ("Switch 24-port", "Managed switch, 24 ports", "Hardware", 21450, 34900, True, True),
    ("Access point", "Ceiling access point", "Hardware", 9875, 16900, True, True),
    ("SSD 1 TB", "Solid-state disk, 1 TB", "Hardware", 5410, 9900, True, True),
    ("Patch cable 2 m", "Cat 6A patch cable, two metres", "Cabling", 187, 650, True, True),
    ("Patch cable 2 m", "Cat 6A patch cable, 2 m, grey", "Cabling", 175, 645, True, True),
    ("Übertragungs-Kabel", "Glasfaser, LC-LC, 5 m", "Cabling", 1105, 2450, True, True),
    ("Discontinued phone", "No longer sold", "Hardware", 4000, 8000, False, True),
)

VENDORS: Final = (
    ("Northern Wholesale", "Bea", "Sales", "NW-7731"),
    ("HostedBizz Cloud", "Tom", "Reyes", None),
    ("Kabel & Söhne GmbH", "Jürgen", "Groß", "D-100"),
    ("Silva Dental", None, None, None),
    ("東京ネットワーク", "Aiko", "Mori", "JP-5"),
)

FIRST_NAMES: Final = (
    "Ana", "Bo", "Chloë", "Dmitri", "Elif", "Femi", "Grace", "Hugo", "Inês", "Jörg",
    "Kim", "Lucía", "Mei", "Nils", "Oona", "Priya", "Quentin", "Rosa", "Søren", "Thảo",
)  # fmt: skip
LAST_NAMES: Final = (
    "Silva", "O'Brien", "Nguyễn", "Kowalczyk", "Smith", "Jensen", "Okafor", "Çelik",
    "García", "de la Cruz", "Müller", "Novák", "Tanaka", "Brown", "Petrov", "Kaur",
)  # fmt: skip
TRADES: Final = (
    "Dental", "Law", "Architects", "Bakery", "Logistics", "Clinic", "Roofing", "Veterinary",
    "Accounting", "Motors", "Realty", "Optics", "Brewing", "Print", "Dairy", "Fitness",
)  # fmt: skip
SUFFIXES: Final = ("", "", "", " LLC", " Inc.", " & Sons", " Group", " GmbH")
CITIES: Final = (("Austin", "TX", "78701"), ("Dallas", "TX", "75201"), ("Tulsa", "OK", "74103"))

ODD_NAMES: Final = (
    ("株式会社さくら", "花子", "山田"),
    ("شركة النور للتجارة", "ليلى", "حداد"),
    ("Łódzkie Żółwie sp. z o.o.", "Zażółć", "Gęślą"),
    ("Smith: Partners", "Will", "Smith"),
    ("  Padded  Name ", "Pat", "Ng"),
    ("Coffee ☕ Corner 🧁", "Zoë", "Ames"),
    ("The Very Long Established Society of Roofers, Plumbers and Allied Trades of Texas",
     "Max", "Longfellow"),
    ('Tab\tand "Quote" <Co>', "Ed", "O'Neil"),
    ("Подсолнух", "Ирина", "Волкова"),
    (None, "Madonna", ""),
)  # fmt: skip

METHODS: Final = ("Credit Card", "Cash", "Check", "Offline CC", "Quick", "Other")
