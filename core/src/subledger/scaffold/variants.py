"""Which packages can be generated: the layers of templates of each, and the words they take."""

import enum
from collections.abc import Mapping
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
class Demo:
    """What a generated package is shown with.

    ``scenarios`` are files of it, and where each leads; ``needs`` are the distributions that they
    start.
    """

    way: str
    scenarios: Mapping[str, str]
    needs: tuple[str, ...]

    @property
    def install(self) -> str:
        """The command that fetches what is needed."""
        return f"pip install {' '.join(self.needs)}"


@frozen(kw_only=True)
class Package:
    """A package to generate.

    ``layers`` are folders of templates, a later one replaces files of an earlier one; ``words``
    are what the templates are filled with, beside the forms of the name; ``demo`` is what it can be
    shown with, where a recipe is for it.
    """

    names: Names
    what: str
    layers: tuple[str, ...]
    words: Mapping[str, str]
    demo: Demo | None = None


@frozen(kw_only=True)
class _Family:
    """Connectors of a role: their layers by shape, what they handle, and their words."""

    layers: Mapping[Shape, tuple[str, ...]]
    handles: str
    words: Mapping[str, str] = field(factory=dict)


_RECEIVABLES: Final = ((k.CUSTOMER, k.INVOICE, k.PAYMENT), 1)
_PAYABLES: Final = ((k.VENDOR, k.BILL, k.BILL_PAYMENT), -1)
"""A party, its documents and what settles them; the sign of the documents in their account."""


def _documents(
    handles: str, *trades: tuple[tuple[Kind, Kind, Kind], int], demo: tuple[str, ...] = ()
) -> _Family:
    """Connectors of a role with parties, their documents and settlements.

    ``demo`` is a layer, where a recipe brings what such a source reads into books.
    """
    source, sink = ("documents", "documents-source"), ("documents", "documents-sink")
    return _Family(
        layers={
            Shape.SOURCE: ("source", *source, *demo),
            Shape.SINK: ("sink", *sink),
            Shape.TWO_WAY: ("source", "sink", *source, *sink, "two-way", *demo),
        },
        handles=handles,
        words=_collections(*trades),
    )


def _collections(*trades: tuple[tuple[Kind, Kind, Kind], int]) -> dict[str, str]:
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


_FAMILIES: Final[Mapping[Role, _Family]] = {
    Role.CARD_PLATFORM: _Family(
        layers={Shape.SOURCE: ("source", "cards", "demo-cards")},
        handles="card transactions, fees and funding",
    ),
    Role.GENERAL_LEDGER: _Family(
        layers={Shape.SINK: ("sink", "ledger", "demo-ledger")},
        handles="card transactions, fees, transfers and deposits, and the vendors they name",
    ),
    Role.PSA: _documents("customers, invoices and payments", _RECEIVABLES, demo=("demo-psa",)),
    Role.PAYMENT_PROCESSOR: _documents("customers, invoices and payments", _RECEIVABLES),
    Role.PAYABLES_RECEIVABLES: _documents(
        "invoices and bills, and who pays them", _RECEIVABLES, _PAYABLES
    ),
}
"""What there are templates for; of a shape the first role is the usual one."""

_READING: Final = """\
- `normalise.py`: what each record of it is. Put examples into `tests/golden/`; `pytest --accept`
  writes beside them what becomes of them, and you read whether it is right.
- `source.py`: how it is read: pages, and from where a stopped run goes on."""
_WRITING: Final = """\
- `render.py`: what each entity becomes there, with examples in `tests/rendered/`; `books.py`: what
  the documents there are for us.
- `sink.py`: how it is written, and how a write is settled whose answer was lost (`find`)."""
_OWN: Final = {
    Shape.SOURCE: _READING,
    Shape.SINK: _WRITING,
    Shape.TWO_WAY: f"{_READING}\n{_WRITING}",
}
"""What an author makes of the rooms of each shape."""

_STEPS: Final = ("subledger-mapping", "subledger-approvals")
_INTO: Final = Demo(
    way="into simulated books",
    scenarios={"demo.toml": "QuickBooks Desktop", "demo-online.toml": "QuickBooks Online"},
    needs=("subledger-quickbooks-desktop", "subledger-quickbooks-online", *_STEPS),
)
_DEMOS: Final = {
    "demo-cards": _INTO,
    "demo-psa": _INTO,
    "demo-ledger": Demo(
        way="from a simulated card platform",
        scenarios={"demo.toml": "PEX"},
        needs=("subledger-pex", *_STEPS),
    ),
}
"""What shows a package, by the layer that brings it."""

_VERBS: Final = {
    Shape.SOURCE: "reads",
    Shape.SINK: "writes",
    Shape.TWO_WAY: "reads and writes",
}


def connector(names: Names, shape: Shape, role: Role | None) -> Package:
    """A connector of a shape and role; without a role, of the shape's usual one.

    Raises ConfigError where the role cannot be had in this shape.
    """
    chosen = role or _roles(shape)[0]
    family = _FAMILIES[chosen]
    if shape not in family.layers:
        raise _no_template(shape, chosen)
    layers = ("package", "connector", *family.layers[shape])
    demo = next((demo for layer, demo in _DEMOS.items() if layer in layers), None)
    return Package(
        names=names,
        what=f"a {shape} connector with the role {chosen}",
        layers=layers,
        words={
            "summary": f"subledger connector for {names.title}.",
            "first": f"What it {_VERBS[shape]} stands [below](#what-was-shown).",
            "ROLE": chosen.name,
            "requires": '\n    "aiohttp>=3.11",',
            "own": _OWN[shape],
            "demo": "" if demo is None else _told(demo),
            **family.words,
        },
        demo=demo,
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


def _told(demo: Demo) -> str:
    """What the README says of a demonstration."""
    longest = max(map(len, demo.scenarios))
    lines = [
        f"subledger demo --scenario {name:{longest}}    # {where}"
        for name, where in demo.scenarios.items()
    ]
    shown = "\n".join([demo.install, *lines])
    return f"\nThe whole way, {demo.way}, with the real server in between:\n\n```sh\n{shown}\n```\n"


def _roles(shape: Shape) -> list[Role]:
    return [role for role, family in _FAMILIES.items() if shape in family.layers]


def _no_template(shape: Shape, role: Role) -> ConfigError:
    duties = ROLES[role].duties
    if any(direction not in duties for direction in shape.directions):
        message = f"a {role} is a {' or '.join(sorted(duties))} only"
    else:
        message = f"there is no template for a {shape} connector with the role {role}"
    hint = f"With --{shape} choose {' or '.join(_roles(shape))}."
    return ConfigError([Problem(path="--role", message=message, hint=hint)])
