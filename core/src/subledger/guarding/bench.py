"""Runs what a plugin does once, such as its import, beside the program and for a limited time."""

import contextvars
import ctypes
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from subledger.guarding.judging import Overran

T = TypeVar("T")

_HERE = threading.local()


class TookTooLong(TimeoutError):  # noqa: N818 - names what happened
    """The action did not end in time."""


def in_time(action: Callable[[], T], seconds: float) -> T:
    """The action's result, or what it raises. Raises :class:`TookTooLong`.

    An action that does not end is interrupted as soon as it runs Python code; the thread that it
    sleeps in does not keep the program from ending.
    """
    if getattr(_HERE, "bounded", False):
        return action()
    result: list[T] = []
    failure: list[BaseException] = []

    def work() -> None:
        _HERE.bounded = True
        try:
            result.append(action())
        except BaseException as error:  # noqa: BLE001 - it belongs to the caller
            failure.append(error)

    run: Callable[..., Any] = contextvars.copy_context().run
    thread = threading.Thread(target=run, args=(work,), name="subledger-bench", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        _interrupt(thread)
        raise TookTooLong(f"it did not end within {seconds:g} seconds")
    if failure:
        raise failure[0]
    return result[0]


def _interrupt(thread: threading.Thread) -> None:
    """Has an exception raised in a thread; only CPython can."""
    raise_in = getattr(getattr(ctypes, "pythonapi", None), "PyThreadState_SetAsyncExc", None)
    if raise_in is not None:
        raise_in(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(Overran))
