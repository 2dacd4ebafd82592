"""The ports: the kernel's own parts fulfil the protocols that plugins see."""

import inspect

import pytest

from subledger import hooks, ports
from subledger.flow.desk import SqlDesk
from subledger.flow.peer import KernelPeer
from subledger.http import AiohttpHttp
from subledger.ledger.books import BookIndex
from subledger.model import Entity, Movement, Party
from subledger.runtime import Http, HttpResponse
from subledger.schedule.dispatcher import Dispatcher, LocalDispatcher
from subledger.store.engine import GroupWriter, InlineWriter, Writer

PAIRS = [
    (ports.Desk, SqlDesk),
    (ports.PeerContext, KernelPeer),
    (ports.Books, BookIndex),
    (Http, AiohttpHttp),
    (Writer, GroupWriter),
    (Writer, InlineWriter),
    (Dispatcher, LocalDispatcher),
    (Entity, Movement),
    (Entity, Party),
]


def methods(protocol):
    """The methods that a protocol asks for."""
    return {
        name: value
        for name, value in vars(protocol).items()
        if inspect.isfunction(value) and not name.startswith("_")
    } | ({"__call__": protocol.__call__} if "__call__" in vars(protocol) else {})


def parameters(function):
    """Names, kinds and presence of defaults."""
    return [
        (p.name, p.kind, p.default is p.empty)
        for p in inspect.signature(function).parameters.values()
    ]


def mismatches(protocol, implementation):
    """Where an implementation differs from its protocol."""
    for name, wanted in methods(protocol).items():
        found = getattr(implementation, name, None)
        if found is None:
            yield f"{name} is missing"
        elif [(n, k) for n, k, _ in parameters(found)] != [
            (n, k) for n, k, _ in parameters(wanted)
        ]:
            renamed = [(kind, has) for _, kind, has in parameters(found)] == [
                (kind, has) for _, kind, has in parameters(wanted)
            ]
            if not renamed:
                yield f"{name}{inspect.signature(found)} is not {inspect.signature(wanted)}"


@pytest.mark.parametrize(("protocol", "implementation"), PAIRS, ids=lambda value: value.__name__)
def test_protocols_are_fulfilled(protocol, implementation):
    """The kernel's part has every method of its protocol, with the same parameters."""
    assert list(mismatches(protocol, implementation)) == []


def test_mismatch_is_seen():
    """Control: a part that lacks a method, or takes other parameters, is found out."""

    class Bad:
        def find(self, kind): ...

    found = list(mismatches(ports.Books, Bad))
    assert found[0].startswith("find(self, kind) is not")
    assert "get is missing" in found


def test_everything_public_is_named():
    """The package lists each of its public names once, in order."""
    assert ports.__all__ == sorted(ports.__all__)
    assert all(hasattr(ports, name) for name in ports.__all__)


def test_hooks_take_nothing():
    """No hook takes an argument, and each is for registering."""
    specs = [name for name in vars(hooks) if name.startswith("register_")]
    assert len(specs) == 6
    for name in specs:
        assert not inspect.signature(getattr(hooks, name)).parameters
        with pytest.raises(NotImplementedError):
            getattr(hooks, name)()


def test_json_without_floats():
    """An answer's JSON comes with exact decimals."""
    answer = HttpResponse(status=200, headers={}, body=b'{"amount": 0.10, "n": 3}')
    assert str(answer.json()["amount"]) == "0.10"
    assert not isinstance(answer.json()["amount"], float)
    with pytest.raises(ValueError, match="Expecting"):
        HttpResponse(status=200, headers={}, body=b"<html>").json()
