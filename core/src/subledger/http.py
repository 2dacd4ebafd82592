"""The real HTTP client, behind the runtime's port."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp
from attrs import frozen

from subledger.errors import TemporaryError
from subledger.runtime import HttpResponse

_BODY_LIMIT = 64 * 1024 * 1024


@frozen
class AiohttpHttp:
    """Sends requests through one aiohttp session; no redirects, bounded answers."""

    session: aiohttp.ClientSession

    async def __call__(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | list[tuple[str, str]] | None = None,
        body: bytes | None = None,
        timeout: float = 30.0,  # noqa: ASYNC109 - part of the port
    ) -> HttpResponse:
        """The answer; raises :class:`TemporaryError` where no whole answer arrived."""
        try:
            async with self.session.request(
                method,
                url,
                headers=headers,
                params=params,
                data=body,
                timeout=aiohttp.ClientTimeout(total=timeout),
                allow_redirects=False,
            ) as response:
                content = bytearray()
                async for chunk in response.content.iter_chunked(64 * 1024):
                    content += chunk
                    if len(content) > _BODY_LIMIT:
                        raise TemporaryError("the answer is larger than 64 MiB")
                return HttpResponse(
                    status=response.status,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=bytes(content),
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            host = urlsplit(url).hostname or "the server"
            raise TemporaryError(f"no answer from {host}", detail=_reason(error)) from error


def _reason(error: Exception) -> str:
    """The sort of trouble; not its own text, which may quote the address with secrets."""
    said = getattr(error, "strerror", None)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
