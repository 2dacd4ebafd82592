"""Secrets never reach a log, whatever way they take."""

import datetime as dt
import io
import json
import logging

import pytest
import structlog
from attrs import field, frozen

from subledger.observe import redact
from subledger.observe.logging import set_up
from subledger.secret import Secret

CANARY = "c4nary&<secret>/+ü"
NOW = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(params=["text", "json"])
def log(request):
    """Logging into memory, and what was written there; put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up("debug", request.param, stream=stream, now=lambda: NOW)
    yield structlog.get_logger("subledger.test"), stream, request.param
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@frozen(kw_only=True)
class Config:
    """For the test."""

    token: str
    key: Secret
    hidden: str = field(repr=False, default="")
    name: str = "shown"


class Clumsy:
    """A foreign object that prints what it knows."""

    def __repr__(self):
        return f"<Clumsy {CANARY}>"


def _raise():
    raise RuntimeError(f"refused {CANARY}")


WAYS = {
    "event": lambda log: log.info("sent " + CANARY),  # noqa: G003 - the careless way is the point
    "value": lambda log: log.info("x", answer=CANARY),
    "secret": lambda log: log.info("x", answer=Secret(CANARY)),
    "bytes": lambda log: log.info("x", body=f"<a>{CANARY}</a>".encode()),
    "bound": lambda log: log.bind(h={"k": [(CANARY,)]}).warning("x"),
    "key": lambda log: log.info("x", d={CANARY: 1}),
    "object": lambda log: log.info("x", o=Clumsy()),
    "objects": lambda log: log.info("x", o=[{"a": Clumsy()}, {Clumsy()}]),
    "attrs": lambda log: log.info("x", c=Config(token="t", key=Secret(CANARY), hidden=CANARY)),
    "exception value": lambda log: log.info("x", e=RuntimeError(CANARY)),
    "deep": lambda log: log.info("x", a=[[[[[[[[[CANARY]]]]]]]]]),
    "escaped": lambda log: log.info(
        "x",
        url="/?q=c4nary%26%3Csecret%3E%2F%2B%C3%BC",
        xml="c4nary&amp;&lt;secret&gt;/+ü",
        text=json.dumps(CANARY),
    ),
    "standard library": lambda _log: logging.getLogger("lib").error("got %s", CANARY),
    "standard extra": lambda _log: logging.getLogger("lib").error("x", extra={"a": CANARY}),
}


@pytest.mark.parametrize("way", WAYS)
def test_canary(log, way):
    """A registered secret shows up in no line, and the line is still written."""
    redact.register(CANARY)
    logger, stream, _ = log
    WAYS[way](logger)
    written = stream.getvalue()
    assert written
    for form in ("c4nary", "secret>", "secret&gt;", "secret%3E"):
        assert form not in written


def test_canary_in_a_traceback(log):
    """A traceback shows the place and the masked text, and no values of local variables."""
    redact.register(CANARY)
    logger, stream, _ = log
    local = "value-of-a-local"
    try:
        _raise()
    except RuntimeError:
        logger.exception("failed")
    written = stream.getvalue()
    assert "_raise" in written
    assert "refused ****" in written
    assert "c4nary" not in written.replace("{CANARY}", "")
    assert local not in written.replace(f'local = "{local}"', "")


def test_unregistered_secret_is_seen(log):
    """Negative control: the same line without registration shows the text."""
    logger, stream, _ = log
    logger.info("x", answer="c4nary-unknown")
    assert "c4nary-unknown" in stream.getvalue()


@pytest.mark.parametrize(
    "more",
    [
        {"password": "hunter2"},
        {"strPassword": "hunter2"},
        {"access_token": "hunter2"},
        {"Authorization": "hunter2"},
        {"api-key": "hunter2"},
        {"headers": {"Set-Cookie": "hunter2"}},
        {"tokens": ["hunter2"]},
        {"text": "Authorization: Bearer hunter2hunter2"},
        {"text": "basic aHVudGVyMmh1bnRlcjI="},
        {"url": "https://me:hunter2@host/x"},
        {"url": "https://host/x?token=hunter2&y=1"},
        {"text": '{"password": "hunter2"}'},
        {"text": "<strPassword>hunter2</strPassword>"},
        {"text": "eyJhbGciOi.hunter2hunter2.hunter2"},
        {"c": Config(token="hunter2", key=Secret("x"))},
    ],
)
def test_patterns(log, more):
    """What looks like a credential is masked although nobody registered it."""
    logger, stream, _ = log
    logger.info("x", **more)
    written = stream.getvalue()
    assert "****" in written
    assert "hunter2" not in written
    assert "aHVudGVy" not in written


def test_ordinary_values_stay(log):
    """Numbers, names, dates and identifiers are not masked."""
    logger, stream, form = log
    logger.info("run_finished", flow="acme.spend", records=12, tokens_left=3, secretary="Ann")
    written = stream.getvalue()
    for text in ("run_finished", "acme.spend", "12", "3", "Ann", "2026-03-01T12:00:00.000+00:00"):
        assert text in written
    assert "****" not in written
    if form == "json":
        assert json.loads(written)["records"] == 12


def test_short_secrets_mask_only_themselves():
    """A secret of few letters does not mask parts of words, but is masked itself."""
    redact.register("no")
    assert redact.text("nothing") == "nothing"
    assert redact.text("no") == "****"


def test_level(log):
    """Lines below the level are left out."""
    logger, stream, form = log
    set_up("warning", form, stream=stream, now=lambda: NOW)
    logger.info("quiet")
    logging.getLogger("lib").info("quiet")
    assert stream.getvalue() == ""
    logger.warning("loud")
    assert "loud" in stream.getvalue()


def test_what_is_replaced_is_forgotten_in_the_end(log):
    """Of what an owner has by turns, the present and the one before it are masked, no older one."""
    logger, stream, _ = log
    for number in range(3):
        redact.mask_for("books", [Secret(f"{CANARY}-{number}"), Secret("stays-the-same")])
    logger.info("x", values=[f"<{CANARY}-{number}>" for number in range(3)], more="stays-the-same")
    written = stream.getvalue()
    assert "c4nary" in written  # the oldest
    assert "-1>" not in written
    assert "-2>" not in written
    assert "stays-the-same" not in written


def test_what_is_told_again_is_not_newer(log):
    """However often an owner's present secrets are told, the ones before stay masked."""
    logger, stream, _ = log
    for number in (1, 2, 2, 2):
        redact.mask_for("books", [Secret(f"token number {number}")])
    logger.info("x", values=["token number 1", "token number 2"])
    assert "number" not in stream.getvalue()


def test_a_secret_of_two_owners(log):
    """What one owner has forgotten stays masked for another, and where it is configured."""
    logger, stream, _ = log
    redact.register("configured")
    for owner, values in {"a": ["shared", "a2", "a3"], "b": ["shared"]}.items():
        for value in values:
            redact.mask_for(owner, [Secret(value)])
    for value in ("configured", "b2", "b3"):
        redact.mask_for("c", [Secret(value)])
    logger.info("x", values=["<shared>", "<configured>"])
    written = stream.getvalue()
    assert "shared" not in written
    assert "configured" not in written
