"""Writes the files of a package into a folder that is not there yet: all of them, or none."""

import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from subledger.errors import ConfigError, Problem


def write(folder: Path, files: Mapping[PurePosixPath, str]) -> None:
    """Makes the folder with these files. Raises ConfigError; nothing is ever overwritten."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir()
    except FileExistsError as error:
        if folder.exists() or folder.is_symlink():
            raise _refused(
                f"{folder} exists, and nothing is overwritten",
                "Choose another name, or another place with --directory.",
            ) from error
        raise _refused(
            f"{folder.parent} is not a folder", "Name a folder with --directory."
        ) from error
    except OSError as error:
        raise _refused(
            f"{folder} cannot be made: {error.strerror}", "Name another place with --directory."
        ) from error
    try:
        for path, text in files.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise _refused(
            f"{folder} cannot be written: {error.strerror}", "Name another place with --directory."
        ) from error


def _refused(message: str, hint: str) -> ConfigError:
    return ConfigError([Problem(path="--directory", message=message, hint=hint)])
