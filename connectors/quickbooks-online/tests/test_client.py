"""Requests: rate, pauses, retries of reads, and answers of every shape."""

import asyncio

import attrs
import pytest

from subledger.errors import AuthenticationError, ConnectorError, TemporaryError
from subledger.ports import Refused, Unknown
from subledger.runtime import HttpResponse
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.errors import Lost
from subledger_quickbooks_online.simulator import door
from subledger_quickbooks_online.simulator.wire import Request
from subledger_quickbooks_online.sink import QuickBooksOnlineSink
from subledger_quickbooks_online.wire import requests


def client(world):
    return Client(world.config, world.context)


class Scripted:
    """Answers with what is given, and keeps what was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    async def __call__(self, method, url, **values):
        """The next answer."""
        self.asked.append((method, url, values))
        status, body = self.answers.pop(0)
        return HttpResponse(status=status, headers={"intuit_tid": "1-abc"}, body=body.encode())


def scripted(world, *answers):
    http = Scripted(*answers)
    runtime = attrs.evolve(world.context.runtime, http=http)
    return Client(world.config, attrs.evolve(world.context, runtime=runtime)), http


async def test_every_request_names_the_minor_version_and_asks_for_json(world):
    """Without Accept the API answers in XML, and below 75 it does not serve."""
    await client(world).get(requests.preferences())
    [entry] = world.simulation.log
    assert entry.query == {"minorversion": "75"}
    [(_, _, headers, _)] = world.http.seen
    assert headers["Accept"] == "application/json"


@pytest.mark.parametrize(
    ("request_", "media"),
    [
        (requests.write("Vendor", {"DisplayName": "Paper"}, "K"), "application/json"),
        (requests.query("select * from Vendor"), "application/text"),
        (requests.preferences(), None),
    ],
)
async def test_every_body_says_what_it_is(world, request_, media):
    """JSON and statements are told by their types; a read has no body."""
    await client(world).send(request_)
    [(_, _, headers, body)] = world.http.seen
    assert (headers.get("Content-Type"), bool(body)) == (media, media is not None)


async def test_a_thousand_requests_stay_below_the_limits(world):
    """Ten a second and five hundred a minute are never reached."""
    asking = client(world)
    for _ in range(1000):
        await asking.get(requests.preferences())
    assert {entry.status for entry in world.simulation.log} == {200}


async def test_without_pace_the_limits_are_seen(world):
    """The negative control: the simulator throttles whoever does not wait."""
    token = world.vault.kept.access.reveal()
    path = f"/v3/company/{world.simulation.chosen_realm}/preferences"
    headers = {"Authorization": f"Bearer {token}"}
    statuses = {
        door.answer(world.simulation, Request.of("GET", path, headers=headers)).status
        for _ in range(20)
    }
    assert 429 in statuses


@pytest.mark.parametrize("form", ["gateway", "fault", "forbidden"])
async def test_a_throttled_read_waits_a_minute_and_goes_on(world, form):
    """All three forms of the throttle rest the company for a minute."""
    world.simulation.set(throttled_as=form)
    world.simulation.faults.set("throttle@1")
    await client(world).get(requests.preferences())
    assert sum(world.slept) >= 60


async def test_a_throttled_write_is_put_off_without_waiting(world, make, delivery):
    """A throttled write is certainly not taken: the kernel is told when to come again."""
    sink = world.sink()
    await sink.check()
    world.slept.clear()
    world.simulation.faults.set("throttle~POST invoice@1")
    with pytest.raises(TemporaryError) as caught:
        await sink.deliver([delivery(make.document())])
    assert not isinstance(caught.value, Lost)
    assert caught.value.retry_after >= 60
    with pytest.raises(TemporaryError):
        await sink.deliver([delivery(make.document())])
    assert sum(world.slept) < 5
    assert "Invoice" not in world.company.query("select * from Invoice")


async def test_a_source_and_a_sink_of_a_company_share_its_pace(world):
    """The limits are the company's, whoever asks."""
    every = [client(world) for _ in range(4)]
    await asyncio.gather(*(each.get(requests.preferences()) for each in every * 10))
    assert {entry.status for entry in world.simulation.log} == {200}


