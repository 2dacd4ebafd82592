"""Talks to the Syncro API: token, pace, retries; answers are JSON with decimals as text."""

import json
from collections import Counter
from typing import Any, Final

from subledger.errors import ConnectorError, TemporaryError
from subledger.ports import Context
from subledger.runtime import HttpResponse
from subledger.secret import Secret
from subledger_syncro import errors
from subledger_syncro.pace import bucket
from subledger_syncro.wire import answers, retry
from subledger_syncro.wire.answers import Row
from subledger_syncro.wire.requests import PREFIX, Request
from subledger_syncro.wire.retry import Cause

_OK: Final = range(200, 300)
_NOT_FOUND: Final = 404
_TIMEOUT: Final = 60.0


class _Failed(Exception):  # noqa: N818 - never leaves this module
    """One attempt failed: what it means, and why for the retry rules."""

    def __init__(
        self, error: ConnectorError, cause: Cause | None, asked: float | None = None
    ) -> None:
        super().__init__(error.message)
        self.error = error
        self.cause = cause
        self.asked = asked


class SyncroClient:
    """One account. Bodies and headers are never logged."""

    def __init__(self, *, host: str, token: Secret, context: Context, per_minute: int) -> None:
        self._host = host
        self._token = token
        self._runtime = context.runtime
        self._log = context.log
        self._per_minute = per_minute
        self._bucket = bucket(context.runtime)

    async def get(self, request: Request) -> Any:
        """The JSON of an answer. Raises ConnectorError.

        An answer without the rows that the request asks for belongs to another request: it is
        asked again.
        """
        failures: Counter[Cause] = Counter()
        while True:
            try:
                body = await self._attempt(request)
                if request.rows and answers.rows_of(body, request.rows) is None:
                    raise _Failed(errors.unreadable(request.path), Cause.UNREADABLE)  # noqa: TRY301 - one place counts failures
            except _Failed as failed:
                await self._wait(request, failed, failures)
            else:
                return body

    async def record(self, request: Request, name: str) -> Row | None:
        """One record; None where Syncro does not have it. Raises ConnectorError."""
        try:
            body = await self.get(request)
        except errors.NotThere:
            return None
        found = answers.record_of(body, name)
        if found is None:
            raise errors.unexpected(request.path)
        return found

    async def send(self, request: Request) -> Any:
        """The answer to a write. Raises OutcomeUnknown where it may have been taken.

        Only a refusal to count it (429) is tried again: that write certainly was not taken.
        """
        failures: Counter[Cause] = Counter()
        while True:
            try:
                return await self._attempt(request)
            except _Failed as failed:
                if failed.cause in (Cause.UNAVAILABLE, Cause.UNREADABLE):
                    raise errors.lost(request.path, failed.error) from failed
                await self._wait(request, failed, failures)

    async def _wait(self, request: Request, failed: _Failed, failures: Counter[Cause]) -> None:
        """Waits before the next attempt, or raises what the failure means."""
        if failed.cause is None:
            raise failed.error from failed
        failures[failed.cause] += 1
        chance = self._runtime.random.random()
        pause = retry.pause(failed.cause, failures[failed.cause], failed.asked, chance)
        if pause is None:
            raise failed.error from failed
        self._log.info(
            "syncro.retry", path=request.path, cause=failed.cause.value, pause=round(pause, 1)
        )
        await self._runtime.sleep(pause)

    async def _attempt(self, request: Request) -> Any:
        await self._bucket.turn(self._per_minute)
        headers = {"Authorization": f"Bearer {self._token.reveal()}", "Accept": "application/json"}
        content = request.content()
        if content is not None:
            headers["Content-Type"] = "application/json"
        try:
            response = await self._runtime.http(
                request.method,
                f"{self._host}{PREFIX}{request.path}",
                headers=headers,
                params=list(request.params),
                body=content,
                timeout=_TIMEOUT,
            )
        except TemporaryError as error:
            raise _Failed(error, Cause.UNAVAILABLE, error.retry_after) from error
        return self._read(request, response)

    def _read(self, request: Request, response: HttpResponse) -> Any:
        try:
            # amounts stay exact, and the records are plain JSON for whoever stores them
            body = json.loads(response.body, parse_float=str)
        except (ValueError, RecursionError) as error:
            if response.status in _OK:
                raise _Failed(errors.unreadable(request.path), Cause.UNREADABLE) from error
            body = None
        if response.status in _OK and not answers.refuses(body):
            return body
        if response.status == _NOT_FOUND and not isinstance(body, dict):
            # a web page says that the account is not there, not that a record was deleted
            raise _Failed(errors.no_account(request.path), None)
        asked = retry.retry_after(response.headers.get("retry-after"), self._runtime.now())
        raise _Failed(
            errors.of_answer(
                response.status,
                answers.said(body),
                retry_after=asked,
                permission=request.permission,
            ),
            retry.cause_of(response.status),
            asked,
        )
