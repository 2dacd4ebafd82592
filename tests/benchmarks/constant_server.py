"""The limits: servers that answer every call with constant bytes, without looking at it.

``raw`` is an asyncio protocol, the limit of the load generator; ``bare`` is an aiohttp application
with one handler, the limit of anything that is built on aiohttp.
"""

import asyncio
import re
import sys
from html import escape

from aiohttp import web

_WRITE = escape(
    '<?xml version="1.0" encoding="ascii"?><?qbxml version="13.0"?><QBXML>'
    '<QBXMLMsgsRq onError="stopOnError" newMessageSetID="abcdefghijklmnopqrst00">'
    '<CheckAddRq requestID="e1-abcdefghijklmnopqrst00"><CheckAdd><AccountRef><ListID>80000001-1'
    "</ListID></AccountRef><PayeeEntityRef><ListID>80000003-1</ListID></PayeeEntityRef>"
    "<TxnDate>2026-01-02</TxnDate><Memo>sl:txn-f0001t1 | A Cardholder | lunch</Memo>"
    "<IsToBePrinted>false</IsToBePrinted><ExpenseLineAdd><AccountRef><ListID>80000002-1</ListID>"
    "</AccountRef><Amount>12.34</Amount><Memo>lunch</Memo></ExpenseLineAdd></CheckAdd>"
    "</CheckAddRq></QBXMLMsgsRq></QBXML>",
    quote=False,
)
_RESULTS = {
    "serverVersion": "subledger 0.1",
    "clientVersion": "",
    "authenticate": "<string>0123456789abcdef0123456789abcdef-1</string><string></string>",
    "sendRequestXML": _WRITE,
    "receiveResponseXML": "50",
    "closeConnection": "OK",
}


def _body(method: str, result: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<{method}Response xmlns="http://developer.intuit.com/"><{method}Result>{result}'
        f"</{method}Result></{method}Response></soap:Body></soap:Envelope>"
    ).encode()


BODIES = {
    f'"http://developer.intuit.com/{method}"': _body(method, result)
    for method, result in _RESULTS.items()
}
_ACTION = re.compile(rb"SOAPAction: (\S+)\r")
_LENGTH = re.compile(rb"Content-Length: (\d+)")


class Raw(asyncio.Protocol):
    """Finds the end of each request and answers it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connector has come."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.into = transport, bytearray()

    def data_received(self, data: bytes) -> None:
        """Some bytes have come."""
        self.into += data
        while (end := self.into.find(b"\r\n\r\n")) >= 0:
            length, action = _LENGTH.search(self.into), _ACTION.search(self.into)
            assert length is not None
            assert action is not None
            whole = end + 4 + int(length[1])
            if len(self.into) < whole:
                return
            body = BODIES[action[1].decode()]
            del self.into[:whole]
            self.transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%b"
                % (len(body), body)
            )


async def _bare(request: web.Request) -> web.Response:
    await request.read()
    body = BODIES[request.headers["SOAPAction"]]
    return web.Response(body=body, content_type="text/xml", charset="utf-8")


async def main(sort: str) -> None:
    """Serves until standard input ends."""
    loop = asyncio.get_running_loop()
    if sort == "raw":
        serving = await loop.create_server(Raw, "127.0.0.1", 0)
        print(serving.sockets[0].getsockname()[1], flush=True)
    else:
        app = web.Application(client_max_size=0)
        app.router.add_route("POST", "/{mount}/{connection}", _bare)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(runner.addresses[0][1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
