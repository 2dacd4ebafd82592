"""Reads the documentation's pages: their code blocks, and the configuration that they add up to."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from subledger.config.template import value

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
_BLOCK: Final = re.compile(r"^```(\w[^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE: Final = re.compile(r"# (\w+/[\w.-]+\.toml)\n")


@frozen
class Block:
    """A fenced block: its page, the words after the fence, its text."""

    page: Path
    info: str
    text: str

    @property
    def id(self) -> str:
        """A name for test reports."""
        return f"{self.page.relative_to(ROOT)}: {self.text.strip().splitlines()[0][:40]}"


def pages() -> list[Path]:
    """Every page that a reader meets, READMEs included."""
    found = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    found += [*ROOT.glob("core/README.md"), *ROOT.glob("connectors/*/README.md")]
    return sorted(path for path in found if "_build" not in path.parts)


def blocks(info: str, text: str, page: Path) -> Iterator[Block]:
    """The blocks of a page whose fence says exactly this."""
    for match in _BLOCK.finditer(text):
        if match[1].strip() == info:
            yield Block(page, match[1].strip(), match[2])


def all_blocks(info: str) -> list[Block]:
    """The blocks of every page whose fence says exactly this."""
    return [
        block for page in pages() for block in blocks(info, page.read_text(encoding="utf-8"), page)
    ]


def file_of(block: Block) -> str:
    """The file that a TOML block says it is; empty for a part of the usual one."""
    match = _FILE.match(block.text)
    return match[1] if match else ""


def base(page: Path = DOCS / "tutorial" / "index.md") -> dict[str, Any]:
    """What a page's shorter blocks are read on top of: its ``toml whole``, else the tutorial's."""
    found = list(blocks("toml whole", page.read_text(encoding="utf-8"), page))
    tutorial = DOCS / "tutorial" / "index.md"
    found += blocks("toml", tutorial.read_text(encoding="utf-8"), tutorial)
    return tomllib.loads(found[0].text)


def merged(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of both; where both say something, ``more`` counts."""
    found = dict(base)
    for key, item in more.items():
        known = found.get(key)
        both = isinstance(known, Mapping) and isinstance(item, Mapping)
        found[key] = merged(known, item) if both else item  # type: ignore[arg-type]
    return found


def written(document: Mapping[str, Any]) -> str:
    """A document as TOML, each table on one line."""
    return "".join(f"{key} = {value(table)}\n" for key, table in document.items())


class EveryVariable(dict[str, str]):
    """An environment in which every variable is set."""

    def __contains__(self, _name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return f"value of {name}"
