"""Addresses below `/simulator/` from which a test or a person steers the simulation."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from attrs import asdict

from . import envelope
from .company import CompanyFault
from .faults import FAULTS, Fault, FaultPlanError
from .human import Person
from .jsonform import from_json
from .state import ACCOUNTING, Simulation
from .switches import with_switches
from .webhooks import Subscription
from .wire import Request, Response

PREFIX = "/simulator/"
Fields: TypeAlias = Mapping[str, Any]
Order: TypeAlias = Callable[[Simulation, Fields], Any]
Deed: TypeAlias = Callable[[Person, Fields], Any]


def answer(simulation: Simulation, request: Request) -> Response:
    """Carry out an order; 400 tells what is wrong with it, 404 that there is none such.

    Where there is none such, the answer names all that there are; ``GET /simulator/`` does too.
    """
    path = f"{request.path}/".removeprefix(PREFIX).rstrip("/")
    if (request.method, path) == ("GET", ""):
        return Response.json({"addresses": _addresses(simulation)})
    try:
        fields = _fields(request.body)
        match path.split("/"):
            case ["companies", realm, verb] if _deed(simulation, request, realm, verb):
                person = Person(simulation=simulation, realm=realm)
                found = _DEEDS[request.method, verb](person, fields)
            case [name] if (request.method, name) in _ORDERS:
                found = _ORDERS[request.method, name](simulation, fields)
            case _:
                return _nowhere(simulation, request, path)
    except CompanyFault as refused:
        return Response.json({"Fault": envelope.fault(refused)}, refused.status)
    except KeyError as wrong:
        return Response.json({"error": f"the body has no {wrong}"}, 400)
    except (ValueError, TypeError, FaultPlanError) as wrong:
        return Response.json({"error": str(wrong)}, 400)
    return Response.json({} if found is None else _plain(found))


def _deed(simulation: Simulation, request: Request, realm: str, verb: str) -> bool:
    return realm in simulation.companies and (request.method, verb) in _DEEDS


def _addresses(simulation: Simulation) -> list[str]:
    """Every order that is understood, as it is sent."""
    orders = [f"{method} {PREFIX}{name}" for method, name in _ORDERS]
    return orders + [
        f"{method} {PREFIX}companies/{realm}/{verb}"
        for realm in simulation.companies
        for method, verb in _DEEDS
    ]


def _nowhere(simulation: Simulation, request: Request, path: str) -> Response:
    """The answer where there is no such order; 400 where it is asked of no company."""
    error = f"no such address: {request.method} {request.path}"
    asked = request.method, path
    if asked in _DEEDS:
        right = [f"{PREFIX}companies/{realm}/{path}" for realm in simulation.companies]
        error += f"; it is asked of a company: {', '.join(right)}"
    known = {"error": error, "addresses": _addresses(simulation)}
    return Response.json(known, 400 if asked in _DEEDS else 404)


def _fields(body: bytes) -> dict[str, Any]:
    fields = from_json(body) if body.strip() else {}
    if not isinstance(fields, dict):
        raise TypeError("the body is not a JSON object")
    return fields


def _plain(value: Any) -> Any:
    """The value as JSON can hold it: floats and dates are written out."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return Decimal(str(value))
    return value.isoformat() if isinstance(value, date) else value


def _state(simulation: Simulation, _: Fields) -> Any:
    return {
        "now": simulation.now,
        "base_url": simulation.base_url,
        "companies": {realm: simulation.company_name(realm) for realm in simulation.companies},
        "chosen_realm": simulation.chosen_realm,
        "client_id": simulation.app.client_id,
        "switches": asdict(simulation.switches),
        "faults": [_shown(fault) for fault in simulation.faults.plan],
        "known_faults": {name: text for name, (_, text) in FAULTS.items()},
        "requests": len(simulation.log),
    }


def _shown(fault: Fault) -> Fields:
    return {**asdict(fault), "calls": fault.pattern}


def _move_clock(simulation: Simulation, fields: Fields) -> Any:
    span = timedelta(**{name: float(value) for name, value in fields.items()})
    return {"now": simulation.clock.advance(span)}


def _set_faults(simulation: Simulation, fields: Fields) -> Any:
    simulation.faults.set(str(fields["plan"]))
    return [_shown(fault) for fault in simulation.faults.plan]


