"""Requests to one company: token, rate, the repeat after a renewed token, and what failed."""

from collections.abc import Mapping
from typing import Any, Final

from subledger.errors import TemporaryError
from subledger.ports import Context
from subledger_quickbooks_online import errors
from subledger_quickbooks_online.authorization import realm_of
from subledger_quickbooks_online.config import QuickBooksOnlineConfig
from subledger_quickbooks_online.errors import Fate, Lost
from subledger_quickbooks_online.pace import Pace, shared
from subledger_quickbooks_online.tokens import Tokens
from subledger_quickbooks_online.wire import faults
from subledger_quickbooks_online.wire.faults import Answer, Fault
from subledger_quickbooks_online.wire.requests import JSON, PATIENCE, Request

_PAUSES: Final = (2.0, 10.0, 30.0)
"""Seconds before a read that failed is tried again."""
_BAD: Final = 300
_SERVER: Final = 500
_BY_STATUS: Final[Mapping[int, str]] = {401: "3200", 403: "3100", 429: "3001"}


class Client:
    """One company. Bodies, headers and tokens are never logged."""

    def __init__(self, config: QuickBooksOnlineConfig, context: Context) -> None:
        self._config = config
        self._runtime = context.runtime
        self._log = context.log
        self._tokens = Tokens(config, context)
        self._pace: Pace | None = None

    async def realm(self) -> str:
        """The company's number."""
        return realm_of(self._config, await self._tokens.current())

    async def get(self, request: Request) -> Mapping[str, Any]:
        """The JSON object that answers a read; tried again where that can help.

        Raises ConnectorError for everything else.
        """
        for pause in (*_PAUSES, None):
            try:
                answer = await self._answer(request, patient=True)
            except TemporaryError as error:
                if pause is None or not (isinstance(error, Lost) or error.code == "3001"):
                    raise
                self._log.info("quickbooks_online.retry", path=request.path, code=error.code)
                await self._runtime.sleep(pause * (0.5 + self._runtime.random.random()))
                continue
            if answer.faults or answer.body is None:
                raise errors.error_of(errors.worst(answer.faults), answer.tid)
            return answer.body
        raise AssertionError("unreachable")  # pragma: no cover

    async def send(self, request: Request) -> Answer:
        """The answer to a write, sent once: good, or with faults about the document.

        Raises :class:`Lost` where it is not known whether QuickBooks acted, TemporaryError where
        it certainly did not, and AuthenticationError where the connection is down.
        """
        return await self._answer(request, patient=False)

    async def _answer(self, request: Request, *, patient: bool) -> Answer:
        grant = await self._tokens.current()
        answer = await self._attempt(request, grant.access.reveal(), patient=patient)
        if self._fate(answer) is Fate.RENEW:
            grant = await self._tokens.renew(grant)
            answer = await self._attempt(request, grant.access.reveal(), patient=patient)
        fate = self._fate(answer)
        if fate is None or fate < Fate.LATER:
            return answer
        if fate is Fate.THROTTLED:
            (await self._company_pace()).rest(self._runtime)
        raise errors.error_of(errors.worst(answer.faults), answer.tid)

    @staticmethod
    def _fate(answer: Answer) -> Fate | None:
        if not answer.faults:
            return None
        return errors.row_of(errors.worst(answer.faults).code).fate

    async def _company_pace(self) -> Pace:
        if self._pace is None:
            realm = await self.realm()
            self._pace = shared(
                self._runtime, self._config.host, realm, self._config.requests_per_second
            )
        return self._pace

    async def _attempt(self, request: Request, token: str, *, patient: bool) -> Answer:
        pace = await self._company_pace()
        realm = await self.realm()
        params = [*request.params, ("minorversion", str(self._config.minor_version))]
        if request.key:
            params.append(("requestid", request.key))
        headers = {"Authorization": f"Bearer {token}", "Accept": JSON}
        if request.content_type:
            headers["Content-Type"] = request.content_type
        async with pace.turn(self._runtime, is_batch=request.is_batch, patient=patient):
            try:
                response = await self._runtime.http(
                    request.method,
                    f"{self._config.host}/v3/company/{realm}/{request.path}",
                    headers=headers,
                    params=params,
                    body=request.body,
                    timeout=PATIENCE,
                )
            except TemporaryError as error:
                raise Lost(error.message, detail=error.detail, code=error.code) from error
        answer = faults.parse(response.status, response.headers, response.body)
        self._log.debug(
            "quickbooks_online.request",
            method=request.method,
            path=request.path,
            status=answer.status,
            tid=answer.tid,
            codes=sorted(answer.codes),
        )
        return _understood(answer)


def _understood(answer: Answer) -> Answer:
    """The answer, with a fault by its status where it brought none of its own.

    Raises :class:`Lost` where it does not tell what became of the request.
    """
    if answer.faults and answer.faults[0].code:
        return answer
    code = _BY_STATUS.get(answer.status, "")
    if answer.status >= _SERVER or (answer.status < _BAD and answer.body is None):
        raise Lost(
            "QuickBooks did not answer properly.",
            detail=f"status {answer.status}, intuit_tid {answer.tid}",
            code=str(answer.status),
        )
    if answer.status < _BAD and not answer.faults:
        return answer
    text = answer.faults[0].text if answer.faults else f"HTTP status {answer.status}"
    fault = Fault(code=code, message=text)
    return Answer(status=answer.status, body=answer.body, faults=(fault,), tid=answer.tid)
