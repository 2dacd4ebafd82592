"""The simulated Web Connector against a server library of other people (qbwc-kit)."""

import pytest

from subledger_quickbooks_desktop.simulator.web_connector import load_qwc

qbwc_kit = pytest.importorskip("qbwc_kit")


@pytest.fixture
def peer(make_reply):
    """A transport into a qbwc-kit service with two tasks, and the responses they saw."""
    seen = []

    class AskTwice:
        name = "vendors"

        def run(self, context):
            for _ in range(2):
                result = yield qbwc_kit.QBXMLRequest([qbwc_kit.query("Vendor")])
                seen.append(result.first().status_code)

    authenticator = qbwc_kit.StaticAuthenticator("books", "s3cret&<pass>", [AskTwice()])
    service = qbwc_kit.QBWCService(authenticator=authenticator)

    class InProcess:
        async def post(self, action, body):
            return make_reply(service.dispatch(body).encode())

    return InProcess(), seen


async def test_a_server_of_other_people_is_driven_to_the_end(bench, peer):
    """Both requests are answered and the session ends at 100."""
    transport, seen = peer
    result = await bench.connector(transport=transport).run_once()
    assert (result.error, result.percent, result.rounds) == (None, 100, 2)
    assert [int(status) for status in seen] == [0, 0]


async def test_a_server_of_other_people_refuses_a_wrong_password(bench, peer):
    """It answers nvu and the code is QBWC1040."""
    transport, _ = peer
    result = await bench.connector(transport=transport, password="wrong").run_once()
    assert result.error == "QBWC1040"


def test_a_qwc_file_of_other_people_is_accepted(tmp_path):
    """Its ids and its schedule are read."""
    path = tmp_path / "peer.qwc"
    text = qbwc_kit.build_qwc(
        app_name="Peer & sons",
        app_id="",
        app_url="https://books.example.com/qbwc",
        app_description="Asks for vendors",
        username="books",
        owner_id="{57F3B9B6-86F1-4FCC-B1EE-566DE1813D20}",
        file_id="{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}",
    )
    path.write_text(text)
    application = load_qwc(path)
    assert (application.app_name, application.every_seconds) == ("Peer & sons", 900)
