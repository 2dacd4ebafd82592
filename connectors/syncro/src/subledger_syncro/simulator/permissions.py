"""Names of the permissions that a token may have, as Syncro's reference states them."""

CUSTOMERS_LIST = "Customers - List/Search"
CUSTOMERS_VIEW = "Customers - View Detail"
CUSTOMERS_CREATE = "Customers - Create"
CUSTOMERS_EDIT = "Customers - Edit"
CUSTOMERS_DELETE = "Customers - Delete"
INVOICES_LIST = "Invoices - List/Search"
INVOICES_VIEW = "Invoices - View Details"
INVOICES_CREATE = "Invoices - Create"
INVOICES_EDIT = "Invoices - Edit"
INVOICES_DELETE = "Invoices - Delete"
PAYMENTS_VIEW = "Payments - View List"
PAYMENTS_CREATE = "Payments - Create"
PRODUCTS_LIST = "Products - List/Search"
PRODUCTS_CREATE = "Products - Create"
PRODUCTS_EDIT = "Products - Edit"
ESTIMATES_LIST = "Estimates - List/Search"
ESTIMATES_VIEW = "Estimates - View Details"
ESTIMATES_CREATE = "Estimates - Create"
ORDERS_LIST = "Purchase Orders - List/Search"
ORDERS_VIEW = "Purchase Orders - View Details"
ORDERS_EDIT = "Purchase Orders - Edit"
VENDORS_LIST = "Vendors - List"
VENDORS_VIEW = "Vendors - View Details"
VENDORS_NEW = "Vendors - New"
SCHEDULES_LIST = "Recurring Invoices - List"
GLOBAL_ADMIN = "Global Admin"
ANYBODY = ""

READER = frozenset(
    {
        CUSTOMERS_LIST,
        CUSTOMERS_VIEW,
        INVOICES_LIST,
        INVOICES_VIEW,
        PAYMENTS_VIEW,
        PRODUCTS_LIST,
        ESTIMATES_LIST,
        ESTIMATES_VIEW,
        ORDERS_LIST,
        ORDERS_VIEW,
        VENDORS_LIST,
        VENDORS_VIEW,
        SCHEDULES_LIST,
    }
)
"""What a connector needs that only reads."""
WRITER = READER | {
    CUSTOMERS_CREATE,
    CUSTOMERS_EDIT,
    INVOICES_CREATE,
    INVOICES_EDIT,
    PAYMENTS_CREATE,
    PRODUCTS_CREATE,
    PRODUCTS_EDIT,
}
"""What a connector needs that writes back as well."""
EVERYTHING = WRITER | {
    CUSTOMERS_DELETE,
    INVOICES_DELETE,
    ESTIMATES_CREATE,
    ORDERS_EDIT,
    VENDORS_NEW,
    GLOBAL_ADMIN,
}
PRESETS = {"reader": READER, "writer": WRITER, "everything": EVERYTHING}
