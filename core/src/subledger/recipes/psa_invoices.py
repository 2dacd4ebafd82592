"""The recipe psa-invoices: a service business's invoices, payments and bills, in the books."""

from subledger.manifest import API, Role
from subledger.model import Kind, Reference
from subledger.model.kinds import (
    ACCOUNT,
    BILL,
    CLASS,
    CREDIT_MEMO,
    CUSTOMER,
    DEPARTMENT,
    INVOICE,
    ITEM,
    ITEM_RECEIPT,
    PAYMENT,
    PAYMENT_METHOD,
    PURCHASE,
    PURCHASE_ORDER,
    REFUND,
    REFUND_RECEIPT,
    SALES_RECEIPT,
    TAX_CODE,
    VENDOR,
)
from subledger.ports import FlowPlan, RecipeType
from subledger.recipes.psa_draft import drafting
from subledger.recipes.psa_settings import PsaInvoicesSettings


def plan(settings: PsaInvoicesSettings) -> FlowPlan:
    """The flow that the settings describe.

    Switched-off kinds are read all the same and left out one by one, so that the totals of the
    source and of the books can be compared; payments are not, since they may come from the books.
    """
    kinds = {CUSTOMER, ITEM, INVOICE, CREDIT_MEMO, REFUND, SALES_RECEIPT, REFUND_RECEIPT}
    if settings.payments:
        kinds.add(PAYMENT)
    more: tuple[str, ...] = ()
    if settings.purchases != "none":
        kinds |= {VENDOR, PURCHASE_ORDER, BILL, PURCHASE}
        kinds |= {ITEM_RECEIPT} if settings.receipts else set()
        more = (settings.payables_account.strip(),) if settings.payables_account else ()
    whole = {CUSTOMER: settings.all_customers, ITEM: settings.all_products}
    return FlowPlan(
        kinds=frozenset(kinds),
        account=settings.receivables_account.strip(),
        more_accounts=more,
        accounts_of=_accounts_of_money(settings),
        steps=(),
        draft=drafting(settings),
        references=_references(settings),
        whole=frozenset(kind for kind, wanted in whole.items() if wanted),
    )


def _accounts_of_money(settings: PsaInvoicesSettings) -> dict[Kind, tuple[str, ...]]:
    """The accounts of documents that are paid at once, by their kind."""
    wanted = {
        SALES_RECEIPT: (*settings.deposit_accounts.values(), settings.deposit_account),
        REFUND_RECEIPT: (settings.refund_account,),
        PURCHASE: (settings.purchase_account,),
    }
    return {
        kind: tuple(dict.fromkeys(name.strip() for name in names if name))
        for kind, names in wanted.items()
    }


def _references(settings: PsaInvoicesSettings) -> tuple[Reference, ...]:
    """What must be in the books before the first post, each once."""
    wanted: list[tuple[Kind, str | None]] = [
        (ACCOUNT, settings.receivables_account),
        *((ACCOUNT, name) for name in settings.deposit_accounts.values()),
        (ACCOUNT, settings.deposit_account if settings.payments else None),
        (ACCOUNT, settings.refund_account),
        (ACCOUNT, settings.purchase_account),
        (ACCOUNT, settings.payables_account),
        (ACCOUNT, settings.bill_account),
        (ACCOUNT, settings.income_account),
        (ACCOUNT, settings.cost_account),
        (ACCOUNT, settings.asset_account),
        (ITEM, settings.default_item),
        (ITEM, settings.order_item),
        (ITEM, settings.tax_item),
        *((TAX_CODE, name) for name in settings.tax_codes.values()),
        (TAX_CODE, settings.default_tax_code),
        *((PAYMENT_METHOD, name) for name in settings.payment_methods.values()),
        *((CLASS, name) for name in settings.locations.values()),
        (CLASS, settings.default_class),
        *((DEPARTMENT, name) for name in settings.departments.values()),
    ]
    named = [(kind, name.strip()) for kind, name in wanted if name]
    return tuple(Reference(kind=kind, name=name) for kind, name in dict.fromkeys(named))


PSA_INVOICES = RecipeType(
    name="psa-invoices",
    title="A service business: customers, items, invoices, credit memos, payments and bills",
    api=API,
    source=Role.PSA,
    sink=Role.GENERAL_LEDGER,
    settings=PsaInvoicesSettings,
    plan=plan,
)
