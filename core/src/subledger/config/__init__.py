"""The configuration: TOML in, one frozen value out, every mistake named at once."""

from subledger.config.company import OpenCatalogue
from subledger.config.loader import load_companies, load_settings
from subledger.config.schema import (
    ClosedPeriod,
    DebugSettings,
    LogSettings,
    ServerSettings,
    StoreSettings,
    VaultSettings,
)
from subledger.config.settings import ConnectionSettings, FlowSettings, Settings

__all__ = [
    "ClosedPeriod",
    "ConnectionSettings",
    "DebugSettings",
    "FlowSettings",
    "LogSettings",
    "OpenCatalogue",
    "ServerSettings",
    "Settings",
    "StoreSettings",
    "VaultSettings",
    "load_companies",
    "load_settings",
]
