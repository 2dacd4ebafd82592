"""The `.qwc` file that introduces a service to the Web Connector of one company file.

Source: QuickBooks Web Connector Programmer's Guide, chapters 3 and 4, and its error table
(QBWC1000, 1001, 1010, 1026).
"""

import ipaddress
import re
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

from attrs import field, frozen
from lxml import etree

MAX_DESCRIPTION: Final = 80
_GUID: Final = re.compile(r"\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}")
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_TEXTS: Final = ("app_id", "display_name", "unique_name")
_CONTROL: Final = re.compile("[\x00-\x1f]")


@frozen(kw_only=True)
class ConnectorFile:
    """What the file says; checked when made, ValueError names the field and the rule.

    `owner_id` is one for the application, `file_id` one for each company file; both braced GUIDs.
    `app_name` is what QuickBooks authorises: changing it asks the user again. `unique_name` lets a
    new file replace the old one. The password is never part of it. Intervals are in minutes or
    seconds, one of them at most.
    """

    app_name: str
    app_url: str
    app_description: str
    app_support: str
    user_name: str
    owner_id: str
    file_id: str
    app_id: str = ""
    display_name: str = ""
    unique_name: str = ""
    run_every_minutes: int | None = None
    run_every_seconds: int | None = None
    is_read_only: bool = False
    notify: bool = False
    personal_data: Literal["pdpNotNeeded", "pdpOptional", "pdpRequired"] = "pdpNotNeeded"
    unattended: Literal["umpRequired", "umpOptional"] = "umpOptional"
    auth_flags: int | None = field(default=None)
    cert_url: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse what the Web Connector would refuse when the file is opened."""
        self._check_texts()
        self._check_urls()
        for name in ("owner_id", "file_id"):
            if not _GUID.fullmatch(getattr(self, name)):
                raise ValueError(f"{name}: must be a GUID in braces, {{8-4-4-4-12}}")
        self._check_schedule()

    def _check_texts(self) -> None:
        for name in ("app_name", "app_description", "user_name"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name}: must not be empty")
        for name in (*_TEXTS, "app_name", "app_description", "user_name"):
            if _CONTROL.search(getattr(self, name)):
                raise ValueError(f"{name}: holds control characters")
        length = len(self.app_description)
        if length > MAX_DESCRIPTION:
            raise ValueError(f"app_description: {length} characters, at most {MAX_DESCRIPTION}")

    def _check_schedule(self) -> None:
        if self.run_every_minutes is not None and self.run_every_seconds is not None:
            raise ValueError("run_every_minutes, run_every_seconds: give one of them")
        for name in ("run_every_minutes", "run_every_seconds"):
            every = getattr(self, name)
            if every is not None and every < 1:
                raise ValueError(f"{name}: must be 1 or more")

    def _check_urls(self) -> None:
        app = _checked_url("app_url", self.app_url)
        support = _checked_url("app_support", self.app_support)
        if app.hostname != support.hostname:
            raise ValueError(
                f"app_support: its host {support.hostname} must be the host of app_url, "
                f"{app.hostname}"
            )
        if self.cert_url:
            _checked_url("cert_url", self.cert_url)


def render_qwc(file: ConnectorFile) -> bytes:
    """Write the file; serve it with a name ending in `.qwc`."""
    root = etree.Element("QBWCXML")
    optional = {
        "AppDisplayName": file.display_name,
        "AppUniqueName": file.unique_name,
        "AuthFlags": "" if file.auth_flags is None else f"0x{file.auth_flags:X}",
        "CertURL": file.cert_url,
    }
    fields = {
        "AppName": file.app_name,
        "AppID": file.app_id,
        "AppURL": file.app_url,
        "AppDescription": file.app_description,
        "AppSupport": file.app_support,
        "UserName": file.user_name,
        "OwnerID": file.owner_id,
        "FileID": file.file_id,
        "QBType": "QBFS",
        **{name: value for name, value in optional.items() if value},
        "PersonalDataPref": file.personal_data,
        "UnattendedModePref": file.unattended,
        "Style": "Document",
        "Notify": str(file.notify).lower(),
        "IsReadOnly": str(file.is_read_only).lower(),
    }
    for name, value in fields.items():
        etree.SubElement(root, name).text = value
    if file.run_every_minutes is not None or file.run_every_seconds is not None:
        scheduler = etree.SubElement(root, "Scheduler")
        if file.run_every_minutes is not None:
            etree.SubElement(scheduler, "RunEveryNMinutes").text = str(file.run_every_minutes)
        else:
            etree.SubElement(scheduler, "RunEveryNSeconds").text = str(file.run_every_seconds)
    return b'<?xml version="1.0"?>\n' + etree.tostring(root, pretty_print=True)


def _checked_url(name: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError(f"{name}: {url!r} is no URL") from None
    host = parts.hostname or ""
    if parts.scheme not in {"https", "http"} or not host or parts.username is not None:
        raise ValueError(f"{name}: must be an absolute https URL without a user name")
    if any(character.isspace() for character in url) or not url.isascii():
        raise ValueError(f"{name}: must be plain ASCII without spaces")
    if host in _LOCAL:
        return parts
    if parts.scheme != "https":
        raise ValueError(f"{name}: must begin with https://, http is only for localhost")
    if _is_address(host):
        raise ValueError(f"{name}: must name a host, the Web Connector refuses IP addresses")
    return parts


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
