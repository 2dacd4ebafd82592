"""Which packages can be generated: the layers of templates of each, and the words they take."""

import enum
from collections.abc import Iterable, Mapping
from typing import Final

from attrs import field, frozen

from subledger.errors import ConfigError, Problem
from subledger.manifest import Direction, Role
from subledger.model import kinds as k
from subledger.model.kinds import Kind
from subledger.roles import ROLES
from subledger.scaffold.names import Names


class Shape(enum.StrEnum):
    """What a connector does: it is read, it is written, or both."""

    SOURCE = "source"
    SINK = "sink"
    TWO_WAY = "two-way"

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The sides of a flow that it can stand on."""
        both = (Direction.SOURCE, Direction.SINK)
        return both if self is Shape.TWO_WAY else (Direction(self.value),)


@frozen(kw_only=True)
class Package:
    """A package to generate.

    ``layers`` are folders of templates, a later one replaces files of an earlier one; ``words``
    are what the templates are filled with, beside the forms of the name.
    """

    names: Names
    what: str
    layers: tuple[str, ...]
    words: Mapping[str, str]


@frozen(kw_only=True)
class _Variant:
    """The layers of a role, and what the changelog says of the first version."""

    layers: tuple[str, ...]
    first: str
    words: Mapping[str, str] = field(factory=dict)


_RECEIVABLES: Final = ((k.CUSTOMER, k.INVOICE, k.PAYMENT), 1)
_PAYABLES: Final = ((k.VENDOR, k.BILL, k.BILL_PAYMENT), -1)
"""A party, its documents and what settles them; the sign of the documents in the account."""


def _collections(*trades: tuple[tuple[Kind, Kind, Kind], int]) -> dict[str, str]:
    """The words of the template of collections, and of the made-up data in them."""
    table, data = [], []
    for (party, document, settlement), sign in trades:
        owner = f"party={party.upper()}"
        table += [
            f'{party.upper()}: Collection("{party}s")',
            f'{document.upper()}: Collection("{document}s", {owner}, sign={sign})',
            f'{settlement.upper()}: Collection("{settlement}s", {owner}, sign={-sign})',
        ]
        named = f'parties="{party}s", documents="{document}s", settlements="{settlement}s"'
        data.append(f"**_trade(first, days, {named})")
    kinds = sorted(kind.upper() for trade, _sign in trades for kind in trade)
    return {
        "kinds": ", ".join(kinds),
        "collections": "".join(f"    {line},\n" for line in table).rstrip("\n"),
        "made_up": "".join(f"        {line},\n" for line in data).rstrip("\n"),
    }


_VARIANTS: Final[Mapping[tuple[Shape, Role], _Variant]] = {
    (Shape.SOURCE, Role.CARD_PLATFORM): _Variant(
        layers=("source", "cards"), first="Reads card transactions, fees and funding."
    ),
    (Shape.SOURCE, Role.PSA): _Variant(
        layers=("source", "documents"),
        first="Reads customers, invoices and payments.",
        words=_collections(_RECEIVABLES),
    ),
    (Shape.SOURCE, Role.PAYMENT_PROCESSOR): _Variant(
        layers=("source", "documents"),
        first="Reads customers, invoices and payments.",
        words=_collections(_RECEIVABLES),
    ),
    (Shape.SOURCE, Role.PAYABLES_RECEIVABLES): _Variant(
        layers=("source", "documents"),
        first="Reads customers, invoices and payments, vendors, bills and their payments.",
        words=_collections(_RECEIVABLES, _PAYABLES),
    ),
}
"""What there are templates for; the first role of a shape is its default."""


def connector(names: Names, shape: Shape, role: Role | None) -> Package:
    """A connector of a shape and role; without a role, of the shape's usual one.

    Raises ConfigError where the role cannot be had in this shape.
    """
    chosen = role or next(role for known, role in _VARIANTS if known is shape)
    variant = _VARIANTS.get((shape, chosen))
    if variant is None:
        raise _no_template(shape, chosen)
    return Package(
        names=names,
        what=f"a {shape} connector with the role {chosen}",
        layers=("package", "connector", *variant.layers),
        words={
            "summary": f"subledger connector for {names.title}.",
            "first": variant.first,
            "ROLE": chosen.name,
            **variant.words,
            "requires": '\n    "aiohttp>=3.11",',
        },
    )


def plugin(names: Names) -> Package:
    """A plugin with a step that flows may list."""
    return Package(
        names=names,
        what="a plugin with a step",
        layers=("package", "plugin"),
        words={
            "summary": f"subledger step {names.name}.",
            "first": "Holds movements of a merchant that somebody wants to look at.",
            "requires": "",
        },
    )


def _no_template(shape: Shape, role: Role) -> ConfigError:
    duties = ROLES[role].duties
    if any(direction not in duties for direction in shape.directions):
        can = " or ".join(sorted(duties))
        message = f"a {role} is a {can}, which --{shape} is not"
    else:
        message = f"there is no template for a {shape} connector with the role {role}"
    hint = f"With --{shape} choose {_listed(role for known, role in _VARIANTS if known is shape)}."
    return ConfigError([Problem(path="--role", message=message, hint=hint)])


def _listed(roles: Iterable[Role]) -> str:
    return " or ".join(role.value for role in roles)
