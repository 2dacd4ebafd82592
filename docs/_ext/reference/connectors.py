"""The reference of connectors, roles, recipes and steps, from what they declare. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from reference.configuration import connectors, values
from reference.docs import words
from reference.entities import fields_table
from reference.markdown import bullets, code, plain, table
from subledger import manifest as m
from subledger.catalogue import Catalogue
from subledger.config.fields import duration_text
from subledger.manifest import Capability, Manifest, Operation, Recovery
from subledger.ports import RecipeType, SimulatorType, StepType
from subledger.roles import ROLES

_AS: Final[Mapping[m.Direction, str]] = {
    m.Direction.SOURCE: "As a source",
    m.Direction.SINK: "As a sink",
}


def connectors_page(catalogue: Catalogue) -> str:
    """Every connector's manifest, then roles, recipes, steps and simulators."""
    parts: list[str] = []
    for title, manifests in by_title(catalogue).items():
        parts += _connector(title, manifests)
    parts += ["## Roles\n", roles_table()]
    recipes = [
        (code(recipe.name), recipe.title, f"{recipe.source} → {recipe.sink}")
        for recipe in values(catalogue, RecipeType)
    ]
    parts += ["## Recipes\n", table(("recipe", "what it is", "from → to"), recipes)]
    steps = [
        (code(step.name), plain(step.config.__doc__).split("\n")[0])
        for step in values(catalogue, StepType)
    ]
    parts += ["## Steps\n", table(("step", "settings"), steps)]
    simulators = [
        (code(simulator.name), code(f"subledger simulate {simulator.name} --help"))
        for simulator in values(catalogue, SimulatorType)
    ]
    parts += ["## Simulators\n", table(("simulator", "its options"), simulators)]
    parts += ["## Words of a manifest\n", words(Recovery), words(Capability)]
    return "\n".join(parts)


def by_title(catalogue: Catalogue) -> dict[str, list[Manifest]]:
    """The manifests of every connector: one, or one for each direction."""
    found: dict[str, list[Manifest]] = {}
    for _name, value in connectors(catalogue):
        found.setdefault(value.manifest.title, []).append(value.manifest)
    return found


def limits(catalogue: Catalogue, name: str) -> str:
    """What one connector says it does not do, in each of its directions."""
    return "\n".join(
        f"{_AS[one.direction]}:\n\n{bullets(one.limits)}"
        for manifests in by_title(catalogue).values()
        for one in manifests
        if one.name == name and one.limits
    )


def _connector(title: str, manifests: Sequence[Manifest]) -> Iterator[str]:
    yield f"## {title}\n"
    for manifest in manifests:
        if len(manifests) > 1:
            yield f"### {title} as a {manifest.direction}\n"
        yield table(("declared", "value"), _facts(manifest))
        operations = list(Operation)
        rows = [
            (
                code(kind),
                *("yes" if manifest.can(kind, operation) else "" for operation in operations),
            )
            for kind in sorted(manifest.kinds)
        ]
        yield table(("kind", *(operation.value for operation in operations)), rows)
        yield "Limits:\n"
        yield bullets(manifest.limits) if manifest.limits else "None declared.\n"


def _facts(manifest: Manifest) -> Iterator[tuple[str, str]]:
    yield "name", code(manifest.name)
    yield "direction", manifest.direction.value
    yield "roles", ", ".join(sorted(manifest.roles))
    yield "runs every", duration_text(manifest.frequency.default)
    yield "at the most every", duration_text(manifest.frequency.minimum)
    yield "initiative", manifest.initiative.value
    yield "capabilities", ", ".join(sorted(manifest.capabilities)) or "none"
    if manifest.direction is m.Direction.SINK:
        yield "recovery of a lost answer", manifest.recovery.value
    yield "plugin interface", str(manifest.api)


def roles_table() -> str:
    """Every role: what it means, and what a connector must and may do in each direction."""
    rows: list[tuple[Any, ...]] = []
    for contract in ROLES.values():
        for direction, duty in contract.duties.items():
            must = "; ".join(
                f"{kind}: {', '.join(sorted(operations))}" for kind, operations in duty.must.items()
            )
            either = ", or ".join(" and ".join(sorted(group)) for group in duty.either)
            rows.append(
                (
                    code(contract.role),
                    contract.meaning,
                    direction,
                    f"{must}; {either}" if either else must,
                    ", ".join(sorted(duty.may)),
                )
            )
    return table(("role", "meaning", "as a", "must", "may have"), rows)


def manifest_page() -> str:
    """The fields of a manifest and the words that they take, then the roles."""
    enums = (m.Direction, Operation, m.Initiative, Capability, Recovery)
    parts = [fields_table(Manifest), "Frequency:\n", fields_table(m.Frequency)]
    parts += ["## Words of a manifest\n", *(words(cls) for cls in enums)]
    return "\n".join([*parts, "## Roles\n", roles_table()])
