"""Talks to the Syncro API: token, pace, retries; answers are JSON with decimals as text."""

import json
from typing import Any, Final

from subledger.errors import TemporaryError
from subledger.ports import Context
from subledger.retry import Attempts, Cause, Failed, Policy, Rule, cause_of, retry_after
from subledger.runtime import HttpResponse
from subledger.secret import Secret
from subledger_syncro import errors
from subledger_syncro.pace import bucket
from subledger_syncro.wire import answers
from subledger_syncro.wire.answers import Row
from subledger_syncro.wire.requests import PREFIX, Request

_OK: Final = range(200, 300)
_NOT_FOUND: Final = 404
_TIMEOUT: Final = 60.0

POLICY: Final = Policy(
    rules={
        Cause.THROTTLED: Rule(3, 10.0),
        Cause.UNAVAILABLE: Rule(3, 2.0),
        Cause.BROKEN: Rule(3, 2.0),
        Cause.UNREADABLE: Rule(2, 1.0),
    }
)
"""The limit counts a minute: three growing pauses outlast it, and end before a lease does."""
_ACTED: Final = (Cause.UNAVAILABLE, Cause.BROKEN, Cause.UNREADABLE)
"""After these Syncro may have taken a write."""


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
        attempts = Attempts(POLICY, self._runtime, self._log)
        while True:
            try:
                body = await self._attempt(request)
                if request.rows and answers.rows_of(body, request.rows) is None:
                    raise Failed(errors.unreadable(request.path), Cause.UNREADABLE)  # noqa: TRY301 - one place counts failures
            except Failed as failed:
                await attempts.again(failed, request.path)
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
        attempts = Attempts(POLICY, self._runtime, self._log)
        while True:
            try:
                return await self._attempt(request)
            except Failed as failed:
                if failed.cause in _ACTED:
                    raise errors.lost(request.path, failed.error) from failed
                await attempts.again(failed, request.path)

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
            raise Failed(error, Cause.UNAVAILABLE, error.retry_after) from error
        return self._read(request, response)

    def _read(self, request: Request, response: HttpResponse) -> Any:
        try:
            # amounts stay exact, and the records are plain JSON for whoever stores them
            body = json.loads(response.body, parse_float=str)
        except (ValueError, RecursionError) as error:
            if response.status in _OK:
                raise Failed(errors.unreadable(request.path), Cause.UNREADABLE) from error
            body = None
        if response.status in _OK and not answers.refuses(body):
            return body
        if response.status == _NOT_FOUND and not isinstance(body, dict):
            # a web page says that the account is not there, not that a record was deleted
            raise Failed(errors.no_account(request.path), None)
        asked = retry_after(response.headers.get("retry-after"), self._runtime.now())
        raise Failed(
            errors.of_answer(
                response.status,
                answers.said(body),
                retry_after=asked,
                permission=request.permission,
            ),
            cause_of(response.status),
            asked,
        )
