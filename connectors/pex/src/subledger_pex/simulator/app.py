"""The HTTP side: reads requests, lets faults happen, asks the handlers, writes answers."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from aiohttp import web

from . import admin, api_account, api_metadata, api_oauth, api_transactions
from .faults import FaultPlan
from .jsontext import to_json
from .query import Query, RefusedError
from .routing import Call, Handler, Reply, Routes
from .state import LoggedRequest, Simulation
from .throttle import Throttle

API = Routes.of("v4/", (*api_account.ROWS, *api_transactions.ROWS, *api_metadata.ROWS))
OAUTH = Routes.of("", api_oauth.ROWS)
ADMIN = Routes.of("_simulator/", admin.ROWS)
NO_TOKEN_NEEDED = (api_account.ping,)


def _message(status: int, text: str) -> Reply:
    return Reply(status=status, body={"Message": text})


async def _body(request: web.Request) -> Any:
    if not request.can_read_body:
        return {}
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(await request.post())
    try:
        return json.loads(await request.read())
    except ValueError as wrong:
        raise RefusedError(400, "the body is not JSON") from wrong


def _token(request: web.Request) -> tuple[str, str]:
    """The scheme in lower case, and the token."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower(), token.strip()


def _answer(run: Handler, call: Call) -> Reply:
    try:
        return run(call)
    except RefusedError as refused:
        return _message(refused.status, refused.message)


def _list_field(body: Any) -> str:
    return "TransactionList" if "TransactionList" in body else "Results"


def _with_page_faults(simulation: Simulation, plan: FaultPlan, number: int, reply: Reply) -> Reply:
    """A list answer once more, or in another order."""
    if not reply.is_list or reply.status != 200:  # noqa: PLR2004 - the one status of success
        return reply
    if number in plan.duplicate_page_at and simulation.last_list is not None:
        return Reply(body=simulation.last_list, is_list=True)
    simulation.last_list = reply.body
    if not plan.reorder:
        return reply
    name = _list_field(reply.body)
    rows = list(reply.body[name])
    Random(number).shuffle(rows)  # noqa: S311 - order of test data
    return Reply(body={**reply.body, name: rows}, is_list=True)


async def _api(
    request: web.Request, simulation: Simulation, throttle: Throttle, number: int
) -> Reply:
    plan = simulation.faults
    scheme, token = _token(request)
    if number in plan.expire_token_at:
        simulation.tokens.expire(token)
    if number in plan.error_at:
        return _message(500, "An error has occurred.")
    is_nth = plan.rate_limit_every and number % plan.rate_limit_every == 0
    if is_nth or not throttle.allows(simulation.behaviour.limit_per_second):
        return _message(429, "Too many requests.")
    try:
        found = API.find(request.method, request.path)
        is_oauth = found is None
        found = found or OAUTH.find(request.method, request.path)
        if found is None:
            return _message(404, "No such resource.")
        run, parameters = found
        body = await _body(request)
    except RefusedError as refused:
        return _message(refused.status, refused.message)
    if is_oauth:
        token = request.headers.get("Authorization", "")
    elif run not in NO_TOKEN_NEEDED and not (
        scheme in {"token", "bearer"} and simulation.tokens.is_valid(token)
    ):
        return _message(401, "Token expired or does not exist")
    if number in plan.change_at:
        simulation.disturb()
    query = Query.of(request.query.items())
    call = Call(simulation=simulation, parameters=parameters, query=query, body=body, token=token)
    return _with_page_faults(simulation, plan, number, _answer(run, call))


async def _admin(request: web.Request, simulation: Simulation) -> Reply:
    try:
        found = ADMIN.find(request.method, request.path)
        if found is None:
            return _message(404, "No such resource.")
        run, parameters = found
        query = Query.of(request.query.items())
        body = await _body(request)
        call = Call(simulation=simulation, parameters=parameters, query=query, body=body)
        reply = run(call)
        return reply if reply.then is None else Reply(body=await reply.then())
    except RefusedError as refused:
        return _message(refused.status, refused.message)
    except (ArithmeticError, KeyError, TypeError, ValueError) as wrong:
        return _message(400, f"{type(wrong).__name__}: {wrong}")


def _response(reply: Reply, *, truncated: bool) -> web.Response:
    text = "" if reply.body is None else to_json(reply.body)
    data = text.encode()
    return web.Response(
        status=reply.status,
        body=data[: len(data) // 2] if truncated else data,
        content_type="application/json",
        charset="utf-8",
        headers=dict(reply.headers),
    )


def _log(request: web.Request, simulation: Simulation, status: int) -> None:
    simulation.requests.append(
        LoggedRequest(
            number=len(simulation.requests) + 1,
            method=request.method,
            path=request.path,
            query=tuple(request.query.items()),
            scheme=_token(request)[0],
            status=status,
        )
    )


def handler(
    simulation: Simulation, *, monotonic: Callable[[], float] = time.monotonic
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """What answers a request, with or without a socket; ``monotonic`` feeds the rate limit.

    A dropped connection is logged with status 0.
    """
    throttle = Throttle(monotonic=monotonic)

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path.lower().startswith("/_simulator/"):
            return _response(await _admin(request, simulation), truncated=False)
        simulation.requests_in_plan += 1
        number, plan = simulation.requests_in_plan, simulation.faults
        reply = await _api(request, simulation, throttle, number)
        if plan.slow_seconds:
            await asyncio.sleep(plan.slow_seconds)
        if number in plan.drop_at and request.transport is not None:
            _log(request, simulation, 0)
            request.transport.abort()
            return web.Response()
        _log(request, simulation, reply.status)
        return _response(reply, truncated=number in plan.truncate_at)

    return handle


def create_app(
    simulation: Simulation, *, monotonic: Callable[[], float] = time.monotonic
) -> web.Application:
    """The aiohttp application around :func:`handler`."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler(simulation, monotonic=monotonic))
    return app
