"""Reads from the PEX API: header, pace, retries; answers are JSON with decimals as text."""

import json
from collections import Counter
from typing import Any, Final

from subledger.errors import ConnectorError, TemporaryError
from subledger.ports import Context
from subledger.runtime import HttpResponse
from subledger_pex import errors
from subledger_pex.credentials import Credentials
from subledger_pex.pace import Pace
from subledger_pex.wire import retry
from subledger_pex.wire.requests import Request
from subledger_pex.wire.retry import Cause

_OK: Final = 200
_UNAUTHORIZED: Final = 401
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


class PexClient:
    """One business account at one host. Bodies and headers are never logged."""

    def __init__(
        self, *, host: str, credentials: Credentials, context: Context, per_second: int
    ) -> None:
        self._host = host
        self._credentials = credentials
        self._runtime = context.runtime
        self._log = context.log
        self._pace = Pace(per_second, now=self._runtime.now, sleep=self._runtime.sleep)

    async def get_object(self, request: Request) -> dict[str, Any]:
        """A JSON object. Raises ConnectorError, also where the answer is something else."""
        body = await self._get(request)
        if not isinstance(body, dict):
            raise errors.unexpected(request.path)
        return body

    async def get_list(self, request: Request) -> list[dict[str, Any]]:
        """A JSON list of objects. Raises ConnectorError, also for another answer."""
        return self.expect_rows(request, await self._get(request))

    @staticmethod
    def expect_rows(request: Request, value: object) -> list[dict[str, Any]]:
        """The value, which has to be a list of objects; ConnectorError names the request if not."""
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise errors.unexpected(request.path)
        return value

    async def _get(self, request: Request) -> Any:
        failures: Counter[Cause] = Counter()
        renewed = False
        while True:
            header = await self._credentials.header()
            try:
                return await self._attempt(request, header)
            except _Failed as failed:
                if failed.cause is None:
                    if (
                        failed.error.code == str(_UNAUTHORIZED)
                        and not renewed
                        and await self._credentials.renew(header)
                    ):
                        renewed = True
                        continue
                    raise failed.error from failed
                failures[failed.cause] += 1
                pause = retry.pause(
                    failed.cause,
                    failures[failed.cause],
                    failed.asked,
                    self._runtime.random.random(),
                )
                if pause is None:
                    raise failed.error from failed
                self._log.info(
                    "pex.retry", path=request.path, cause=failed.cause.value, pause=round(pause, 1)
                )
                await self._runtime.sleep(pause)

    async def _attempt(self, request: Request, header: str) -> Any:
        await self._pace.turn()
        try:
            response = await self._runtime.http(
                "GET",
                f"{self._host}/{request.path}",
                headers={
                    "Authorization": header,
                    "Accept": "application/json",
                    "X-CORRELATION-ID": self._runtime.new_id(),
                },
                params=list(request.params),
                timeout=_TIMEOUT,
            )
        except TemporaryError as error:
            raise _Failed(error, Cause.UNAVAILABLE, error.retry_after) from error
        if response.status != _OK:
            raise self._refusal(response)
        try:
            # amounts stay exact, and the records are plain JSON for whoever stores them
            return json.loads(response.body, parse_float=str)
        except (ValueError, RecursionError) as error:
            raise _Failed(errors.unreadable(request.path), Cause.TRUNCATED) from error

    def _refusal(self, response: HttpResponse) -> _Failed:
        asked = retry.retry_after(response.headers.get("retry-after"), self._runtime.now())
        try:
            body = response.json()
        except (ValueError, RecursionError):
            body = None
        text = str(body.get("Message") or "") if isinstance(body, dict) else ""
        return _Failed(
            errors.of_answer(response.status, text, retry_after=asked),
            retry.cause_of(response.status),
            asked,
        )
