"""What plugins may rely on changes only on purpose."""

import difflib
import os
import re
import shutil
from pathlib import Path

from .surface import PACKAGE, PUBLIC, surface

KEPT = Path(__file__).with_name("public_surface.txt")
REWRITE = "SUBLEDGER_WRITE_SURFACE"


def test_public_surface():
    """Every public name and signature is as it was written down; a change is a decision."""
    found = "\n".join(surface()) + "\n"
    if os.environ.get(REWRITE):
        KEPT.write_text(found)
    kept = KEPT.read_text()
    change = "\n".join(
        difflib.unified_diff(kept.splitlines(), found.splitlines(), "written down", "found", n=0)
    )
    assert found == kept, (
        f"The public surface has changed:\n{change}\n"
        "Nothing that a plugin relies on may go or change its meaning, except with a new API\n"
        "number, an adapter for the one before and a warning that names its end: see\n"
        "docs/reference/compatibility.md. Additions (a hook, a name, a field with a default) are\n"
        "free. If the change is meant, tell plugin authors in the changelog, then write it down,\n"
        f"in the same commit, with {REWRITE}=1 pytest tests/architecture/{Path(__file__).name}"
    )


def test_change_is_seen(tmp_path):
    """Control: a renamed argument, a lost default and a new name each show."""
    for name in PUBLIC:
        source, target = PACKAGE / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    before = surface(tmp_path)
    assert before == surface()
    money = tmp_path / "money.py"
    for old, new in (
        ('amount: Decimal | str | int, currency: str = "USD"', "amount: Decimal | str | int, code"),
        ("def allocate(self, weights", "def allocate(self, parts"),
        ("def total(", "def new():\n    pass\n\n\ndef total("),
    ):
        text = money.read_text()
        assert old in text
        money.write_text(text.replace(old, new))
        assert surface(tmp_path) != before
        money.write_text(text)


def test_surface_is_whole():
    """The public modules are all there, and private names are not."""
    lines = surface()
    assert len(lines) > 300
    assert any("subledger.hooks.register_sources()" in line for line in lines)
    for name in ("SourceContract", "StepContract", "StoreContract", "DispatcherContract"):
        assert any(line.startswith("class subledger.testing.") and name in line for line in lines)
    names = [re.sub(r"\(.*|:.*| =.*", "", line) for line in lines]
    private = [name for name in names if "._" in name]
    assert [name for name in private if not name.endswith(("__call__", "__await__"))] == []
