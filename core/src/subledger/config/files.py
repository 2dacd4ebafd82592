"""Reads the file, or the folder with one file a company, as plain tables."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from subledger.config.problems import invalid

GLOBAL_FILE: Final = "subledger.toml"
"""In a folder: the file with the tables that are one for all companies."""


def read(path: Path) -> Mapping[str, Any]:
    """The tables of one file. Raises Invalid with line and column."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise invalid(
            f"{path} cannot be read: {error.strerror}",
            "Name the file with --config, or write one with `subledger init`.",
        ) from error
    except UnicodeDecodeError as error:
        raise invalid(f"{path} is not a text in UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise invalid(
            f"{path} is not TOML: {error}", "Texts need quotes, paths single ones."
        ) from error


def companies(folder: Path) -> Mapping[str, Path]:
    """The companies' files by company, in the order of their names."""
    files = sorted(folder.glob("*.toml"))
    return {file.stem: file for file in files if file.name != GLOBAL_FILE}
