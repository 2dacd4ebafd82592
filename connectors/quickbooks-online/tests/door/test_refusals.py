"""Who is let in, and how a refusal looks."""

import json
from datetime import timedelta

import pytest

from subledger_quickbooks_online.simulator import Request, answer
from subledger_quickbooks_online.simulator.xmlform import NAMESPACE


def refused(app, authorization, realm=None):
    request = Request(
        method="GET",
        path=f"/v3/company/{realm or app.realm}/preferences",
        headers={"Authorization": authorization, "Accept": "application/json"},
    )
    response = answer(app.simulation, request)
    error = json.loads(response.body)["Fault"]["Error"][0]
    return response, error


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer nonsense", "Basic YTpi"])
def test_without_a_good_token(app, authorization):
    """401 with code 3200, in the gateway's words."""
    response, error = refused(app, authorization)
    assert response.status == 401
    assert error["code"] == "3200"
    assert error["Message"] == "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    assert response.headers["intuit_tid"]


def test_a_token_for_another_company(app):
    """403 with code 3100."""
    response, error = refused(app, f"Bearer {app.token}", realm="1")
    assert response.status == 403
    assert error == {
        "Message": "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
        "Detail": None,
        "code": "3100",
        "element": "",
    }


def test_two_companies(app):
    """Each company has its own books, and a token opens only one of them."""
    app.simulation.add("77").create("Vendor", {"DisplayName": "Seventy-seven"})
    assert app.count("Vendor") == 0
    assert refused(app, f"Bearer {app.token}", realm="77")[1]["code"] == "3100"
    app.token, app.simulation.chosen_realm = app.simulation.connect("77")["access_token"], "77"
    assert app.count("Vendor") == 1


def test_a_token_without_the_accounting_scope(app):
    """403 with code 3100."""
    access = app.simulation.connect(scope="openid")["access_token"]
    response, error = refused(app, f"Bearer {access}")
    assert (response.status, error["code"]) == (403, "3100")


def test_a_disconnected_company(app):
    """After its owner disconnected the app, a company answers 401."""
    assert app.call("GET", "preferences")[0] == 200
    app.person.disconnect()
    assert app.code("GET", "preferences") == (401, "3200")


def test_an_ended_subscription(app):
    """Nothing goes while the subscription is over, and everything once it is paid."""
    app.person.end_subscription()
    assert app.code("GET", "preferences")[1] == "6190"
    app.person.end_subscription(ended=False)
    assert app.call("GET", "preferences")[0] == 200


def test_the_default_form_is_xml(app):
    """Without Accept the answer is XML; a switch makes it JSON; format= beats both."""

    def media(**query):
        headers = {"accept": "*/*"}
        return app.send("GET", "preferences", headers=headers, **query).headers["Content-Type"]

    assert media() == "application/xml"
    assert media(format="json") == "application/json;charset=UTF-8"
    app.simulation.set(default_form="json")
    assert media() == "application/json;charset=UTF-8"
    assert media(format="xml") == "application/xml"


def test_a_fault_in_xml(app):
    """The XML form of a Fault."""
    root = app.xml("GET", "vendor/999")
    assert root.tag == f"{{{NAMESPACE}}}IntuitResponse"
    [fault] = root
    assert fault.get("type") == "ValidationFault"
    assert fault[0].get("code") == "610"
    assert fault[0].findtext(f"{{{NAMESPACE}}}Detail").startswith("Object Not Found : ")


def test_faults_in_lower_case(app):
    """A switch writes business errors as the gateway does."""
    app.simulation.set(lower_case_faults=True)
    status, body = app.call("GET", "vendor/999")
    assert status == 400
    assert body["fault"]["error"][0]["code"] == "610"
    assert body["fault"]["type"] == "ValidationFault"


def test_faults_in_french(app):
    """A switch tells faults in another language; codes and ids stay."""
    app.simulation.set(localised=True)
    _, body = app.call("GET", "vendor/999")
    error = body["Fault"]["Error"][0]
    assert (error["code"], error["Message"]) == ("610", "Objet introuvable")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "nonsense/1"),
        ("POST", "nonsense"),
        ("POST", "taxcode"),
        ("GET", ""),
        ("DELETE", "invoice/1"),
        ("GET", "invoice/1/2/3"),
        ("POST", "vendor/1/send"),
        ("GET", "vendor/1/pdf"),
        ("GET", "reports/AllMyMoney"),
        ("GET", "invoice"),
    ],
)
def test_there_is_no_such_operation(app, method, path):
    """Unknown entities, verbs and paths give error 500 with status 400."""
    assert app.code(method, path, {} if method == "POST" else None) == (400, "500")


def test_another_path_is_404(app):
    """Paths outside of the API do not exist."""
    assert answer(app.simulation, Request.of("GET", "/v3/elsewhere")).status == 404


@pytest.mark.parametrize(
    "body",
    [
        *("{", "[]", '"x"', "nonsense", '{"a": NaN}', "<Vendor/>", b"\xff\xfe", "[" * 5000),
        '{"DisplayName": "\\ud800"}',
    ],
)
def test_an_unreadable_body(app, body):
    """A body that is neither JSON nor XML of the API gives error 2010."""
    assert app.code("POST", "vendor", body) == (400, "2010")


def test_the_clock_can_outlive_a_token(app):
    """An hour later the same call needs a new token."""
    app.simulation.clock.advance(timedelta(hours=1))
    assert app.code("GET", "preferences") == (401, "3200")


def test_requests_are_logged_without_their_tokens(app):
    """Method, path, query and status are kept; secrets are not."""
    app.get("preferences", minorversion="75")
    app.call("GET", "vendor/999")
    log = app.order("GET", "requests")
    assert [(entry["method"], entry["status"]) for entry in log] == [("GET", 200), ("GET", 400)]
    assert log[0]["query"] == {"minorversion": "75"}
    assert app.token not in json.dumps(log, default=str)
    app.order("DELETE", "requests")
    assert app.order("GET", "requests") == []
