"""The balance sheet and the profit and loss statement of the simulated company."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from attrs import frozen

from .call import Call
from .company import Posting
from .envelope import Payload
from .report_form import cell, money, row, section, whole

Account = Mapping[str, str]
_COLUMNS = (("", "account", "Account"), ("Total", "total", "Money"))


@frozen(kw_only=True)
class _Part:
    """A section of a statement: its account types with their sign, or further parts."""

    title: str
    group: str
    types: tuple[str, ...] = ()
    sign: int = 1
    parts: tuple["_Part", ...] = ()


_INCOME = _Part(title="Income", group="Income", types=("Income",), sign=-1)
_COST = _Part(title="Cost of Goods Sold", group="COGS", types=("Cost of Goods Sold",))
_EXPENSES = _Part(title="Expenses", group="Expenses", types=("Expense",))
_OTHER_INCOME = _Part(title="Other Income", group="OtherIncome", types=("Other Income",), sign=-1)
_OTHER_EXPENSES = _Part(title="Other Expenses", group="OtherExpenses", types=("Other Expense",))
_RESULT = frozenset(
    name
    for part in (_INCOME, _COST, _EXPENSES, _OTHER_INCOME, _OTHER_EXPENSES)
    for name in part.types
)
_ASSETS = _Part(
    title="ASSETS",
    group="TotalAssets",
    parts=(
        _Part(
            title="Current Assets",
            group="CurrentAssets",
            parts=(
                _Part(title="Bank Accounts", group="BankAccounts", types=("Bank",)),
                _Part(title="Accounts Receivable", group="AR", types=("Accounts Receivable",)),
                _Part(
                    title="Other Current Assets",
                    group="OtherCurrentAssets",
                    types=("Other Current Asset",),
                ),
            ),
        ),
        _Part(title="Fixed Assets", group="FixedAssets", types=("Fixed Asset",)),
        _Part(title="Other Assets", group="OtherAssets", types=("Other Asset",)),
    ),
)
_LIABILITIES = _Part(
    title="Liabilities",
    group="Liabilities",
    parts=(
        _Part(
            title="Current Liabilities",
            group="CurrentLiabilities",
            parts=(
                _Part(title="Accounts Payable", group="AP", types=("Accounts Payable",), sign=-1),
                _Part(title="Credit Cards", group="CreditCards", types=("Credit Card",), sign=-1),
                _Part(
                    title="Other Current Liabilities",
                    group="OtherCurrentLiabilities",
                    types=("Other Current Liability",),
                    sign=-1,
                ),
            ),
        ),
        _Part(
            title="Long-Term Liabilities",
            group="LongTermLiabilities",
            types=("Long Term Liability",),
            sign=-1,
        ),
    ),
)
_EQUITY = _Part(title="Equity", group="Equity", types=("Equity",), sign=-1)


@frozen(kw_only=True)
class _Balances:
    """What the accounts have, debit positive, by name."""

    accounts: Mapping[str, Account]
    amounts: Mapping[str, Decimal]

    def of(self, part: _Part) -> tuple[list[Payload], Decimal]:
        """The rows of a part and what they come to."""
        if part.parts:
            found = [self.section(each) for each in part.parts]
            return [shown for shown, _ in found if shown], sum((s for _, s in found), Decimal())
        rows, total = [], Decimal()
        for name, amount in sorted(self.amounts.items()):
            account = self.accounts[name]
            if amount and account["AccountType"] in part.types:
                rows.append(row(cell(name, account["Id"]), money(amount * part.sign)))
                total += amount * part.sign
        return rows, total

    def section(self, part: _Part, more: Sequence[Payload] = ()) -> tuple[Payload, Decimal]:
        """A part as a section, nothing where it has no rows, and what it comes to."""
        rows, total = self.of(part)
        if not rows and not more:
            return {}, total
        total += sum((Decimal(each["ColData"][1]["value"] or 0) for each in more), Decimal())
        word = "TOTAL" if part.title.isupper() else "Total"
        summary = [cell(f"{word} {part.title}"), cell(money(total))]
        heading = [cell(part.title), cell("")]
        return section(heading, [*rows, *more], summary, part.group), total


def profit_and_loss(
    call: Call,
    accounts: Mapping[str, Account],
    entries: Iterable[tuple[date, Posting]],
    days: tuple[date, date],
) -> Payload:
    """Income and expenses of the days, with gross profit and net income."""
    within = (posting for day, posting in entries if days[0] <= day <= days[1])
    balances = _balances(accounts, within)
    income, earned = balances.section(_INCOME)
    cost, sold = balances.section(_COST)
    expenses, spent = balances.section(_EXPENSES)
    other_income, more = balances.section(_OTHER_INCOME)
    other_expenses, less = balances.section(_OTHER_EXPENSES)
    gross = earned - sold
    operating = gross - spent
    rows = [
        income,
        cost,
        _sum("Gross Profit", "GrossProfit", gross),
        expenses,
        _sum("Net Operating Income", "NetOperatingIncome", operating),
        other_income,
        other_expenses,
        _sum("Net Other Income", "NetOtherIncome", more - less) if more or less else {},
        _sum("Net Income", "NetIncome", operating + more - less),
    ]
    return whole(call, "ProfitAndLoss", _COLUMNS, [each for each in rows if each], days)


def balance_sheet(
    call: Call,
    accounts: Mapping[str, Account],
    entries: Iterable[tuple[date, Posting]],
    days: tuple[date, date],
) -> Payload:
    """What the company owns and owes on the last day; earlier years' results are retained."""
    year = days[1].replace(month=1, day=1)
    kept = [(day, posting) for day, posting in entries if day <= days[1]]
    balances = _balances(accounts, (posting for _, posting in kept))
    result = [
        (day, posting.amount)
        for day, posting in kept
        if accounts[posting.account]["AccountType"] in _RESULT
    ]
    before = -sum((amount for day, amount in result if day < year), Decimal())
    since = -sum((amount for day, amount in result if day >= year), Decimal())
    own = [row("Retained Earnings", money(before))] if before else []
    own += [{**row("Net Income", money(since)), "group": "NetIncome"}] if since else []
    assets, _ = balances.section(_ASSETS)
    liabilities, owed = balances.section(_LIABILITIES)
    equity, kept_back = balances.section(_EQUITY, own)
    title = "LIABILITIES AND EQUITY"
    both = section(
        [cell(title), cell("")],
        [each for each in (liabilities, equity) if each],
        [cell(f"TOTAL {title}"), cell(money(owed + kept_back))],
        "TotalLiabilitiesAndEquity",
    )
    return whole(call, "BalanceSheet", _COLUMNS, [each for each in (assets, both) if each], days)


def _balances(accounts: Mapping[str, Account], postings: Iterable[Posting]) -> _Balances:
    amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
    for posting in postings:
        amounts[posting.account] += posting.amount
    return _Balances(accounts=accounts, amounts=amounts)


def _sum(title: str, group: str, amount: Decimal) -> Payload:
    return section((), (), [cell(title), cell(money(amount))], group)
