"""Lets a person authorise a connection in a browser: one attempt, bound to a state of its own."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from subledger.errors import AuthenticationError, ConfigError, Problem
from subledger.flow.runs import run_now
from subledger.kernel import Kernel
from subledger.ledger import findings, history
from subledger.ledger.upsert import upsert
from subledger.ports import Authorization, Consent
from subledger.store.schema import TOKEN
from subledger.vault.store import ATTEMPT

CALLBACK: Final = "/oauth/callback"
"""Path at which a browser comes back."""
LASTS: Final = dt.timedelta(minutes=15)
_PUT = upsert(TOKEN, "sealed", "changed")


async def begin(kernel: Kernel, connection: str, redirect: str) -> str:
    """The address that a person opens to authorise the connection; valid for 15 minutes.

    Raises :class:`ConfigError` where the connection needs no authorisation.
    """
    way = _way(kernel, connection)
    consent = Consent(
        state=f"{connection}~{kernel.runtime.new_id()}",
        verifier=base64.urlsafe_b64encode(
            hashlib.sha256((kernel.runtime.new_id() + kernel.runtime.new_id()).encode()).digest()
        )
        .decode()
        .rstrip("="),
        redirect=redirect,
    )
    until = kernel.runtime.now() + LASTS
    text = json.dumps([consent.state, consent.verifier, consent.redirect, until.isoformat()])
    name = _pending(connection)

    def put(c: sa.Connection) -> None:
        sealed = kernel.keys().seal(text.encode(), name)
        c.execute(_PUT, {"connection": name, "sealed": sealed, "changed": kernel.now_ms()})

    await kernel.store.tx(put)
    return way.address(kernel.settings.connections[connection].config, consent)


async def finish(kernel: Kernel, parameters: Mapping[str, str]) -> str:
    """Keeps what a browser brought back; the name of the connection.

    A state works once. Raises :class:`AuthenticationError` where it is unknown, used or too old,
    where the person refused, or where the code is not accepted.
    """
    state = parameters.get("state", "")
    connection = state.rpartition("~")[0]
    consent = await _take(kernel, connection, state)
    if consent is None:
        raise AuthenticationError(
            "This attempt to connect is not known, or it is too old.",
            hint="Run `subledger connect` again.",
        )
    if "error" in parameters:
        raise AuthenticationError(
            f"The connection was refused: {parameters['error'][:100]}.",
            hint="Run `subledger connect` again and allow the access.",
        )
    way = _way(kernel, connection)
    config = kernel.settings.connections[connection].config
    grant = await way.exchange(config, kernel.context(connection), consent, parameters)
    await kernel.vault(connection).keep(grant)
    readers = [
        flow.name
        for flow in kernel.settings.flows.values()
        if flow.source == connection and not flow.manual
    ]
    await kernel.store.tx(_connected, connection, readers, kernel.now_ms())
    kernel.log.info("connected", connection=connection)
    return connection


async def under_way(kernel: Kernel, connection: str) -> bool:
    """Whether an attempt waits for the browser to come back."""
    mine = sa.select(TOKEN.c.connection).where(TOKEN.c.connection == _pending(connection))
    return await kernel.store.tx(lambda c: c.execute(mine).first() is not None)


async def disconnect(kernel: Kernel, connection: str) -> None:
    """Gives the grant up, there and here."""
    way = _way(kernel, connection)
    vault = kernel.vault(connection)
    grant = await vault.grant()
    if grant is not None and way.revoke is not None:
        config = kernel.settings.connections[connection].config
        await way.revoke(config, kernel.context(connection), grant)
    await vault.forget()


def _connected(c: sa.Connection, connection: str, readers: Sequence[str], now: int) -> None:
    """What failed before is tried at once: flows that read from it, and what waits for it."""
    findings.clear(c, connection, "auth_expired")
    history.add(c, now, "person", "connected", connection=connection)
    for flow in readers:
        run_now(c, flow, now, f"connect {connection}")


async def _take(kernel: Kernel, connection: str, state: str) -> Consent | None:
    """The attempt of this state, which is over with that."""
    name = _pending(connection)
    mine = TOKEN.c.connection == name

    def take(c: sa.Connection) -> bytes | None:
        found: bytes | None = c.execute(sa.select(TOKEN.c.sealed).where(mine)).scalar()
        return found

    sealed = await kernel.store.tx(take) if connection in kernel.settings.connections else None
    if sealed is None:
        return None
    known, verifier, redirect, until = json.loads(kernel.keys().open(sealed, name))
    if not hmac.compare_digest(known.encode(), state.encode()):
        return None
    this = sa.delete(TOKEN).where(mine, TOKEN.c.sealed == sealed)
    gone = await kernel.store.tx(lambda c: c.execute(this).rowcount)
    if not gone or dt.datetime.fromisoformat(until) < kernel.runtime.now():
        return None
    return Consent(state=known, verifier=verifier, redirect=redirect)


def _pending(connection: str) -> str:
    return f"{ATTEMPT}{connection}"


def _way(kernel: Kernel, connection: str) -> Authorization[Any]:
    found = kernel.settings.connections.get(connection)
    if found is not None:
        for side in (found.sink, found.type):
            if side is not None and side.authorization is not None:
                return side.authorization
    known = [
        name
        for name, one in kernel.settings.connections.items()
        if any(side is not None and side.authorization for side in (one.sink, one.type))
    ]
    problem = Problem(
        path=f"connections.{connection}",
        message="is not a connection that is authorised in a browser",
        hint=f"Known: {', '.join(known) or 'none'}.",
    )
    raise ConfigError([problem])
