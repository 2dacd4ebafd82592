"""https: the chain of the server is checked, against the system's roots or a given one."""

import shutil
import ssl
import subprocess

import pytest
from aiohttp import web

from subledger_quickbooks_desktop.simulator.web_connector import HttpTransport, TransportError


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-made certificate of localhost and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    folder = tmp_path_factory.mktemp("tls")
    files = folder / "certificate.pem", folder / "key.pem"
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    outputs = ["-out", str(files[0]), "-keyout", str(files[1])]
    subprocess.run([openssl, *options.split(), *names, *outputs], check=True, capture_output=True)
    return files


@pytest.fixture
async def url(certificate, server):
    """The scripted server behind https."""

    async def handle(request):
        reply = await server.post(request.headers["SOAPAction"].strip('"'), await request.read())
        return web.Response(status=reply.status, body=reply.body, headers=dict(reply.headers))

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    app = web.Application()
    app.router.add_post("/qbwc", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    yield f"https://localhost:{site._server.sockets[0].getsockname()[1]}/qbwc"
    await runner.cleanup()


async def test_a_session_runs_over_https(bench, certificate, url):
    """With the root that signed the server's certificate."""
    trusted = ssl.create_default_context(cafile=str(certificate[0]))
    result = await bench.connector(transport=HttpTransport(url, tls=trusted)).run_once()
    assert result.calls[-1] == "closeConnection"
    assert result.error is None


async def test_an_unknown_chain_is_refused(url):
    """Without that root nothing is sent."""
    with pytest.raises(TransportError, match="CERTIFICATE_VERIFY_FAILED"):
        await HttpTransport(url).post("x", b"hello")
