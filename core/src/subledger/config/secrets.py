"""Reads secrets, which stand in the configuration by reference only."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

from subledger.config.problems import did_you_mean, invalid
from subledger.observe import redact
from subledger.secret import Secret

_HINT: Final = 'Write { env = "NAME" } or { file = "PATH" } in its place.'
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_LONGEST: Final = 64 * 1024


@frozen(kw_only=True)
class SecretReader:
    """Turns ``{ env = "X" }``, ``{ file = "..." }`` or a plugin's scheme into a secret.

    ``resolver`` gives a plugin's function for a scheme, ``schemes`` the names for a hint. A
    relative file is looked for in ``folder``. What is read is masked in the log from then on.
    """

    folder: Path
    environment: Mapping[str, str]
    resolver: Callable[[str], Callable[[str], str] | None] = lambda _scheme: None
    schemes: Callable[[], Iterable[str]] = tuple

    def read(self, reference: object) -> Secret:
        """The secret. Raises Invalid, which never shows the value that was written."""
        if isinstance(reference, Secret):
            return reference
        if isinstance(reference, str):
            raise invalid("a secret may not stand here in clear text", _HINT)
        if not isinstance(reference, Mapping) or len(reference) != 1:
            raise invalid("a secret is one reference", _HINT)
        ((scheme, target),) = reference.items()
        if not isinstance(target, str) or not target:
            raise invalid(f"the reference {scheme!r} needs a text", _HINT)
        text = self._resolve(scheme, target)
        if not text:
            raise invalid("the secret is empty", f"It was read from {scheme}.")
        redact.register(text)
        return Secret(text)

    def _resolve(self, scheme: str, target: str) -> str:
        if scheme == "env":
            return self._variable(target)
        if scheme == "file":
            return self._file(target)
        resolve = self.resolver(scheme)
        if resolve is None:
            hint = did_you_mean(scheme, {"env", "file", *self.schemes()})
            raise invalid(f"secrets cannot be kept in {scheme!r}", hint)
        try:
            return str(resolve(target))
        except LookupError as error:
            raise invalid(f"{scheme}: {error.args[0] if error.args else 'not found'}") from error
        except Exception as error:
            raise invalid(f"{scheme}: the plugin failed with {type(error).__name__}") from error

    def _variable(self, name: str) -> str:
        if not _VARIABLE.match(name):
            raise invalid("env needs the name of a variable, not the secret itself", _HINT)
        if name not in self.environment:
            raise invalid(
                f"environment variable {name} is not set",
                'Set it, or write { file = "PATH" } in its place.',
            )
        return self.environment[name]

    def _file(self, name: str) -> str:
        path = self.folder / Path(name).expanduser()
        try:
            with path.open("rb") as file:
                content = file.read(_LONGEST + 1)
        except OSError as error:
            raise invalid(f"{path} cannot be read: {error.strerror}") from error
        if len(content) > _LONGEST:
            raise invalid(f"{path} is too long for a secret")
        try:
            return content.decode().rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise invalid(f"{path} is not a text in UTF-8") from error
