"""Our verdict on a request is the published schema's."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from subledger_quickbooks_desktop.wire import schema
from subledger_quickbooks_desktop.wire.checks import SCHEMA, check_message_set
from subledger_quickbooks_desktop.wire.xml import parse

TEXTS = (
    "", " ", "x", "true", "True", "1", "0", "-1", "1.2", "1.25", "+1.25", "1,000.00", ".5", "5.",
    "12345678901234", "1.123456", "2026-08-05", "2026-8-5", "2026-02-30", "0000-00-00",
    "2026-08-05Z", "2026-08-05+02:00", "2026-08-05+15:00", " 2026-08-05 ", "2026-08-05T10:00:00",
    "2026-08-05T10:00:00Z", "2026-08-05T10:00:00.5", "2026-08-05T1:2", "PT8H", "PT", "P1D",
    "-PT1H30M", "{01234567-89ab-cdef-0123-456789abcdef}", "01234567-89ab-cdef-0123-456789abcdef",
    "ActiveOnly", "All", "Start", "Continue", "Check", "Invoice", "Transfer", "ReceivePayment",
    "Billable", "NotBillable", "stopOnError", "x" * 11, "x" * 12, "x" * 31, "x" * 32, "x" * 41,
    "x" * 42, "x" * 60, "é" * 41, "x\ny", "\n", "a:b", " 5 ", "+5", "\u0661",
)  # fmt: skip
OTHER_NAMES = ("Nonsense", "Memo", "Amount", "FullName", "TxnDate", "ListID", "MaxReturned")


def verdicts(official_schema: etree.XMLSchema, root: etree._Element) -> tuple[bool, list[str]]:
    """Return the schema's verdict and ours (the problems of the schema's kind)."""
    root = etree.fromstring(etree.tostring(root))
    ours = [str(problem) for problem in check_message_set(root) if problem.rule in SCHEMA]
    return official_schema.validate(root), ours


def test_every_published_example_is_without_a_problem_of_any_rule(
    official_examples: dict[str, bytes],
) -> None:
    """The 41 example requests pass every check, also those beyond the schema."""
    assert len(official_examples) == 41
    for name, data in official_examples.items():
        assert check_message_set(parse(data)) == [], name


def test_every_request_of_the_published_schema_is_known(contract_folder) -> None:
    """Our table holds exactly the requests that the published schema declares."""
    root = etree.parse(contract_folder / "qbxml" / "qbxmlops130.xsd").getroot()
    xsd = {"x": "http://www.w3.org/2001/XMLSchema"}
    declared = root.xpath(
        "x:element[@name='QBXMLMsgsRq']/x:complexType/x:choice/x:element/@name", namespaces=xsd
    )
    assert schema.request_names() == set(declared)
    assert len(declared) == 232


def mutate(root: etree._Element, rng: random.Random) -> None:
    """Change one thing somewhere in a message set."""
    elements = [element for element in root.iter("*") if element is not root][1:] or [root[0]]
    element = rng.choice(elements)
    parent = element.getparent()
    action = rng.randrange(9)
    if action == 0 and parent is not None and parent is not root:
        parent.remove(element)
    elif action == 1 and parent is not None:
        parent.insert(rng.randrange(len(parent) + 1), etree.fromstring(etree.tostring(element)))
    elif action == 2 and parent is not None and len(parent) > 1:
        parent.insert(rng.randrange(len(parent)), element)
    elif action == 3:
        element.tag = rng.choice(names_near(element))
    elif action == 4:
        element.set(
            rng.choice(("requestID", "iterator", "iteratorID", "metaData", "defMacro", "useMacro",
                        "bogus")),
            rng.choice(TEXTS),
        )  # fmt: skip
    elif action == 5:
        parent_of_new = rng.choice(elements)
        new = etree.Element(rng.choice(names_near(parent_of_new)))
        new.text = rng.choice(TEXTS)
        parent_of_new.insert(rng.randrange(len(parent_of_new) + 1), new)
    elif action == 6 and len(element):
        element.text = rng.choice(TEXTS)
    else:
        leaves = [leaf for leaf in elements if not len(leaf)]
        if leaves:
            rng.choice(leaves).text = rng.choice(TEXTS)


def names_near(element: etree._Element) -> list[str]:
    """Return names that could plausibly stand near an element, and some that could not."""
    found = list(OTHER_NAMES)
    for node in (element, element.getparent()):
        if node is not None:
            found.extend(str(child.tag) for child in node.iterchildren("*"))
            for kind in (str(node.tag), f"{node.tag}.2"):
                try:
                    found.extend(schema.content(kind).ranks)
                except KeyError:
                    continue
    return found


@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), count=st.integers(1, 3))
def test_our_verdict_on_mutated_requests_is_the_published_schemas(
    official_schema: etree.XMLSchema, official_examples: dict[str, bytes], seed: int, count: int
) -> None:
    """However a good request is broken or bent, both judges say the same."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    root = parse(rng.choice(list(official_examples.values())))
    for _ in range(count):
        mutate(root, rng)
    theirs, ours = verdicts(official_schema, root)
    assert theirs == (not ours), (etree.tostring(root).decode(), ours, official_schema.error_log)


