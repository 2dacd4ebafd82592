"""Golden pairs: an input in a file, and beside it what it must become.

``purchase.json`` is the input, ``purchase.expected.json`` what it becomes. ``pytest --accept``
writes what was found in place of what was expected, where the two mean something else; the
difference is then read in review.
"""

import difflib
import json
from pathlib import Path
from typing import Any, Final

from attrs import frozen

_EXPECTED: Final = ".expected.json"
_INDENT: Final = 2
_NOTHING: Final = object()


@frozen
class Pair:
    """One input, and the place of what is expected of it."""

    input: Path

    @property
    def name(self) -> str:
        """The name of the case."""
        return self.input.stem

    @property
    def expectation(self) -> Path:
        """The file beside it."""
        return self.input.with_name(f"{self.name}{_EXPECTED}")

    def read(self) -> Any:
        """The input: JSON, whose numbers with a point stay text."""
        return json.loads(self.input.read_text(encoding="utf-8"), parse_float=str)

    def difference(self, found: Any, *, accept: bool = False) -> str:
        """What differs from the expectation, empty if nothing; ``accept`` writes it down."""
        text = json.dumps(found, indent=_INDENT, ensure_ascii=False) + "\n"
        expected, written = self._expected()
        if expected == json.loads(text):
            return ""
        if accept:
            self.expectation.write_text(text, encoding="utf-8")
            return ""
        if not self.expectation.exists():
            return f"{self.expectation.name} is missing; pytest --accept writes it"
        lines = difflib.unified_diff(
            written.splitlines(), text.splitlines(), "expected", "found", n=2, lineterm=""
        )
        return "\n".join(lines)

    def _expected(self) -> tuple[Any, str]:
        """What the expectation means, and its text; it may be absent, or no JSON any more."""
        if not self.expectation.exists():
            return _NOTHING, ""
        text = self.expectation.read_text(encoding="utf-8")
        try:
            expected = json.loads(text)
        except ValueError:
            return _NOTHING, text
        return expected, json.dumps(expected, indent=_INDENT, ensure_ascii=False)


def pairs(folder: Path) -> list[Pair]:
    """The golden pairs of a folder, by name."""
    return [
        Pair(path) for path in sorted(folder.glob("*.json")) if not path.name.endswith(_EXPECTED)
    ]


def orphans(folder: Path) -> list[str]:
    """Expectations that have no input."""
    inputs = {pair.expectation for pair in pairs(folder)}
    return [path.name for path in sorted(folder.glob(f"*{_EXPECTED}")) if path not in inputs]
