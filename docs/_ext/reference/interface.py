"""The page of the types that a plugin meets, from the classes themselves. Pure."""

import ast
import enum
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs
from attrs import frozen

from reference.docs import attribute_docs, words
from reference.markdown import bullets, code, plain, table
from subledger import findings, ports, retry, runtime, secret

GROUPS: Final[Mapping[str, tuple[str, tuple[Any, ...]]]] = {
    "What a plugin registers": (
        "The values that [hooks](hooks.md) return.",
        (
            *(ports.SourceType, ports.SinkType, ports.StepType, ports.RecipeType, ports.FlowPlan),
            *(ports.SimulatorType, ports.SecretResolverType, ports.Authorization),
        ),
    ),
    "What every connector is handed": (
        "`open`, `fetch` and `exchange` get a `Context`; whatever is not pure goes through it.",
        (
            *(ports.Context, runtime.Runtime, runtime.Http, runtime.HttpResponse),
            *(ports.Vault, ports.Grant, ports.Consent, secret.Secret),
        ),
    ),
    "A source": (
        "`open` gives a `Source`; what it reads goes through `normalise` of its `SourceType`.",
        (
            *(ports.Source, ports.ExtractRequest, ports.Page, ports.RawRecord),
            *(ports.File, ports.WebhookVerdict),
        ),
    ),
    "A sink that the kernel calls": (
        "`open` gives a `Sink`. An `Outcome` is `Posted`, `Refused`, `Unknown` or `Absent`.",
        (
            *(ports.Sink, ports.Delivery, ports.Target),
            *(ports.Posted, ports.Refused, ports.Unknown, ports.Absent),
            *(ports.Question, ports.Query, ports.BookEntry, ports.BookDocument),
            *(ports.Preview, ports.Posting),
        ),
    ),
    "A peer": (
        "A sink whose other side polls us: `peer` gives a `Peer`; `web` is that of aiohttp.",
        (ports.Peer, ports.PeerContext, ports.Desk),
    ),
    "A step, and the draft of a recipe": (
        "A `Verdict` is `Keep`, `Hold` or `Skip`.",
        (ports.Step, ports.Books, ports.Keep, ports.Hold, ports.Skip, findings.Finding),
    ),
    "Trying again": (
        "For clients that wait by themselves: [an example](../authors/cookbook.md#trying-again).",
        (
            *(retry.Attempts, retry.Policy, retry.Rule, retry.Cause, retry.Failed),
            *(retry.cause_of, retry.retry_after),
        ),
    ),
}
"""Every type by who meets it, with a sentence before them."""

_LATER: Final = re.compile(r"'((?:\w+\.)?[A-Z]\w*)'")


@frozen
class Member:
    """A field or method of a class: as it is written, and what it promises."""

    name: str
    text: str
    meaning: str
    required: bool = False


def interface_page() -> str:
    """Every group: its types, their fields and methods."""
    parts: list[str] = []
    for title, (sentence, types) in GROUPS.items():
        parts += [f"## {title}\n", f"{sentence}\n"]
        for one in types:
            parts += _of(one)
    return "\n".join(parts)


def _of(one: Any) -> Iterator[str]:
    yield f"### {one.__name__}\n"
    yield f"`from {_module(one)} import {one.__name__}`\n"
    if not isinstance(one, type):
        yield f"{code(_signature(_tree(one)))}\n"
    yield plain(inspect.getdoc(one)) + "\n"
    if isinstance(one, type):
        yield from _inside(one)


def _module(one: Any) -> str:
    module = str(one.__module__)
    return "subledger.ports" if module.startswith("subledger.ports.") else module


def _inside(cls: type[Any]) -> Iterator[str]:
    if issubclass(cls, enum.StrEnum):
        yield words(cls)
        return
    if told := fields(cls):
        rows = [
            (code(one.name), code(one.text), "yes" if one.required else "", one.meaning)
            for one in told
        ]
        yield table(("field", "type", "required", "meaning, unit, limits"), rows)
    if told := methods(cls):
        yield bullets(f"{code(one.text)}: {one.meaning}" for one in told)


def fields(cls: type[Any]) -> list[Member]:
    """The public fields of a class, in their order, with their types as they are written."""
    meanings = attribute_docs(cls)
    known = attrs.fields(cls) if attrs.has(cls) else ()
    needed = {one.name for one in known if one.default is attrs.NOTHING}
    return [
        Member(name, _text(node.annotation), _line(meanings.get(name)), name in needed)
        for node in _tree(cls).body
        if isinstance(node, ast.AnnAssign)
        and not (name := ast.unparse(node.target)).startswith("_")
    ]


def methods(cls: type[Any]) -> list[Member]:
    """The public methods and properties of a class, and how an error of it is made."""
    found = []
    for node in _tree(cls).body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        meaning = _line(ast.get_docstring(node))
        if meaning and (node.name == "__call__" or not node.name.startswith("_")):
            found.append(Member(node.name, _signature(node), meaning))
        elif node.name == "__init__" and issubclass(cls, Exception):
            found.append(Member(node.name, _signature(node, cls.__name__), "as it is raised."))
    return found


def _tree(one: Any) -> Any:
    return ast.parse(textwrap.dedent(inspect.getsource(one))).body[0]


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef, name: str = "") -> str:
    """As it is called, without ``self``."""
    given = _text(node.args).removeprefix("self").removeprefix(", ")
    word = "await " if isinstance(node, ast.AsyncFunctionDef) else ""
    is_property = any(ast.unparse(one) == "property" for one in node.decorator_list)
    called = f"{word}{name or node.name}" + ("" if is_property else f"({given})")
    returns = _text(node.returns) if node.returns else "None"
    return called if name else f"{called} -> {returns}"


def _text(node: ast.AST) -> str:
    """As it is written, without the quotes of a class that is known later only."""
    return _LATER.sub(r"\1", ast.unparse(node))


def _line(text: str | None) -> str:
    return " ".join(plain(text).split())
