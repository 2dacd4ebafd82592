"""The .qwc file that makes an application known to the Web Connector, and the checks on it."""

import re
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from attrs import define, field, frozen
from lxml import etree

from .errors import ConnectorError
from .transport import TransportError

_REQUIRED = (
    "AppName",
    "AppID",
    "AppURL",
    "AppDescription",
    "AppSupport",
    "UserName",
    "OwnerID",
    "FileID",
    "QBType",
)
_MAY_BE_EMPTY = ("AppID",)
_DESCRIPTION_LIMIT = 80
_GUID = re.compile(r"\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")
_FLAGS = re.compile(r"0[xX][0-9A-Fa-f]+|\d+")
_CHOICES = {
    "QBType": ("QBFS", "QBPOS"),
    "IsReadOnly": ("true", "false"),
    "Notify": ("true", "false"),
    "PersonalDataPref": ("pdpNotNeeded", "pdpOptional", "pdpRequired"),
    "UnattendedModePref": ("umpRequired", "umpOptional"),
    "Style": ("Document", "DocWrapped"),
}
_GOOD_STATUS = (200, 202)


@frozen(kw_only=True)
class Application:
    """What a .qwc file says; `every_seconds` is None where it has no Scheduler."""

    app_name: str
    app_url: str
    app_support: str
    app_description: str
    username: str
    owner_id: str
    file_id: str
    app_unique_name: str = ""
    read_only: bool = False
    every_seconds: int | None = None


def load_qwc(path: Path) -> Application:
    """Read a .qwc file as the Web Connector does when it is added.

    Raises `ConnectorError`: QBWC1000 host names differ, 1001 and 1002 an IP address, 1010 not
    https, 1026 a GUID without braces, 1034 bad AuthFlags, 1039 an element missing or wrong. The
    style RPC, which the real client knows, is refused with 1039: it is not simulated.
    Source: QuickBooks Web Connector Programmer's Guide, chapters 3 and 4, appendix A.
    """
    try:
        root = etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError as error:
        raise _not_added(f"It is not well-formed XML: {error}") from error
    if root.tag != "QBWCXML":
        raise _not_added(f"Its root is {root.tag!r}, not QBWCXML.")
    texts = {str(child.tag): (child.text or "").strip() for child in root}
    _check_texts(texts)
    _check_urls(texts["AppName"], texts["AppURL"], texts["AppSupport"])
    for name in ("OwnerID", "FileID"):
        if _GUID.fullmatch(texts[name]) is None:
            raise ConnectorError("QBWC1026", f"{name} {texts[name]!r} is not a GUID in braces.")
    return Application(
        app_name=texts["AppName"],
        app_url=texts["AppURL"],
        app_support=texts["AppSupport"],
        app_description=texts["AppDescription"],
        username=texts["UserName"],
        owner_id=texts["OwnerID"],
        file_id=texts["FileID"],
        app_unique_name=texts.get("AppUniqueName", ""),
        read_only=texts.get("IsReadOnly") == "true",
        every_seconds=_every(root),
    )


async def check_support(
    application: Application, get_status: Callable[[str], Awaitable[int]]
) -> None:
    """GET the support URL; raises `ConnectorError` QBWC1003 (bad status) or QBWC1004 (no answer).

    `get_status` takes a URL and gives the HTTP status.
    """
    try:
        status = await get_status(application.app_support)
    except (TransportError, OSError) as error:
        raise ConnectorError("QBWC1004", str(error)) from error
    if status not in _GOOD_STATUS:
        raise ConnectorError("QBWC1003", f"{application.app_support} answered {status}")


@define
class Applications:
    """The applications of one Web Connector, as its registry holds them."""

    _by_name: dict[str, Application] = field(factory=dict, init=False)

    def add(self, application: Application) -> None:
        """Add it, or replace the one of the same unique name; raises QBWC1039 for a second owner.

        OwnerID and FileID together belong to one application.
        """
        key = application.app_unique_name or application.app_name
        for other_key, other in self._by_name.items():
            same = (other.owner_id, other.file_id) == (application.owner_id, application.file_id)
            if same and other_key != key:
                raise _not_added(f"Its OwnerID and FileID belong to {other.app_name}.")
        if key in self._by_name and not application.app_unique_name:
            raise _not_added(f"There is an application named {key}.")
        self._by_name[key] = application

    @property
    def names(self) -> tuple[str, ...]:
        """Names as the user sees them."""
        return tuple(application.app_name for application in self._by_name.values())


def _check_texts(texts: dict[str, str]) -> None:
    for name in _REQUIRED:
        if name not in texts or not (texts[name] or name in _MAY_BE_EMPTY):
            raise _not_added(f"{name} is missing.")
    for name, choices in _CHOICES.items():
        if name in texts and texts[name] not in choices:
            raise _not_added(f"{name} is {texts[name]!r}, not one of {', '.join(choices)}.")
    if len(texts["AppDescription"]) > _DESCRIPTION_LIMIT:
        raise _not_added(f"AppDescription is longer than {_DESCRIPTION_LIMIT} characters.")
    if "AuthFlags" in texts and _FLAGS.fullmatch(texts["AuthFlags"]) is None:
        raise ConnectorError("QBWC1034", f"{texts['AuthFlags']!r} is not a number.")


def _check_urls(app_name: str, app_url: str, app_support: str) -> None:
    service, support = urlsplit(app_url), urlsplit(app_support)
    for name, url in (("AppURL", service), ("AppSupport", support)):
        if url.scheme not in ("http", "https") or not url.hostname:
            raise _not_added(f"{name} is not an http or https URL.")
    if _is_ip(service):
        raise ConnectorError("QBWC1001", app_name)
    if _is_ip(support):
        raise ConnectorError("QBWC1002", app_name)
    if service.scheme != "https" and service.hostname != "localhost":
        raise ConnectorError("QBWC1010", app_name)
    if service.hostname != support.hostname:
        raise ConnectorError("QBWC1000", app_name)


def _is_ip(url: SplitResult) -> bool:
    try:
        ip_address(url.hostname or "")
    except ValueError:
        return False
    return True


def _every(root: etree._Element) -> int | None:
    """Seconds between runs: the first of the two elements of Scheduler wins."""
    scheduler = root.find("Scheduler")
    if scheduler is None:
        return None
    units = {"RunEveryNMinutes": 60, "RunEveryNSeconds": 1}
    for child in scheduler:
        number = (child.text or "").strip()
        if child.tag in units:
            if not number.isdigit() or not int(number):
                raise _not_added(f"{child.tag!r} is {number!r}, not a number above 0.")
            return int(number) * units[str(child.tag)]
    raise _not_added("Scheduler holds neither RunEveryNMinutes nor RunEveryNSeconds.")


def _not_added(detail: str) -> ConnectorError:
    return ConnectorError("QBWC1039", detail)
