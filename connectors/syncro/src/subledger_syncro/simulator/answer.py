"""The whole simulator as a function: state and request in, response out, no socket."""

from typing import Any

from attrs import evolve

from . import (
    admin,
    api_account,
    api_customers,
    api_estimates,
    api_goods,
    api_invoices,
    api_lines,
    api_payments,
    api_purchases,
    sales,
)
from .clock import local_day
from .faults import FaultPlan
from .jsontext import from_json, to_json
from .request import Call, RefusedError, Reply, Request, Response, Routes
from .state import Simulation

API = Routes.of(
    "api/v1/",
    (
        *api_account.ROWS,
        *api_customers.ROWS,
        *api_invoices.ROWS,
        *api_lines.ROWS,
        *api_estimates.ROWS,
        *api_payments.ROWS,
        *api_goods.ROWS,
        *api_purchases.ROWS,
    ),
)
ADMIN = Routes.of("_simulator/", admin.ROWS)
ADMIN_PREFIX = "/_simulator/"
OK = 200


def _json(reply: Reply) -> Response:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return Response(status=reply.status, headers=headers, body=to_json(reply.body).encode())


def _error(status: int, text: str) -> Response:
    return _json(Reply(status=status, body={"error": text}))


def _page(status: int, title: str) -> Response:
    html = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body>"
    headers = {"Content-Type": "text/html; charset=utf-8"}
    return Response(status=status, headers=headers, body=f"{html}</html>\n".encode())


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _is_other_account(simulation: Simulation, request: Request) -> bool:
    """Whether a host under the vendor's domain, or under localhost, names another account."""
    host = request.headers.get("host", "").partition(":")[0]
    label, _, rest = host.partition(".")
    return rest in {"syncromsp.com", "localhost"} and label != simulation.subdomain


def _body(request: Request) -> Any:
    try:
        return from_json(request.body) if request.body else {}
    except ValueError as wrong:
        raise RefusedError(400, {"error": "The body is not JSON"}) from wrong


def _routed(simulation: Simulation, request: Request) -> Reply:
    token = _token(request)
    allowed = simulation.tokens.get(token)
    if allowed is None:
        return Reply(status=401, body={"error": "Not authorized: no such token."})
    found = API.find(request.method, request.path)
    if found is None:
        return Reply(status=404, body={"message": "Not found"})
    run, permission, parameters = found
    if permission and permission not in allowed:
        text = "Not authorized. An administrator has to add a permission to the token."
        return Reply(status=401, body={"error": text})
    try:
        return run(
            Call(
                simulation=simulation,
                parameters=parameters,
                query=request.query,
                body=_body(request),
                token=token,
            )
        )
    except RefusedError as refused:
        return Reply(status=refused.status, body=refused.body)


def _disturb(simulation: Simulation) -> None:
    """Delete the newest invoice and make another, under the reader's eyes."""
    world, now = simulation.world, simulation.now
    if world.invoices:
        newest = world.invoices[max(world.invoices)]
        sales.delete_invoice(world, now, newest)
        if newest.customer_id in world.customers:
            sales.add_invoice(
                world, now, customer_id=newest.customer_id, day=local_day(now), lines=newest.lines
            )


def _repeated(simulation: Simulation, reply: Reply, *, repeats: bool) -> Reply:
    if not reply.is_list or reply.status != OK:
        return reply
    if repeats and simulation.last_list is not None:
        return evolve(reply, body=simulation.last_list)
    simulation.last_list = reply.body
    return reply


def _answered(simulation: Simulation, request: Request, number: int, plan: FaultPlan) -> Response:
    behaviour = simulation.behaviour
    if number in plan.html_at:
        return _page(502, "502 Bad Gateway")
    if number in plan.html_ok_at:
        return _page(OK, "Please sign in")
    if _is_other_account(simulation, request):
        return _page(404, "No such account")
    within = simulation.throttle.allows(request.remote, behaviour.limit_per_minute)
    if plan.limits(number) or not within:
        response = _error(429, "Too many requests")
        if not behaviour.retry_after:
            return response
        wait = {"Retry-After": str(behaviour.retry_after)}
        return evolve(response, headers={**response.headers, **wait})
    if number in plan.error_at:
        return _error(500, "Internal server error")
    if number in plan.wrong_token_at:
        simulation.tokens.pop(_token(request), None)
    if number in plan.change_at:
        _disturb(simulation)
    reply = _routed(simulation, request)
    return _json(_repeated(simulation, reply, repeats=number in plan.repeat_page_at))


def _administered(simulation: Simulation, request: Request) -> Response:
    found = ADMIN.find(request.method, request.path)
    if found is None:
        return _error(404, "no such order to the simulator")
    run, _, parameters = found
    try:
        return _json(run(Call(simulation=simulation, parameters=parameters, body=_body(request))))
    except RefusedError as refused:
        return _json(Reply(status=refused.status, body=refused.body))
    except (ArithmeticError, KeyError, TypeError, ValueError) as wrong:
        return _error(400, f"{type(wrong).__name__}: {wrong}")


def answer(simulation: Simulation, request: Request) -> Response:
    """What Syncro would answer; the state changes as it would there.

    The caller holds the response back for ``delay_seconds`` and hangs up when ``is_lost``.
    """
    simulation.catch_up()
    if request.path.startswith(ADMIN_PREFIX):
        return _administered(simulation, request)
    plan = simulation.faults
    simulation.requests_in_plan += 1
    number, is_write = simulation.requests_in_plan, request.method != "GET"
    simulation.writes_in_plan += is_write
    if number in plan.drop_at:
        response = Response(is_lost=True)
    else:
        response = _answered(simulation, request, number, plan)
        if is_write and simulation.writes_in_plan in plan.lose_write_at:
            response = evolve(response, is_lost=True)
        if number in plan.truncate_at:
            response = evolve(response, body=response.body[: len(response.body) // 2])
    status = 0 if response.is_lost else response.status
    simulation.log(request.method, request.path, request.query, status)
    return evolve(response, delay_seconds=plan.slow_seconds)
