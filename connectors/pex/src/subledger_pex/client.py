"""Reads from the PEX API: header, pace, retries; answers are JSON with decimals as text."""

import json
from typing import Any, Final

from subledger.errors import TemporaryError
from subledger.ports import Context
from subledger.retry import Attempts, Cause, Failed, Policy, Rule, cause_of, retry_after
from subledger.runtime import HttpResponse
from subledger_pex import errors
from subledger_pex.credentials import Credentials
from subledger_pex.pace import Pace
from subledger_pex.wire.requests import Request

_OK: Final = 200
_UNAUTHORIZED: Final = 401
_TIMEOUT: Final = 60.0

POLICY: Final = Policy(
    rules={
        Cause.THROTTLED: Rule(6, 5.0),
        Cause.UNAVAILABLE: Rule(2, 2.0),
        Cause.BROKEN: Rule(1, 2.0),
        Cause.UNREADABLE: Rule(1, 1.0),
    },
    longest=120.0,
)
"""As the vendor's SDK: 429 seven tries in all (median 5 s), 408 and 504 two more, 500 one more."""


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
        attempts = Attempts(POLICY, self._runtime, self._log)
        renewed = False
        while True:
            header = await self._credentials.header()
            try:
                return await self._attempt(request, header)
            except Failed as failed:
                unknown = failed.error.code == str(_UNAUTHORIZED) and not renewed
                if unknown and await self._credentials.renew(header):
                    renewed = True
                    continue
                await attempts.again(failed, request.path)

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
            raise Failed(error, Cause.UNAVAILABLE, error.retry_after) from error
        if response.status != _OK:
            raise self._refusal(response)
        try:
            # amounts stay exact, and the records are plain JSON for whoever stores them
            return json.loads(response.body, parse_float=str)
        except (ValueError, RecursionError) as error:
            raise Failed(errors.unreadable(request.path), Cause.UNREADABLE) from error

    def _refusal(self, response: HttpResponse) -> Failed:
        asked = retry_after(response.headers.get("retry-after"), self._runtime.now())
        try:
            body = response.json()
        except (ValueError, RecursionError):
            body = None
        text = str(body.get("Message") or "") if isinstance(body, dict) else ""
        return Failed(
            errors.of_answer(response.status, text, retry_after=asked),
            cause_of(response.status),
            asked,
        )
