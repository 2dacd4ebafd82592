"""The flows by which one connector is tried, with an invented system at the other end."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from subledger.catalogue import Value
from subledger.manifest import Direction, Manifest, Operation, Role
from subledger.model import Entity, Kind, Way
from subledger.ports import RecipeType, SinkType, SourceType
from subledger.roles import ROLES
from subledger.testing import builders as b
from subledger.testing.bench import config_of
from subledger.testing.completing import completing
from subledger.testing.invented import (
    INVENTED_CARDS,
    INVENTED_LEDGER,
    INVENTED_PSA,
    INVENTED_RECORDS,
    InventedBooks,
    InventedSystem,
)
from subledger.testing.outside import Clock, Outside
from subledger.testing.registered import catalogue_of
from subledger.testing.specimens import Chart

Make = Callable[[Clock], Outside]
"""Makes an outside system anew, in one known state."""


def settings_for(recipe: str, chart: Chart) -> Mapping[str, Any]:
    """Settings of a recipe with the names of a chart; those that it lacks are left out."""
    known = {setting: getattr(chart, part) for setting, part in _SETTINGS.get(recipe, {}).items()}
    return {setting: name for setting, name in known.items() if name}


INVENTED_CHART: Final = Chart(
    register="Card",
    bank="Bank",
    expense="Expenses",
    income="Income",
    receivables="Receivables",
    payables="Payables",
    item="Work",
    bought="Work",
)
"""Names of the invented books."""

_SETTINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "card-expenses": {
        "account": "register",
        "funding_account": "bank",
        "fee_account": "expense",
        "rebate_account": "expense",
        "default_expense_account": "expense",
    },
    "psa-invoices": {
        "receivables_account": "receivables",
        "deposit_account": "bank",
        "refund_account": "bank",
        "purchase_account": "bank",
        "payables_account": "payables",
        "bill_account": "expense",
        "income_account": "income",
        "cost_account": "expense",
        "default_item": "item",
    },
}
"""The settings of recipes, each with what of a chart it names."""


@frozen(kw_only=True)
class End:
    """One end of a flow: a registered type, and how its outside system is made.

    A source that polls us is answered by the ``peer`` of the sink of its name.
    """

    type: SourceType[Any] | SinkType[Any]
    outside: Make
    peer: SinkType[Any] | None = None


@frozen(kw_only=True)
class Route:
    """A flow between two ends: its name, its table without the ends, and what it needs besides.

    ``happens`` is what happens to the source's outside system after the first sync, where
    something can.
    """

    name: str
    source: End
    sink: End
    flow: Mapping[str, Any]
    plugins: Sequence[Value] = ()
    happens: Callable[[Any], None] | None = None


# ------------------------------------------------------------------------ without a recipe


def bare_kinds(source: Manifest, sink: Manifest) -> frozenset[Kind]:
    """The kinds that a source reads and a sink creates."""
    return source.able(Operation.READ) & sink.able(Operation.CREATE)


def into_invented_books(
    type: SourceType[Any],  # noqa: A002 - what it is called everywhere else
    outside: Make,
    since: dt.date | None = None,
    happens: Callable[[Any], None] | None = None,
    peer: SinkType[Any] | None = None,
) -> Route:
    """What a source reads of a period goes into the invented books, without a recipe."""
    flowing = bare_kinds(type.manifest, INVENTED_LEDGER.manifest)
    return Route(
        name=type.manifest.name,
        source=End(type=type, outside=outside, peer=peer),
        sink=End(type=INVENTED_LEDGER, outside=lambda _clock: InventedBooks()),
        flow={**_from(since), "kinds": sorted(flowing), "steps": ["completing"]},
        plugins=(completing(flowing),),
        happens=happens,
    )


def _from(since: dt.date | None) -> Mapping[str, Any]:
    return {} if since is None else {"start": since}


def from_invented_records(
    type: SinkType[Any],  # noqa: A002 - as above
    outside: Make,
    entities: Sequence[Entity],
    changes: Sequence[Entity] = (),
) -> Route:
    """Some entities go from an invented source into a sink as they are; later some change."""
    return Route(
        name=type.manifest.name,
        source=End(type=INVENTED_RECORDS, outside=lambda _clock: holding(entities)),
        sink=End(type=type, outside=outside),
        flow={"kinds": sorted({entity.kind for entity in entities})},
        happens=(lambda system: system.put(*changes)) if changes else None,
    )


def holding(entities: Iterable[Entity]) -> InventedSystem:
    """An invented system with some records."""
    system = InventedSystem()
    system.put(*entities)
    return system


# --------------------------------------------------------------------------- by recipes


def recipes_of(
    type: SourceType[Any] | SinkType[Any],  # noqa: A002 - as above
) -> list[RecipeType[Any]]:
    """The kernel's recipes that the type can stand at an end of, by its roles."""
    catalogue = catalogue_of(())({})
    found = filter(None, map(catalogue.recipe, catalogue.names(RecipeType)))
    return [recipe for recipe in found if _fits(recipe, type.manifest)]