async def test_a_read_is_tried_again_after_server_errors(world):
    """Two bad gateways in a row do not end a reading."""
    world.simulation.faults.set("error-before@1-2")
    assert await client(world).get(requests.preferences())
    assert len(world.simulation.log) == 3


async def test_a_read_that_never_works_ends(world):
    """After four tries the trouble is told."""
    world.simulation.faults.set("error-before")
    with pytest.raises(TemporaryError):
        await client(world).get(requests.preferences())
    assert len(world.simulation.log) == 4


@pytest.mark.parametrize("fault", ["lost-answer", "error-after", "dropped", "fault-inside-200"])
async def test_a_write_without_a_clear_answer_is_unknown_and_sent_once(
    world, make, delivery, fault
):
    """A lost answer, a gateway's page or a system failure is not taken for a refusal."""
    sink = world.sink()
    await sink.check()
    world.simulation.faults.set(f"{fault}~POST invoice@1")
    [outcome] = await sink.deliver([delivery(make.document())])
    assert isinstance(outcome, Unknown)
    assert [path for _, path in world.asked()].count("invoice") == 1


LOWER = (
    '{"fault":{"error":[{"message":"Duplicate Name Exists Error","detail":"The name",'
    '"code":"6240","element":null}],"type":"ValidationFault"}}'
)
XML = (
    '<IntuitResponse xmlns="http://schema.intuit.com/finance/v3"><Fault type="ValidationFault">'
    '<Error code="6240" element=""><Message>Duplicate &amp; more</Message><Detail>The name'
    "</Detail></Error></Fault></IntuitResponse>"
)


@pytest.mark.parametrize(("status", "body"), [(400, LOWER), (200, LOWER), (400, XML), (200, XML)])
async def test_faults_are_found_in_every_shape(world, status, body):
    """Small letters, XML and status 200 hide no fault."""
    asking, _ = scripted(world, (status, body))
    answer = await asking.send(requests.write("Customer", {"DisplayName": "A"}, "k"))
    assert [fault.code for fault in answer.faults] == ["6240"]
    assert not answer.is_good


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, "", AuthenticationError),
        (403, "<html>Forbidden</html>", AuthenticationError),
        (404, "", ConnectorError),
        (429, "", TemporaryError),
        (502, "<html>Bad Gateway</html>", Lost),
        (200, "<html>Hello</html>", Lost),
    ],
)
async def test_answers_without_a_fault_are_judged_by_their_status(world, status, body, error):
    """A page of a gateway says something by its status only."""
    asking, _ = scripted(world, *[(status, body)] * 4)
    with pytest.raises(ConnectorError) as caught:
        await asking.get(requests.preferences())
    assert type(caught.value) is error


async def test_a_refusal_quotes_quickbooks_and_its_code(world, make, delivery):
    """The finding has our cause, QuickBooks' words and the code."""
    sink = world.sink()
    world.simulation.set(localised=True)
    await sink.deliver([delivery(make.document(id="1", number="7"))])
    [outcome] = await sink.deliver([delivery(make.document(id="2", number="7"))])
    assert isinstance(outcome, Refused)
    assert outcome.code == "6140"
    assert outcome.finding.category == "duplicate_document"
    assert "QuickBooks says: " in outcome.finding.message


async def test_a_subscription_that_ended_stops_the_connection(world):
    """No retries where only the owner can help."""
    world.person.end_subscription()
    with pytest.raises(AuthenticationError, match="subscription"):
        await client(world).get(requests.preferences())
    assert len(world.simulation.log) == 1


async def test_the_wrong_company_is_refused_before_anything_is_asked(world):
    """A grant of another company than the configured one is not used."""
    config = attrs.evolve(world.config, realm="1")
    with pytest.raises(AuthenticationError, match="realm"):
        await QuickBooksOnlineSink(config, world.context).check()
    assert not world.simulation.log
