"""Small pieces of Markdown. Pure."""

from collections.abc import Iterable, Sequence


def cell(text: object) -> str:
    """A text that stands in one cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def code(text: object) -> str:
    """A text as code; empty stays empty."""
    shown = " ".join(str(text).split())
    return f"`{shown}`" if shown else ""


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; a sentence where it has no rows."""
    body = [f"| {' | '.join(map(cell, row))} |" for row in rows]
    if not body:
        return "None.\n"
    head = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    return "\n".join([*head, *body]) + "\n"


def bullets(sentences: Iterable[str]) -> str:
    """A list."""
    return "".join(f"- {sentence}\n" for sentence in sentences)


def plain(docstring: str | None) -> str:
    """A docstring as Markdown: double backticks become single ones, roles become code."""
    text = (docstring or "").replace("``", "`")
    for role in (":class:", ":func:", ":data:", ":mod:", ":meth:"):
        text = text.replace(role, "")
    return text
