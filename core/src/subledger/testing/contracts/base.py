"""What all contracts share: which tests apply, what they run over, and how a breach is told."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any, ClassVar, Final, NoReturn, TypeVar

from attrs import frozen

from subledger.manifest import Manifest

F = TypeVar("F", bound=Callable[..., None])

_APPLIES: Final = "__subledger_applies__"


class Breach(AssertionError):  # noqa: N818 - says what it is: the contract is broken
    """A connector does not do what its contract promises."""


def breach(did: str, *, promise: str, hint: str) -> NoReturn:
    """Fails a contract's test: what the connector did, what it promises, and what to do."""
    __tracebackhide__ = True
    raise Breach(f"\n  It did:     {did}\n  It promises: {promise}\n  To do:      {hint}")


@frozen(kw_only=True)
class Applies:
    """When a test of a contract applies, and to which values of its parameters."""

    condition: Callable[[Any], bool]
    values: Mapping[str, Callable[[Any, Any], bool]]


def applies(
    condition: Callable[[Any], bool] = lambda _type: True,
    **values: Callable[[Any, Any], bool],
) -> Callable[[F], F]:
    """Marks a contract's test: it is collected only where ``condition(type)`` holds.

    ``type`` is the contract's ``type``. ``values`` narrow parameters:
    ``kind=lambda type, kind: type.manifest.can(kind, Operation.UPDATE)``.
    """

    def mark(function: F) -> F:
        setattr(function, _APPLIES, Applies(condition=condition, values=values))
        return function

    return mark


class Contract:
    """A contract that a plugin's author inherits, as a class whose name begins with ``Test``.

    ``type`` is the registered value under test. ``exempt`` names tests that fail at present, each
    with its reason: they have to fail, and the report prints the reason.
    """

    type: ClassVar[Any]
    exempt: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def subject(cls) -> str:
        """What is under test, for the report."""
        manifest = getattr(cls.type, "manifest", None)
        return manifest.title if isinstance(manifest, Manifest) else str(cls.type.name)

    @classmethod
    def declared(cls) -> Mapping[str, str]:
        """What is declared of the subject, for the report."""
        return {}

    def unshown(self, test: str) -> str:  # noqa: ARG002 - contracts with more tests look at it
        """What a test lacks to show its promise; empty where it lacks nothing."""
        return ""

    @classmethod
    def parameters(cls) -> Mapping[str, Callable[[], Sequence[tuple[str, Any]]]]:
        """The parameters that tests may take: for each the identifiers and values, lazily."""
        manifest = getattr(cls.type, "manifest", None)
        if not isinstance(manifest, Manifest):
            return {}
        return {
            "kind": lambda: [(kind, kind) for kind in sorted(manifest.kinds)],
            "operation": lambda: sorted(
                {(str(one), one) for operations in manifest.kinds.values() for one in operations}
            ),
        }

    @classmethod
    def fits(cls, values: Mapping[str, Any]) -> bool:
        """Whether a combination of parameters makes sense: a kind with an operation it declares."""
        if {"kind", "operation"} <= values.keys():
            can: bool = cls.type.manifest.can(values["kind"], values["operation"])
            return can
        return True


def rows(
    contract: type[Contract], function: Callable[..., Any], names: Sequence[str]
) -> tuple[list[str], list[tuple[str, tuple[Any, ...]]]] | None:
    """The parameters of a test that the contract fills, and its rows; None: it does not apply."""
    rule: Applies | None = getattr(function, _APPLIES, None)
    if rule is not None and not rule.condition(contract.type):
        return None
    known = contract.parameters()
    ours = [name for name in names if name in known]
    columns = [known[name]() for name in ours]
    found = []
    for row in product(*columns):
        values = {name: value for name, (_, value) in zip(ours, row, strict=True)}
        narrowed = rule.values.items() if rule is not None else ()
        if all(judge(contract.type, values[name]) for name, judge in narrowed) and contract.fits(
            values
        ):
            found.append(("-".join(text for text, _ in row), tuple(values.values())))
    return (ours, found) if found else None


__all__ = ["Applies", "Breach", "Contract", "applies", "breach", "rows"]
