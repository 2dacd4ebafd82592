"""What the API answers, in either form: an entity, a query's rows, a batch, or a Fault."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias

from . import xmlform
from .company import CompanyFault
from .jsonform import to_json
from .switches import Switches
from .wire import JSON, Request, Response

Form: TypeAlias = Literal["json", "xml"]
Payload: TypeAlias = Mapping[str, Any]
_BARE = ("TaxService", "Report")
"""What comes without an envelope in JSON."""
_REPORTED = {"ColData": ("value", "id"), "Row": ("type", "group")}
"""Members of a report's parts that are attributes in XML."""
_GATEWAY: Mapping[str, Any] = {
    "warnings": None,
    "intuitObject": None,
    "fault": None,
    "report": None,
    "queryResponse": None,
    "batchItemResponse": [],
    "attachableResponse": [],
    "syncErrorResponse": None,
    "requestId": None,
    "time": 0,
    "status": None,
    "cdcresponse": [],
}


def wanted_form(request: Request, switches: Switches) -> Form:
    """The form that a request asks for: `format=` first, then Accept; else the default."""
    asked = request.query.get("format", "") or request.headers.get("accept", "")
    for form in ("json", "xml"):
        if form in asked.lower():
            return "json" if form == "json" else "xml"
    return switches.default_form


def fault(*errors: CompanyFault) -> dict[str, Any]:
    """The value of Fault."""
    told = [
        {
            "Message": error.message,
            "Detail": error.detail or None,
            "code": error.code,
            "element": error.element,
        }
        for error in errors
    ]
    return {"Error": told, "type": errors[0].type}


def render(
    payload: Payload, form: Form, at: datetime, *, status: int = 200, gateway: bool = False
) -> Response:
    """A response; `at` in the company's zone. `gateway` writes faults with lower-case keys."""
    time = at.isoformat(timespec="milliseconds")
    if "Fault" in payload and gateway and form == "json":
        return Response.json(_lower_case(payload["Fault"], at), status)
    if form == "xml":
        return Response(
            status=status,
            headers={"Content-Type": "application/xml", "Cache-Control": "no-store"},
            body=_xml(payload, time),
        )
    bare = next((payload[name] for name in _BARE if name in payload), None)
    value = {**payload, "time": time} if bare is None else bare
    return Response(
        status=status,
        headers={"Content-Type": JSON, "Cache-Control": "no-store"},
        body=to_json(value).encode(),
    )


def _lower_case(value: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    errors = [
        {
            "message": error["Message"],
            "detail": error["Detail"],
            "code": error["code"],
            "element": error["element"] or None,
        }
        for error in value["Error"]
    ]
    milliseconds = int(at.timestamp() * 1000)
    return {
        **_GATEWAY,
        "fault": {"error": errors, "type": value["type"]},
        "time": milliseconds,
    }


def _xml(payload: Payload, time: str) -> bytes:
    root = xmlform.element("IntuitResponse", {"time": time})
    for name, value in payload.items():
        _add(root, name, value)
    return xmlform.to_bytes(root)


def _add(parent: Any, name: str, value: Any) -> None:
    """One part of an envelope; lists repeat it."""
    for item in value if isinstance(value, list) else (value,):
        match name:
            case "Fault":
                _add_fault(parent, item)
            case "QueryResponse":
                _add_parts(parent, name, item, ("startPosition", "maxResults", "totalCount"))
            case "BatchItemResponse":
                _add_parts(parent, name, item, ("bId",))
            case "Report":
                _add_report(parent, name, item)
            case "CDCResponse" | "AttachableResponse":
                _add_parts(parent, name, item, ())
            case _:
                xmlform.add(parent, name, item)


def _add_parts(parent: Any, name: str, value: Payload, attributes: Sequence[str]) -> None:
    given = {key: str(value[key]) for key in attributes if key in value}
    node = xmlform.child(parent, name, given)
    for key, part in value.items():
        if key not in attributes:
            _add(node, key, part)


def _add_report(parent: Any, name: str, value: Any) -> None:
    """A part of a report, which is no entity: cells and rows tell of themselves in attributes."""
    for item in value if isinstance(value, list) else (value,):
        if isinstance(item, str):
            xmlform.child(parent, name, {}, item)
            continue
        own = _REPORTED.get(name, ())
        node = xmlform.child(parent, name, {key: item[key] for key in own if key in item})
        for key, part in item.items():
            if key not in own:
                _add_report(node, key, part)


def _add_fault(parent: Any, value: Payload) -> None:
    node = xmlform.child(parent, "Fault", {"type": value["type"]})
    for error in value["Error"]:
        one = xmlform.child(node, "Error", {"code": error["code"], "element": error["element"]})
        xmlform.child(one, "Message", {}, error["Message"])
        if error["Detail"] is not None:
            xmlform.child(one, "Detail", {}, error["Detail"])
