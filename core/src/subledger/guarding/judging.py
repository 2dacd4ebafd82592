"""What a plugin raised, as the kernel may see it: its declared errors, or a broken contract."""

import asyncio
import math
from typing import Any, Final

from subledger.errors import (
    ConnectorError,
    ContractBroken,
    Fenced,
    PluginCrashed,
    RecordRejected,
    TemporaryError,
)
from subledger.findings import CATEGORIES
from subledger.guarding.owner import Owner
from subledger.observe import redact

_LONGEST: Final = 400
_TEXTS: Final = ("message", "hint", "detail", "code")


class Overran(BaseException):
    """Raised in a plugin's frame that has held up everything else for too long."""


def reason_of(error: BaseException) -> str:
    """Class and text of an exception on one line, whatever the exception's own code does."""
    try:
        text = " ".join(str(error).split())
    except BaseException:  # noqa: BLE001 - a hostile __str__
        text = ""
    name = type(error).__name__
    return f"{name}: {text}"[:_LONGEST] if text else name


def broken(owner: Owner, deed: str) -> ContractBroken:
    """The error for something that a plugin must not do; ``deed`` tells what it did."""
    return ContractBroken(f"{owner} {deed}", hint=_hint(owner))


def judged(owner: Owner, call: str, error: BaseException) -> BaseException:
    """The error itself where a plugin may raise it, else what the kernel says instead."""
    if isinstance(error, ConnectorError):
        flaw = _flaw(error)
        return broken(owner, f"raised an error in {call} whose {flaw}") if flaw else error
    if isinstance(error, KeyboardInterrupt | GeneratorExit | ContractBroken | Fenced):
        return error
    if isinstance(error, Overran):
        return broken(owner, f"held up everything else in {call} and was interrupted")
    if isinstance(error, asyncio.CancelledError) and _wanted():
        return error
    said = redact.text(reason_of(error))
    if not isinstance(error, Exception):
        return broken(owner, f"raised {said} in {call}, which would end the whole program")
    return PluginCrashed(
        f"{owner} failed in a way it must not: {call} raised {said}", hint=_hint(owner)
    )


def _hint(owner: Owner) -> str:
    return f"Upgrade {owner.origin.partition(' ')[0]}, or tell its makers; the others go on."


def _wanted() -> bool:
    """Whether it is we who cancel the task; a plugin may raise the same out of the blue."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return False
    return task is not None and task.cancelling() > 0


def _flaw(error: ConnectorError) -> str:
    """What is wrong with the fields of an error that a plugin may raise."""
    values: dict[str, Any] = vars(error)
    for name in _TEXTS:
        if not isinstance(values.get(name), str):
            return f"{name} is {type(values.get(name)).__name__}, not a text"
    if isinstance(error, RecordRejected) and values.get("category") not in CATEGORIES:
        return f"category {values.get('category')!r} is none of the categories of findings"
    again = values.get("retry_after") if isinstance(error, TemporaryError) else None
    if again is None:
        return ""
    sound = type(again) in (int, float) and math.isfinite(again) and again >= 0
    return "" if sound else f"retry_after {again!r} is not a number of seconds"