def generated(rng: random.Random) -> etree._Element:
    """Make a message set of one request by a random walk through our content models."""
    root = etree.Element("QBXML")
    message_set = etree.SubElement(root, "QBXMLMsgsRq", onError="stopOnError")
    name = rng.choice(sorted(schema.request_names()))
    place = schema.request(name)
    assert place is not None
    fill(etree.SubElement(message_set, name), place.kind, rng, depth=0)
    return root


def fill(element: etree._Element, kind: str, rng: random.Random, depth: int) -> None:
    """Give an element content that our model accepts."""
    if not schema.is_complex(kind):
        element.text = sample(kind, rng)
        return
    model = schema.content(kind)
    if model.text:
        element.text = sample(model.text, rng)
        return
    for state in walk(model, rng, depth):
        child = model.children[state]
        fill(etree.SubElement(element, child.name), child.kind, rng, depth + 1)


def walk(model: schema.Content, rng: random.Random, depth: int) -> Iterator[int]:
    """Walk the automaton until it accepts, sooner the deeper we are."""
    state = schema.START
    for _ in range(200):
        steps = model.steps[state]
        if state in model.accepting and (not steps or rng.random() < 0.15 + 0.2 * depth):
            return
        if not steps:
            return
        state = steps[rng.choice(sorted(steps))]
        yield state


def sample(kind: str, rng: random.Random) -> str:
    """Return a text that our forms accept for a kind."""
    if kind.startswith("e."):
        return rng.choice(sorted(schema.enumeration(kind[2:].rstrip("="))))
    if kind.startswith("int"):
        low, _, high = kind[3:].partition("-")
        return str(rng.randint(int(low or 0), int(high or 99)))
    if kind.startswith("s"):
        return "x" * rng.randint(0, int(kind[1:] or 50))
    return {
        "bool": "true", "date": "2026-08-05", "datetime": "2026-08-05T10:00:00", "duration": "PT1H",
        "amount": "12.50", "number": "1.5", "float": "1.25",
        "guid": "{01234567-89ab-cdef-0123-456789abcdef}",
    }[kind]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_what_our_models_generate_is_valid_for_the_published_schema(
    official_schema: etree.XMLSchema, seed: int
) -> None:
    """Random walks through all request models give documents that the schema accepts."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    for _ in range(250):
        root = generated(rng)
        theirs, ours = verdicts(official_schema, root)
        assert not ours, ours
        assert theirs, (etree.tostring(root).decode()[:3000], official_schema.error_log)


@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_our_verdict_on_mutated_documents_of_any_request_is_the_published_schemas(
    official_schema: etree.XMLSchema, seed: int
) -> None:
    """The same over all 232 requests, not only those with an example."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    root = generated(rng)
    for _ in range(rng.randint(1, 2)):
        mutate(root, rng)
    theirs, ours = verdicts(official_schema, root)
    assert theirs == (not ours), (
        etree.tostring(root).decode()[:3000], ours, official_schema.error_log,
    )  # fmt: skip
