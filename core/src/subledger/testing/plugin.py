"""The pytest plugin: collects the contracts, computes what applies, and writes the report.

It is loaded wherever subledger is installed, so it imports next to nothing and does nothing until
a test module uses a contract.
"""

import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from subledger.testing.contracts.base import Contract

pytest_plugins = ("subledger.testing.replay",)

_BASE: Final = "subledger.testing.contracts.base"
_OURS: Final = "subledger.testing."
_PROPERTY: Final = "subledger"
_REMOVED: Final = "error::subledger.errors.SubledgerRemovedInApi3Warning"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options."""
    group = parser.getgroup("subledger")
    group.addoption(
        "--subledger-report",
        metavar="FILE",
        help="write what the contracts showed as Markdown; in a file with the lines "
        "<!-- contract --> and <!-- end of contract --> only what stands between them is replaced",
    )
    group.addoption(
        "--accept",
        action="store_true",
        help="write down what golden inputs became, in place of what was expected",
    )


def _contract(cls: object) -> "type[Contract] | None":
    """The class where it is a contract; contracts are never imported for others."""
    base = sys.modules.get(_BASE)
    if base is None or not isinstance(cls, type) or not issubclass(cls, base.Contract):
        return None
    return cls


class _ContractClass(pytest.Class):
    """A class of tests that inherits a contract."""

    def collect(self) -> "Iterable[pytest.Item | pytest.Collector]":
        """The tests that apply. Raises CollectError for an exemption of no test."""
        contract = _contract(self.obj)
        if contract is None:
            return super().collect()
        if not hasattr(contract, "type"):
            raise self.CollectError(
                f"{contract.__name__} has no type: set it to the value that the plugin registers, "
                "such as type = SOURCE."
            )
        tests = sorted(name for name in dir(contract) if name.startswith("test"))
        unknown = [name for name in contract.exempt if name.partition("[")[0] not in tests]
        if unknown:
            raise self.CollectError(
                f"{contract.__name__} exempts {', '.join(unknown)}, which is no test of its "
                f"contract. Its tests are: {', '.join(tests)}."
            )
        return super().collect()


def pytest_pycollect_makeitem(
    collector: pytest.Collector, name: str, obj: object
) -> "pytest.Collector | list[Any] | None":
    """Makes collectors of contracts, and leaves out tests that do not apply."""
    if isinstance(collector, pytest.Module) and _contract(obj) is not None:
        if collector.classnamefilter(name):
            made: pytest.Collector = _ContractClass.from_parent(collector, name=name, obj=obj)
            return made
        return None
    contract = (
        _contract(getattr(collector, "obj", None)) if isinstance(collector, pytest.Class) else None
    )
    if contract is None or not name.startswith("test") or not inspect.isfunction(obj):
        return None
    return [] if _rows(contract, obj) is None else None


def _rows(contract: "type[Contract]", function: Any) -> Any:
    names = list(inspect.signature(function).parameters)
    return sys.modules[_BASE].rows(contract, function, names)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Fills the parameters of a contract's tests."""
    contract = _contract(metafunc.cls)
    if contract is None:
        return
    names, rows = _rows(contract, metafunc.function)
    if names:
        metafunc.parametrize(names, [values for _, values in rows], ids=[text for text, _ in rows])


def pytest_itemcollected(item: pytest.Item) -> None:
    """Expects exempted tests to fail, and notes what the report says of a test."""
    contract = _contract(getattr(item, "cls", None))
    if contract is None or not isinstance(item, pytest.Function):
        return
    reason = contract.exempt.get(item.name) or contract.exempt.get(item.originalname)
    if reason is not None:
        item.add_marker(pytest.mark.xfail(strict=True, reason=reason))
    told = {
        "subject": contract.subject(),
        "declared": {name: f"{text}" for name, text in contract.declared().items()},
        "contract": _name(contract),
        "test": item.originalname,
        "case": item.name.removeprefix(item.originalname).strip("[]"),
        "promise": inspect.getdoc(item.function) or item.originalname,
    }
    item.user_properties.append((_PROPERTY, told))


def _name(contract: "type[Contract]") -> str:
    """The name of the inherited contract, not of the author's class."""
    return next(cls.__name__ for cls in contract.__mro__ if cls.__module__.startswith(_OURS))


class _Reporter:
    """Gathers the outcomes; under pytest-xdist, in the controlling process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._results: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keeps the outcome of a contract's test."""
        if report.when != "call" and report.outcome == "passed":
            return
        for name, told in report.user_properties:
            if name == _PROPERTY and isinstance(told, dict):
                exempt = getattr(report, "wasxfail", None) if report.skipped else None
                outcome = "exempt" if exempt is not None else report.outcome
                reason = _why_skipped(report) if exempt is None else exempt
                self._results.append({**told, "outcome": outcome, "reason": reason})

    def pytest_sessionfinish(self) -> None:
        """Writes the report."""
        from subledger.testing import report  # noqa: PLC0415 - only where one is wanted

        report.write(self._path, [report.Result(**result) for result in self._results])


def _why_skipped(report: pytest.TestReport) -> str:
    """What ``pytest.skip`` was told; empty where nothing was skipped."""
    where = report.longrepr if report.skipped else None
    return where[2].removeprefix("Skipped: ") if isinstance(where, tuple) else ""


def pytest_configure(config: pytest.Config) -> None:
    """Makes errors of what will be removed, and gathers outcomes where a report is wanted."""
    config.addinivalue_line("filterwarnings", _REMOVED)
    path = config.getoption("--subledger-report")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Reporter(Path(path)), "subledger-report")
