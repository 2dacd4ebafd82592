"""Which modules of subledger are public is said once, and the kernel needs nothing of the kit."""

import ast
from pathlib import Path

import pytest

import subledger
from subledger.testing.inspection import PUBLIC, borrowed_numbers, modules, private_imports

KERNEL = Path(subledger.__file__).parent
ROOT = Path(__file__).parents[2]


def test_the_kit_and_the_written_surface_agree():
    """What the contract allows is what is written down as the public surface."""
    tree = ast.parse((ROOT / "tests" / "architecture" / "surface.py").read_text())
    (names,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PUBLIC"
    )
    files = [node.value for node in ast.walk(names) if isinstance(node, ast.Constant)]
    written = {f"subledger.{name.removesuffix('.py').replace('/', '.')}" for name in files}
    assert written == PUBLIC


def test_the_kernel_does_not_know_the_kit():
    """Nothing that runs in production imports what tests plugins."""
    found = [
        f"{place}:{node.lineno}"
        for place, path in modules("subledger").items()
        if not place.startswith(("subledger/testing/", "subledger/scaffold/"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom | ast.Import)
        and "subledger.testing" in ast.unparse(node)
    ]
    assert found == []
    assert len(modules("subledger")) > 100


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import subledger.errors", []),
        ("from subledger import errors", []),
        ("from subledger.model.kinds import INVOICE", []),
        ("from subledger.testing import Fault", []),
        ("from subledgers import anything", []),
        ("import subledger.kernel", ["x.py:1 subledger.kernel"]),
        ("import subledger", ["x.py:1 subledger"]),
        ("from subledger import kernel", ["x.py:1 subledger.kernel"]),
        ("from subledger.config import Settings", ["x.py:1 subledger.config.Settings"]),
        ("from subledger.money import _parse", ["x.py:1 subledger.money._parse"]),
        ("def f():\n    from subledger.flow import desk", ["x.py:2 subledger.flow.desk"]),
        ("try: ...\nexcept E:\n    import subledger.kernel", ["x.py:3 subledger.kernel"]),
        ("match x:\n    case 1:\n        import subledger.kernel", ["x.py:3 subledger.kernel"]),
    ],
)
def test_private_imports_are_seen(line, found):
    """An import of what is not public is found with its line, wherever it stands."""
    assert private_imports("x.py", line) == found


FOUND = "from subledger.manifest import API, Manifest\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{FOUND}Manifest(name='x', api=2)", []),
        (f"{FOUND}Manifest(**table)", []),
        (f"{FOUND}NUMBER = 2\nManifest(name='x', api=NUMBER)", []),
        (f"{FOUND}print(api=answer.API)", []),
        ("from acme import Manifest\nManifest(name='x')", []),
        (f"{FOUND}Manifest(name='x')", ["x.py:2 a manifest without api"]),
        (f"{FOUND}Manifest(name='x', api=API)", ["x.py:2 api=API"]),
        (f"{FOUND}StepType(api=int(API))", ["x.py:2 api=int(API)"]),
        (f"{FOUND}OURS = API\nevolve(x, api=OURS)", ["x.py:3 api=OURS"]),
        ("from subledger import manifest as m\nm.Manifest()", ["x.py:2 a manifest without api"]),
        ("import subledger.manifest as m\nf(api=m.API)", ["x.py:2 api=m.API"]),
        (
            "import subledger.manifest\nf(api=subledger.manifest.API)",
            ["x.py:2 api=subledger.manifest.API"],
        ),
    ],
)
def test_borrowed_numbers_are_seen(text, found):
    """The kernel's own number as that of a plugin is found, and nothing else that looks like it."""
    assert borrowed_numbers("x.py", text) == found
