"""Finds plugins, loads those that are named, each in isolation, and checks what they register."""

from subledger.catalogue.catalogue import (
    BUILT_IN,
    TRACE_VARIABLE,
    Catalogue,
    open_catalogue,
    opener,
)
from subledger.catalogue.discovery import Installed, installed, local
from subledger.catalogue.loading import isolated, load
from subledger.catalogue.plugin import NOUNS, Plugin, Refusal, Value, name_of
from subledger.guarding import reason_of

__all__ = [
    "BUILT_IN",
    "NOUNS",
    "TRACE_VARIABLE",
    "Catalogue",
    "Installed",
    "Plugin",
    "Refusal",
    "Value",
    "installed",
    "isolated",
    "load",
    "local",
    "name_of",
    "open_catalogue",
    "opener",
    "reason_of",
]
