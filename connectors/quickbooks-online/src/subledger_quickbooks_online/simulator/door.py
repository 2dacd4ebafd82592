"""The one way in: a request without a socket goes in, a response comes out."""

from collections.abc import Mapping

from attrs import evolve

from . import admin, api, attachments, oauth
from .state import LoggedRequest, Simulation
from .wire import Request, Response

_HTML = (
    "<html><head><title>{status} {text}</title></head>"
    "<body><center><h1>{status} {text}</h1></center></body></html>"
)
_TEXTS = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}


def answer(simulation: Simulation, request: Request) -> Response:
    """What QuickBooks Online answers, synchronously and in this thread.

    The request has taken effect when the response says so, or when it is lost: see
    `Response.lost` and `Response.delay`, which the caller is to act out. What has to be told to
    webhooks afterwards is in `Simulation.take_notifications`.
    """
    if f"{request.path}/".startswith(admin.PREFIX):
        return admin.answer(simulation, request)
    if request.path.startswith(attachments.FILES):
        return attachments.file(simulation, request)
    text, is_write = _described(request)
    incident = simulation.faults.incident(text, is_write=is_write)
    response = _struck(simulation, request, incident)
    simulation.log.append(
        LoggedRequest(
            number=len(simulation.log) + 1,
            method=request.method,
            path=request.path,
            query=dict(request.query),
            status=0 if response.lost else response.status,
            faults=tuple(incident),
        )
    )
    return response


def _described(request: Request) -> tuple[str, bool]:
    """The call as the patterns of faults see it, and whether it writes to a company."""
    found = api.split(request.path)
    operation = request.query.get("operation", "")
    tail = f"?operation={operation}" if operation else ""
    if found is None:
        return f"{request.method} {request.path[1:]}", False
    is_write = request.method == "POST" and found[1] != "query"
    return f"{request.method} {found[1]}{tail}", is_write


def _struck(simulation: Simulation, request: Request, incident: Mapping[str, str]) -> Response:
    delay = float(incident["slow"] or 1) if "slow" in incident else 0.0
    if "dropped" in incident:
        return Response(lost=True, delay=delay)
    if "error-before" in incident:
        return evolve(_html(incident["error-before"] or "503"), delay=delay)
    response = _reached(simulation, request, incident)
    if "error-after" in incident:
        response = _html(incident["error-after"] or "504")
    is_lost = bool({"lost-answer", "lost-refresh"} & set(incident))
    return evolve(response, delay=delay, lost=is_lost)


def _reached(simulation: Simulation, request: Request, incident: Mapping[str, str]) -> Response:
    found = api.split(request.path)
    tid = simulation.next_tid()
    if found is not None:
        response = api.answer(simulation, request, *found, incident)
        return response.with_headers(**{"intuit_tid": tid, "QBO-Version": "1995.152"})
    if "throttle" in incident:
        return Response.json({"error": "too_many_requests"}, 429)
    answered = oauth.answer(simulation, request, incident)
    if answered is None:
        return Response.text("Not Found", 404)
    return answered.with_headers(intuit_tid=tid)


def _html(status: str) -> Response:
    text = _TEXTS.get(int(status), "Gateway Timeout")
    return Response.text(_HTML.format(status=status, text=text), int(status), "text/html")