def _fits(recipe: RecipeType[Any], manifest: Manifest) -> bool:
    """Whether an invented system can stand at the other end of the recipe, and the type at this."""
    if manifest.direction is Direction.SOURCE:
        return recipe.source in manifest.roles and recipe.sink is Role.GENERAL_LEDGER
    duty = ROLES[recipe.source].duties[Direction.SOURCE]
    creates = manifest.able(Operation.CREATE)
    can = duty.must.keys() <= creates and (
        not duty.either or any(group <= creates for group in duty.either)
    )
    return recipe.sink in manifest.roles and recipe.source in _INVENTED and can


def by_recipe(
    recipe: RecipeType[Any],
    type: SourceType[Any] | SinkType[Any],  # noqa: A002 - as above
    outside: Make,
    settings: Mapping[str, Any],
    *,
    chart: Chart = INVENTED_CHART,
    since: dt.date | None = None,
    peer: SinkType[Any] | None = None,
) -> Route:
    """The flow of a recipe, from a source into the invented books or from an invented source.

    ``settings`` are added to what follows from the ``chart`` of the books.
    """
    settings = {**settings_for(recipe.name, chart), **settings}
    end = End(type=type, outside=outside, peer=peer)
    if isinstance(type, SourceType):
        books = End(type=INVENTED_LEDGER, outside=lambda _clock: InventedBooks())
        extra = {"default_tax_code": "Standard"} if recipe.name == "psa-invoices" else {}
        return _route(recipe, end, books, {**extra, **settings}, since)
    invented, day = _INVENTED[recipe.source]
    source = End(type=invented, outside=lambda _clock: holding(day()))
    return _route(recipe, source, end, settings, since)


def _route(
    recipe: RecipeType[Any],
    source: End,
    sink: End,
    settings: Mapping[str, Any],
    since: dt.date | None,
) -> Route:
    """The flow without the recipe's steps: what they map to, the invented books do not have."""
    plan = recipe.plan(config_of(recipe.settings, settings))
    both = bare_kinds(source.type.manifest, sink.type.manifest)
    return Route(
        name=recipe.name,
        source=source,
        sink=sink,
        flow={
            **_from(since),
            "recipe": recipe.name,
            "settings": settings,
            "kinds": sorted(plan.kinds & both),
            "steps": [],
        },
    )


def card_day() -> Iterator[Entity]:
    """What a card platform brings: a split purchase, money that came back, and the rest."""
    lines = [b.line("12.34"), b.line("7.66")]
    yield b.purchase("1", lines=lines, merchant="Corner Shop", notes=("Team lunch",))
    yield b.purchase("2", "0.01", merchant="CORNER SHOP")
    yield b.merchant_credit("3", "5.00", merchant="Corner Shop")
    yield b.fee("4", "2.50")
    yield b.transfer("5", "1000.00")
    yield b.transfer("6", "40.00", way=Way.OUT)
    yield b.rebate("7", "1.23")


def psa_day() -> Iterator[Entity]:
    """What a service business brings: sales, what was paid and paid back, and a bill."""
    yield from (b.customer(), b.item(), b.vendor())
    invoice, credit = b.invoice(amount="120.00"), b.credit_memo(amount="20.00")
    yield from (invoice, b.payment("4001", "70.00", pays=invoice))
    yield from (b.payment("4002", "50.00", pays=invoice), credit, b.refund(pays=credit))
    yield b.bill(lines=[b.line("33.00")])
    yield from (b.sales_receipt(amount="45.00"), b.refund_receipt(amount="5.00"))
    yield b.paid_purchase(party=b.customer(), lines=[b.line("60.00")])


_INVENTED: Final[Mapping[Role, tuple[SourceType[Any], Callable[[], Iterable[Entity]]]]] = {
    Role.CARD_PLATFORM: (INVENTED_CARDS, card_day),
    Role.PSA: (INVENTED_PSA, psa_day),
}
"""The invented source of a role, and what it holds."""

__all__ = [
    "End",
    "Make",
    "Route",
    "by_recipe",
    "from_invented_records",
    "holding",
    "into_invented_books",
    "recipes_of",
]
