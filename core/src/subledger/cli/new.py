"""`subledger new`: writes a package of an author's own that works as it is."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from subledger import scaffold
from subledger.catalogue import installed
from subledger.cli.exits import Exit
from subledger.cli.options import Options
from subledger.cli.output import show
from subledger.errors import ConfigError, Problem
from subledger.manifest import Role
from subledger.scaffold import Names, Package, Shape

if TYPE_CHECKING:
    from rich.console import Console

What = Literal["connector", "plugin"]
Flag = Annotated[bool, Parameter(negative="")]


def new(
    what: What,
    name: str,
    /,
    *,
    source: Flag = False,
    sink: Flag = False,
    two_way: Flag = False,
    role: Role | None = None,
    directory: Path = Path(),
    options: Options = Options(),  # noqa: B008 - a frozen value
) -> int:
    """Write a package for a connector or a plugin of your own; it works and passes its tests.

    Parameters
    ----------
    what
        connector for an outside system, plugin for a step of flows.
    name
        Its name in configurations, such as our-bank; the package is subledger-our-bank.
    source
        A connector that is read.
    sink
        A connector that documents are posted to.
    two_way
        A connector that is both.
    role
        What the connector is for; without it card_platform, general_ledger or psa.
    directory
        Where the folder of the package is made; this folder by default.
    """
    shape = _shape(what, source=source, sink=sink, two_way=two_way, role=role)
    names = scaffold.checked(name, installed())
    package = scaffold.plugin(names) if shape is None else scaffold.connector(names, shape, role)
    files = scaffold.render(package)
    folder = directory / names.distribution
    scaffold.write(folder, files)
    document = {
        "folder": str(folder),
        "distribution": names.distribution,
        "package": names.package,
        "files": [str(path) for path in files],
    }
    show(document, lambda out: _tell(out, package, folder, len(files)), as_json=options.json)
    return Exit.OK


def _shape(
    what: What, *, source: bool, sink: bool, two_way: bool, role: Role | None
) -> Shape | None:
    """The shape of a connector; None for a plugin."""
    given = {Shape.SOURCE: source, Shape.SINK: sink, Shape.TWO_WAY: two_way}
    chosen = [shape for shape, wanted in given.items() if wanted]
    flags = ", ".join(f"--{shape}" for shape in (chosen or given))
    if what == "plugin":
        if chosen or role is not None:
            odd = flags if chosen else "--role"
            raise _odd(odd, "only a connector has that", "Leave it out, or write `new connector`.")
        return None
    if len(chosen) != 1:
        message = "they exclude each other" if chosen else "one of them is missing"
        raise _odd(
            flags,
            message,
            "Choose --source for a system that is read, --sink for books that are written, "
            "--two-way for both.",
        )
    return chosen[0]


def _odd(path: str, message: str, hint: str) -> ConfigError:
    return ConfigError([Problem(path=path, message=message, hint=hint)])


def _tell(out: "Console", package: Package, folder: Path, count: int) -> None:
    names: Names = package.names
    out.print(f"Wrote {folder}: {package.what}, {count} files.\n")
    out.print("It works as it is. Try it, then change it step by step:\n")
    out.print(f"  cd {folder}")
    out.print('  pip install -e ".[test]"')
    out.print("  pytest")
    if "plugin" not in package.layers:
        out.print(f"  subledger simulate {names.name}")
    if (demo := package.demo) is not None:
        out.print(f"\nSee it work, {demo.way}:\n")
        out.print(f"  {demo.install}")
        for scenario in demo.scenarios:
            out.print(f"  subledger demo --scenario {scenario}")
    out.print("\nREADME.md says which file holds what.")
