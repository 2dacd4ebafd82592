"""The aiohttp application: thin handlers over the kernel and its peers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from aiohttp import web
from attrs import define, field

from subledger.config import ConnectionSettings
from subledger.connecting import CALLBACK, finish
from subledger.errors import SubledgerError
from subledger.flow.runs import run_now
from subledger.kernel import Kernel
from subledger.ports import Peer, PeerContext, WebhookVerdict
from subledger.schedule.dispatcher import Dispatcher
from subledger.server import metrics

_HOOK_LIMIT: Final = 1024 * 1024
NAME: Final = "subledger"
"""What the server calls itself, in the header Server."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@define
class Plant:
    """What the handlers reach: the kernel, and one peer a peer-driven connection."""

    kernel: Kernel
    peers: dict[str, Peer] = field(factory=dict)
    mounts: dict[str, str] = field(factory=dict)
    problems: Mapping[str, Any] = field(factory=dict)
    dispatchers: Mapping[str, Dispatcher] = field(factory=dict)

    def furnish(self) -> None:
        """Makes the peers of the current settings; peers whose settings are equal stay."""
        settings = self.kernel.settings
        for name in set(self.peers) - set(settings.connections):
            del self.peers[name]
        self.mounts.clear()
        for name, connection in settings.connections.items():
            sink = connection.sink
            if sink is None or sink.peer is None:
                continue
            self.mounts[name] = sink.mount
            known = self.peers.get(name)
            if known is None or getattr(known, "config", None) != connection.config:
                self._make(name, sink.peer, connection.config)

    def _make(self, name: str, peer: Callable[[Any, PeerContext], Peer], config: Any) -> None:
        """A connector that cannot make its peer is told of; the others serve."""
        self.peers.pop(name, None)
        try:
            self.peers[name] = peer(config, self.kernel.peer(name))
        except SubledgerError as error:
            self.kernel.log.error(  # noqa: TRY400 - the sentence says it
                "peer_failed", connection=name, why=error.message
            )


PLANT: Final = web.AppKey("plant", Plant)


def make_app(plant: Plant) -> web.Application:
    """The application; every route is listed here."""
    app = web.Application(middlewares=[_no_traceback], client_max_size=_HOOK_LIMIT)
    app.on_response_prepare.append(_headers)
    app[PLANT] = plant
    app.router.add_route("GET", "/support", _support)
    app.router.add_route("GET", "/health", _health)
    app.router.add_route("GET", "/ready", _ready)
    app.router.add_route("GET", "/metrics", _metrics)
    app.router.add_route("GET", CALLBACK, _callback)
    app.router.add_route("POST", "/webhooks/{connection}", _webhook)
    app.router.add_route("*", "/webhooks/{connection}", _not_posted)
    app.router.add_route("*", "/{mount}/{connection}", _peer)
    return app


@web.middleware
async def _no_traceback(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except (web.HTTPException, ConnectionError):
        raise
    except Exception:  # noqa: BLE001 - the last guard: nothing of it may reach the outside
        request.app[PLANT].kernel.log.exception("request_failed", path=request.path)
        return web.Response(status=400, text="The request could not be processed.\n")


async def _headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = NAME  # not the versions of what it is made of
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")


async def _support(_request: web.Request) -> web.Response:
    text = (
        "This is a subledger server.\n\n"
        "It keeps a company's books in agreement with its card, invoice and payment systems.\n"
        "If the QuickBooks Web Connector reports an error, ask the person who runs this server;\n"
        "`subledger status` and `subledger findings` tell what is the matter.\n"
    )
    return web.Response(text=text)


async def _health(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _ready(request: web.Request) -> web.Response:
    plant = request.app[PLANT]
    try:
        await plant.kernel.store.tx(lambda c: c.exec_driver_sql("SELECT 1"))
    except Exception as error:  # noqa: BLE001 - whatever it is, we are not ready
        return web.json_response({"status": "not ready", "why": type(error).__name__}, status=503)
    bad = sorted(plant.problems)
    work = {name: one.health() for name, one in plant.dispatchers.items()}
    return web.json_response({"status": "ready", "companies_with_problems": bad, **work})


async def _metrics(request: web.Request) -> web.Response:
    kernel = request.app[PLANT].kernel
    if not kernel.settings.server.metrics:
        raise web.HTTPNotFound(text="Metrics are switched off: see [server] metrics.\n")
    series = await kernel.store.read(metrics.measured, kernel.now_ms())
    text = await asyncio.to_thread(metrics.exposition, series)
    return web.Response(body=text, headers={"Content-Type": metrics.CONTENT_TYPE})


async def _callback(request: web.Request) -> web.Response:
    try:
        name = await finish(request.app[PLANT].kernel, request.query)
    except SubledgerError as error:
        return web.Response(status=400, text=f"{error}\n")
    return web.Response(text=f"{name} is connected. You can close this window.\n")


async def _peer(request: web.Request) -> web.StreamResponse:
    plant = request.app[PLANT]
    name = request.match_info["connection"]
    peer = plant.peers.get(name)
    if peer is None or plant.mounts.get(name) != request.match_info["mount"]:
        raise web.HTTPNotFound(text="There is no such connection.\n")
    return await peer.handle(request)


async def _not_posted(_request: web.Request) -> web.Response:
    return web.Response(
        status=405, text="A webhook is a POST request.\n", headers={"Allow": "POST"}
    )


async def _webhook(request: web.Request) -> web.Response:
    kernel = request.app[PLANT].kernel
    name = request.match_info["connection"]
    connection = kernel.settings.connections.get(name)
    source = connection.type if connection else None
    if connection is None or source is None or source.webhook is None:
        raise web.HTTPNotFound(text="There is no connection of this name that takes webhooks.\n")
    body = await request.read()
    headers = {key.lower(): value for key, value in request.headers.items()}
    verdict = source.webhook(connection.config, headers, body)
    if verdict is WebhookVerdict.REFUSED:
        kernel.log.warning("webhook_refused", connection=name)
        raise web.HTTPUnauthorized(
            text="The call does not show the secret or signature of this connection's settings.\n"
        )
    concerned = {name} if verdict is WebhookVerdict.RUN else set()
    concerned |= _others_concerned(kernel, connection, headers, body)
    flows = [flow.name for flow in kernel.settings.flows.values() if flow.source in concerned]

    def hurry(c: Any) -> None:
        for flow in flows:
            run_now(c, flow, kernel.now_ms(), f"webhook {name}")

    if flows:
        await kernel.store.tx(hurry)
    kernel.log.info("webhook", connection=name, asks=bool(concerned), flows=flows)
    return web.Response(status=204)


def _others_concerned(
    kernel: Kernel, called: ConnectionSettings, headers: Mapping[str, str], body: bytes
) -> set[str]:
    """Connections of the same connector that take a call as their own, by their own proof.

    A vendor may call one address for all companies of an app.
    """
    return {
        each.name
        for each in kernel.settings.connections.values()
        if each.connector == called.connector
        and each.name != called.name
        and each.type is not None
        and each.type.webhook is not None
        and each.type.webhook(each.config, headers, body) is WebhookVerdict.RUN
    }
