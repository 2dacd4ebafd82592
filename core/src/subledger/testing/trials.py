"""Tries settings that cannot be right, and looks for secrets where they must not be."""

import base64
import binascii
import re
import traceback
from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args
from urllib.parse import quote, quote_plus

import attrs

from subledger.config.fields import description
from subledger.errors import ConfigError, Problem
from subledger.secret import Secret
from subledger.testing.bench import config_from
from subledger.testing.tables import referred

_SECRET_NAME: Final = re.compile(
    r"(^|_)(token|secret|password|passwd|passphrase|api_?key|private_key|access_key|credentials?"
    r"|pin)$"
)
_ENCODED: Final = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_SHORTEST: Final = 4
_ODD: Final[tuple[Any, ...]] = (
    *("", "\0", "x" * 5000, "\N{SNOWMAN}", -1, 0, 10**30, 1.5, True),
    *([], ["", 7], {}, {"env": "TESTED_NOTHING"}, {"x": {}}),
)
"""Values of which each is wrong for most settings."""


def fields(cls: type[Any], path: str = "") -> Iterator[tuple[str, "attrs.Attribute[Any]"]]:
    """Every setting of a class with its path, those of nested classes too."""
    for one in attrs.fields(attrs.resolve_types(cls)):
        if not one.init:
            continue
        yield f"{path}{one.alias}", one
        for part in (one.type, *get_args(one.type)):
            if isinstance(part, type) and attrs.has(part):
                yield from fields(part, f"{path}{one.alias}.")


def undescribed(cls: type[Any]) -> list[str]:
    """The settings without a sentence."""
    return [path for path, one in fields(cls) if not description(one).strip()]


def untyped_secrets(cls: type[Any]) -> list[str]:
    """The settings whose name says secret and whose type does not."""
    return [
        path
        for path, one in fields(cls)
        if _SECRET_NAME.search(one.name.casefold()) and _is_text(one.type)
    ]


def _is_text(wanted: Any) -> bool:
    return wanted is str or any(_is_text(part) for part in get_args(wanted))


def mistakes(cls: type[Any], table: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Tables with one mistake each, and what the mistake is."""
    yield "an unknown setting", {**table, "no_such_setting": 1}
    for name in table:
        yield (
            f"{name} left out",
            {other: value for other, value in table.items() if other != name},
        )
    for one in attrs.fields(cls):
        if one.init:
            for value in _ODD:
                yield f"{one.alias} = {value!r:.40}", {**table, one.alias: value}


def badly_told(cls: type[Any], table: Mapping[str, Any]) -> list[str]:
    """The mistakes that are not refused with the path of a setting; ``table`` has none."""
    references, variables = referred(table, cls, "tested")
    variables["TESTED_NOTHING"] = ""
    found = []
    for what, wrong in mistakes(cls, references):
        try:
            config_from(cls, wrong, variables)
        except ConfigError as error:
            found += [
                f"{what}: {problem}"
                for problem in error.problems
                if not _helps(problem, {*wrong, *(path for path, _ in fields(cls))})
            ]
        except Exception as error:  # noqa: BLE001 - whatever it is, it is not a ConfigError
            found.append(f"{what}: {type(error).__name__} instead of a ConfigError: {error}")
    return found


def _helps(problem: Problem, known: set[str]) -> bool:
    first = re.split(r"[.\[]", problem.path)[0]
    accident = problem.message.startswith("cannot be used:")
    return first in known and bool(problem.message) and not accident


def secrets_in(config: Any) -> Iterator[str]:
    """The clear texts of all secrets in settings, those that are long enough to be looked for."""
    if isinstance(config, Secret):
        if len(config.reveal()) >= _SHORTEST:
            yield config.reveal()
    elif attrs.has(type(config)):
        for one in attrs.fields(type(config)):
            yield from secrets_in(getattr(config, one.name, None))
    elif isinstance(config, Mapping):
        for value in config.values():
            yield from secrets_in(value)
    elif isinstance(config, list | tuple | set | frozenset):
        for value in config:
            yield from secrets_in(value)


def shown(secret: str, text: str) -> bool:
    """Whether a text shows a secret: plain, quoted for an address, or in base64."""
    if any(form in text for form in (secret, quote(secret, safe=""), quote_plus(secret))):
        return True
    return any(secret in decoded for decoded in map(_decoded, _ENCODED.findall(text)))


def _decoded(text: str) -> str:
    standard = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        content = base64.b64decode(standard + "=" * (-len(standard) % 4))
    except (binascii.Error, ValueError):
        return ""
    return content.decode("utf-8", "replace")


def told(error: BaseException) -> str:
    """Everything that an exception says, with its causes, fields and traceback."""
    texts = ["".join(traceback.format_exception(error))]
    seen: list[BaseException] = []
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is not None and not any(one is other for other in seen):
            seen.append(one)
            texts.append(f"{one!r} {one.args!r} {vars(one)!r}")
            left += [one.__cause__, one.__context__]
    return "\n".join(texts)
