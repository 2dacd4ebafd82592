"""Account types of the Accounting API: class, usual side, default sub-type."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen


@frozen(kw_only=True)
class AccountType:
    """One type; `sign` is 1 where the account grows by debits."""

    classification: str
    sign: int
    subtype: str

    @property
    def is_balance_sheet(self) -> bool:
        """Whether it keeps its balance over the years."""
        return self.classification in {"Asset", "Liability", "Equity"}


def _row(classification: str, sign: int, subtype: str) -> AccountType:
    return AccountType(classification=classification, sign=sign, subtype=subtype)


BANK = "Bank"
RECEIVABLE = "Accounts Receivable"
PAYABLE = "Accounts Payable"
CREDIT_CARD = "Credit Card"
CURRENT_ASSET = "Other Current Asset"
CURRENT_LIABILITY = "Other Current Liability"
TYPES: Mapping[str, AccountType] = {
    BANK: _row("Asset", 1, "CashOnHand"),
    RECEIVABLE: _row("Asset", 1, "AccountsReceivable"),
    CURRENT_ASSET: _row("Asset", 1, "EmployeeCashAdvances"),
    "Fixed Asset": _row("Asset", 1, "FurnitureAndFixtures"),
    "Other Asset": _row("Asset", 1, "Licenses"),
    PAYABLE: _row("Liability", -1, "AccountsPayable"),
    CREDIT_CARD: _row("Liability", -1, "CreditCard"),
    CURRENT_LIABILITY: _row("Liability", -1, "OtherCurrentLiabilities"),
    "Long Term Liability": _row("Liability", -1, "NotesPayable"),
    "Equity": _row("Equity", -1, "OpeningBalanceEquity"),
    "Income": _row("Revenue", -1, "ServiceFeeIncome"),
    "Cost of Goods Sold": _row("Expense", 1, "SuppliesMaterialsCogs"),
    "Expense": _row("Expense", 1, "OtherMiscellaneousServiceCost"),
    "Other Income": _row("Revenue", -1, "OtherMiscellaneousIncome"),
    "Other Expense": _row("Expense", 1, "OtherMiscellaneousExpense"),
}
SUBTYPE_TYPES: Mapping[str, str] = {
    "Checking": BANK,
    "Savings": BANK,
    "MoneyMarket": BANK,
    "RentsHeldInTrust": BANK,
    "TrustAccounts": BANK,
    "UndepositedFunds": CURRENT_ASSET,
    "Inventory": CURRENT_ASSET,
    "PrepaidExpenses": CURRENT_ASSET,
    "OtherCurrentAssets": CURRENT_ASSET,
    "GlobalTaxPayable": CURRENT_LIABILITY,
    "SalesTaxPayable": CURRENT_LIABILITY,
    "SalesOfProductIncome": "Income",
    "DiscountsRefundsGiven": "Income",
    "OtherPrimaryIncome": "Income",
    "BankCharges": "Expense",
    "Travel": "Expense",
    "TravelMeals": "Expense",
    "OfficeGeneralAdministrativeExpenses": "Expense",
    "SuppliesMaterials": "Expense",
    **{row.subtype: name for name, row in TYPES.items()},
}
