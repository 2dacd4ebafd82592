"""The Accounting API below `/v3/company/{realm}`: the gateway's checks, routes, and answers."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from . import attachments, operations, refusals
from .batch import batch
from .call import Call
from .changes import changed_since
from .company import CompanyFault
from .envelope import Payload, fault, render, wanted_form
from .human import Person
from .jsonform import to_json
from .names import entity
from .replay import once
from .reports import report
from .state import ACCOUNTING, Simulation
from .wire import Request, Response

_PATH = re.compile(r"/v3/company/(?P<realm>[^/]+)(?:/(?P<rest>.*))?")


def split(path: str) -> tuple[str, str] | None:
    """Company and rest of an API path, or None when it is none."""
    match = _PATH.fullmatch(path)
    return (match["realm"], match["rest"] or "") if match else None


def answer(
    simulation: Simulation, request: Request, realm: str, rest: str, incident: Mapping[str, str]
) -> Response:
    """The answer to one call; `incident` are the faults that strike it."""
    form = wanted_form(request, simulation.switches)
    is_throttled = False
    try:
        call = _admitted(simulation, request, realm, incident)
        is_throttled = _is_throttled(call, rest, incident)
        if is_throttled:
            raise _throttled(simulation)
        if "forget-requestids" in incident:
            call.company.forget_requests()
        if "fault-inside-200" in incident:
            code = incident["fault-inside-200"] or "10000"
            found: Payload | Response = {"Fault": fault(refusals.system_failure(code))}
        else:
            found = _routed(call, request.method, rest.split("/"))
            _meddle(simulation, realm, found, incident)
            simulation.collect(realm)
    except CompanyFault as refused:
        status = refused.status
        found = {"Fault": _told(simulation, refused, incident)}
    else:
        status = 200
    if isinstance(found, Response):
        return found
    company = simulation.companies.get(realm)
    zone = ZoneInfo(company.behaviour.time_zone) if company else UTC
    gateway = simulation.switches.lower_case_faults or (
        is_throttled and simulation.switches.throttled_as == "gateway"
    )
    response = render(
        attachments.linked(simulation, realm, found),
        form,
        simulation.now.astimezone(zone),
        status=status,
        gateway=gateway,
    )
    if status == refusals.unauthenticated("").status:
        return response.with_headers(
            **{"WWW-Authenticate": 'Bearer realm="Intuit", error="invalid_token"'}
        )
    return response


def _told(
    simulation: Simulation, refused: CompanyFault, incident: Mapping[str, str]
) -> dict[str, Any]:
    errors = [refused]
    if "two-errors" in incident:
        errors.append(refusals.missing("Line"))
    if simulation.switches.localised:
        errors = [refusals.in_french(error) for error in errors]
    return fault(*errors)


def _admitted(
    simulation: Simulation, request: Request, realm: str, incident: Mapping[str, str]
) -> Call:
    """The call, once its token is good for the company."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if "expired-token" in incident:
        simulation.tokens.expire_access(token)
    if scheme.lower() != "bearer" or not token:
        raise refusals.unauthenticated("Malformed bearer token: no token was given")
    connection = simulation.tokens.of_access(token)
    if connection is None:
        raise refusals.unauthenticated("Token expired: the access token is not valid any more")
    company = simulation.companies.get(realm)
    if company is None or connection.realm != realm or ACCOUNTING not in connection.scope.split():
        raise refusals.forbidden()
    return Call(simulation=simulation, company=company, realm=realm, request=request)


def _is_throttled(call: Call, rest: str, incident: Mapping[str, str]) -> bool:
    simulation = call.simulation
    return "throttle" in incident or not simulation.throttle(call.realm).allows(
        simulation.now, simulation.switches, is_batch=rest == "batch"
    )


def _throttled(simulation: Simulation) -> CompanyFault:
    sort = simulation.switches.throttled_as
    return refusals.throttled(403 if sort == "forbidden" else 429, is_told=sort != "gateway")


def _routed(call: Call, method: str, path: Sequence[str]) -> Payload | Response:
    if method == "GET":
        return _got(call, path)
    if method == "POST":
        return _posted(call, path)
    raise refusals.unsupported(method)


def _got(call: Call, path: Sequence[str]) -> Payload | Response:
    match [path[0].lower(), *path[1:]]:
        case ["query"]:
            return _query(call, call.request.query.get("query", ""))
        case ["cdc"]:
            return changed_since(call)
        case ["companyinfo", id_]:
            return operations.company_info(call, id_)
        case ["preferences"]:
            return operations.preferences(call)
        case ["exchangerate"]:
            return operations.exchange_rate(call)
        case ["reports", name]:
            return report(call, name)
        case ["download", id_]:
            return attachments.download(call, id_)
        case [segment, id_, "pdf"]:
            data = operations.printed(call, segment, id_)
            return Response(headers={"Content-Type": "application/pdf"}, body=data)
        case [segment, id_]:
            return operations.read(call, segment, id_)
    raise refusals.unsupported("/".join(path))


def _posted(call: Call, path: Sequence[str]) -> Payload:
    match [path[0].lower(), *path[1:]]:
        case ["query"]:
            return _query(call, call.request.text())
        case ["batch"]:
            return batch(call)
        case ["upload"]:
            return _once(call, path, lambda: attachments.upload(call))
        case ["taxservice", name] if name.lower() == "taxcode":
            return _once(call, path, lambda: operations.tax_code(call))
        case ["exchangerate"]:
            return _once(call, path, lambda: operations.set_exchange_rate(call))
        case [segment, id_, "send"]:
            return _once(call, path, lambda: operations.send(call, segment, id_))
        case [segment]:
            entity(segment)
            return _once(call, path, lambda: operations.write(call, segment))
    raise refusals.unsupported("/".join(path))


def _once(call: Call, path: Sequence[str], work: Callable[[], Payload]) -> Payload:
    options = {
        name: call.options[name] for name in ("operation", "include") if name in call.options
    }
    return once(call, to_json([*path, options, call.request.body.decode("latin-1")]), work)


def _query(call: Call, statement: str) -> Payload:
    if not statement.strip():
        raise refusals.missing("query")
    return {"QueryResponse": call.company.query(statement)}


def _meddle(
    simulation: Simulation,
    realm: str,
    found: Payload | Response,
    incident: Mapping[str, str],
) -> None:
    """A person changes or deletes what was just written, where the plan says so."""
    person = Person(simulation=simulation, realm=realm)
    for name, value in () if isinstance(found, Response) else _written(found):
        with suppress(CompanyFault):
            if "remote-edit" in incident:
                person.edit_something(name, value["Id"])
            if "remote-delete" in incident:
                person.delete(name, value["Id"])


def _written(payload: Payload) -> list[tuple[str, Mapping[str, Any]]]:
    parts = payload.get("BatchItemResponse", [payload])
    return [
        (name, value)
        for part in parts
        for name, value in part.items()
        if isinstance(value, Mapping) and value.get("Id") and value.get("status") != "Deleted"
    ]