def _set_switches(simulation: Simulation, fields: Fields) -> Any:
    values = {k: float(v) if isinstance(v, Decimal) else v for k, v in fields.items()}
    simulation.switches = with_switches(simulation.switches, values)
    return asdict(simulation.switches)


def _connect(simulation: Simulation, fields: Fields) -> Any:
    realm = fields.get("realm", simulation.chosen_realm)
    if realm not in simulation.companies:
        raise ValueError(f"no such company: {realm}")
    return {**simulation.connect(realm, fields.get("scope", ACCOUNTING)), "realmId": realm}


def _expire(simulation: Simulation, _: Fields) -> None:
    simulation.tokens.expire_access()


def _choose(simulation: Simulation, fields: Fields) -> None:
    if fields["realm"] not in simulation.companies:
        raise ValueError(f"no such company: {fields['realm']}")
    simulation.chosen_realm = fields["realm"]


def _requests(simulation: Simulation, _: Fields) -> Any:
    return [asdict(entry) for entry in simulation.log]


def _clear_requests(simulation: Simulation, _: Fields) -> None:
    simulation.log.clear()


def _subscribe(simulation: Simulation, fields: Fields) -> None:
    verifier = fields.get("verifier", simulation.app.verifier_token)
    simulation.subscriptions.append(Subscription(url=fields["url"], verifier=verifier))


def _unsubscribe(simulation: Simulation, _: Fields) -> None:
    simulation.subscriptions.clear()


def _close_books(person: Person, fields: Fields) -> None:
    day = fields["date"]
    person.close_books(
        None if day is None else date.fromisoformat(day), password=fields.get("password", False)
    )


def _end_subscription(person: Person, fields: Fields) -> None:
    person.end_subscription(ended=fields.get("ended", True))


def _behaviour(person: Person, fields: Fields) -> Any:
    return asdict(person.company.configure(**fields))


def _forget(person: Person, _: Fields) -> None:
    person.company.forget_requests()


def _postings(person: Person, _: Fields) -> Any:
    return {
        document["Id"]: [asdict(posting) for posting in person.company.postings(document["Id"])]
        for document in person.company.documents()
    }


_ORDERS: dict[tuple[str, str], Order] = {
    ("GET", "state"): _state,
    ("POST", "clock"): _move_clock,
    ("PUT", "faults"): _set_faults,
    ("PUT", "switches"): _set_switches,
    ("POST", "connect"): _connect,
    ("POST", "expire-tokens"): _expire,
    ("PUT", "chosen-company"): _choose,
    ("GET", "requests"): _requests,
    ("DELETE", "requests"): _clear_requests,
    ("POST", "webhooks"): _subscribe,
    ("DELETE", "webhooks"): _unsubscribe,
}
_DEEDS: dict[tuple[str, str], Deed] = {
    ("POST", "create"): lambda person, f: person.create(f["entity"], f["body"]),
    ("POST", "edit"): lambda person, f: person.edit(f["entity"], f["id"], f["changes"]),
    ("POST", "delete"): lambda person, f: person.delete(f["entity"], f["id"]),
    ("POST", "void"): lambda person, f: person.void(f["entity"], f["id"]),
    ("POST", "merge"): lambda person, f: person.merge(f["entity"], f["keep"], f["drop"]),
    ("POST", "inactivate"): lambda person, f: person.inactivate(f["entity"], f["id"]),
    ("POST", "reactivate"): lambda person, f: person.reactivate(f["entity"], f["id"]),
    ("POST", "send"): lambda person, f: person.send(f["entity"], f["id"], f.get("to", "")),
    ("POST", "match"): lambda person, f: person.match(f["id"], matched=f.get("matched", True)),
    ("POST", "close-books"): _close_books,
    ("POST", "end-subscription"): _end_subscription,
    ("POST", "disconnect"): lambda person, _: person.disconnect(),
    ("POST", "forget-requestids"): _forget,
    ("PUT", "preferences"): lambda person, f: person.set_preferences(f),
    ("PUT", "behaviour"): _behaviour,
    ("GET", "trial-balance"): lambda person, _: person.company.trial_balance(),
    ("GET", "documents"): lambda person, _: person.company.documents(),
    ("GET", "postings"): _postings,
}
