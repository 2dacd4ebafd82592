"""The switches of the door: what Intuit leaves open, and what is set up differently for an app."""

from collections.abc import Mapping
from typing import Any, Literal

from attrs import fields, frozen

DAY = 86_400


@frozen(kw_only=True)
class Switches:
    """The switches of the door; times are in seconds, 0 in a limit means none."""

    default_form: Literal["xml", "json"] = "xml"
    """The form of answers where the request names none."""
    consent: Literal["always", "ask", "deny"] = "always"
    """What the person at the authorisation page does; `ask` shows a form."""
    code_life: int = 600
    access_life: int = 3_600
    refresh_life: int = 101 * DAY
    hard_life: int = 5 * 365 * DAY
    """Five years, after which only a person's consent helps."""
    rotate_every: int = DAY
    """Age at which a refresh replaces the refresh token; 0 replaces it every time."""
    grace: int = DAY
    """How long a replaced refresh token goes on working."""
    per_minute: int = 500
    per_second: int = 10
    batches_per_minute: int = 40
    throttled_as: Literal["gateway", "fault", "forbidden"] = "fault"
    """A 429 with the gateway's lower-case keys, a 429 with a Fault, or the older 403."""
    lower_case_faults: bool = False
    """Faults of every sort come with the gateway's lower-case keys."""
    localised: bool = False
    """Messages come in the language of a French company."""
    repeated_request: Literal["replay", "refuse"] = "replay"
    """What a known requestid with another body gives: the first answer, or error 600."""
    request_life: int = 0
    """How long a requestid is remembered; 0 is for ever."""
    webhook_format: Literal["legacy", "cloudevents"] = "cloudevents"
    webhook_pace: float = 1.0
    """Factor for the pauses between deliveries that are tried again."""
    webhook_duplicates: bool = False
    webhook_shuffled: bool = False
    webhook_lost: bool = False
    """Notifications get lost on their way: none is sent."""


NO_LIMITS = Switches(per_minute=0, per_second=0, batches_per_minute=0)
"""Requests are not counted."""


def with_switches(switches: Switches, values: Mapping[str, Any]) -> Switches:
    """Some switches changed; ValueError names the ones that do not exist or cannot be so."""
    known = {attribute.name: attribute for attribute in fields(Switches)}
    if wrong := sorted(set(values) - set(known)):
        raise ValueError(f"unknown switch: {', '.join(wrong)}; known: {', '.join(sorted(known))}")
    old = {name: getattr(switches, name) for name in known}
    for name, value in values.items():
        choices = getattr(known[name].type, "__args__", ())
        fits = value in choices if choices else _same_sort(value, old[name])
        if not fits:
            expected = ", ".join(choices) or type(old[name]).__name__
            raise ValueError(f"{name} cannot be {value!r}; expected: {expected}")
    return Switches(**{**old, **values})


def _same_sort(value: Any, old: Any) -> bool:
    if isinstance(old, bool) or isinstance(value, bool):
        return isinstance(old, bool) and isinstance(value, bool)
    return isinstance(value, int | float) if isinstance(old, float) else isinstance(value, int)


def parse_switches(switches: Switches, text: str) -> Switches:
    """Switches changed by text such as ``consent=ask,grace=0,localised``; ValueError as above."""
    values: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, word = part.partition("=")
        values[name] = _value(word, getattr(switches, name, "")) if equals else True
    return with_switches(switches, values)


def _value(word: str, old: Any) -> Any:
    """The word as a value of the same sort as the old one."""
    if isinstance(old, bool):
        return {"true": True, "false": False}.get(word.lower(), word)
    try:
        return word if isinstance(old, str) else type(old)(word)
    except ValueError:
        return word
