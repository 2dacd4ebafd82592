"""Whatever stands in a record, it is read or refused with a reason; it never ends a run."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subledger.errors import RecordRejected
from subledger.findings import CATEGORIES
from subledger.model import amount_of
from subledger.money import total
from subledger.ports import RawRecord
from subledger_syncro.normalise import balance_of, normalise
from subledger_syncro.simulator.jsontext import from_json, to_json

GOLDEN = Path(__file__).parent / "golden"
SAMPLES = [
    json.loads((GOLDEN / f"{name}.json").read_text())
    for name in (
        *(
            "invoice",
            "invoice_refund",
            "payment_split_oldest_first",
            "payment_by_credit_of_a_refund",
        ),
        *("credit_given", "customer_below_another", "product_in_stock", "vendor", "order_finished"),
    )
]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.text(max_size=8),
    st.sampled_from(
        [
            "",
            "0",
            "-1.005",
            "1e999999",
            "NaN",
            "-Infinity",
            "0001-01-01T00:30:00+14:00",
            "9999-12-31",
        ]
    ),
    st.lists(st.one_of(st.none(), st.integers(0, 9), st.text(max_size=2)), max_size=2),
    st.dictionaries(st.sampled_from(["id", "sku", "x"]), st.integers(0, 9), max_size=2),
)


def places(value, path=()):
    """Every place of a JSON value."""
    yield path
    if isinstance(value, list):
        value = dict(enumerate(value))
    for key, one in value.items() if isinstance(value, dict) else ():
        yield from places(one, (*path, key))


def changed(value, path, new):
    """The value with something else at a place."""
    if not path:
        return new
    key, *rest = path
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[key] = changed(value[key], rest, new)
    return copy


@st.composite
def records(draw):
    """A golden record with up to three values replaced."""
    sample = draw(st.sampled_from(SAMPLES))
    ((what, row),) = sample["data"].items()
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from([one for one in places(row) if one]))
        row = changed(row, path, draw(VALUES))
    return RawRecord(id=sample["id"], data={what: row}, context=sample["context"])


@given(records())
def test_a_broken_record_is_refused_and_nothing_else_happens(record):
    """Entities, or a refusal of a known category; and the balance is the effect of what is read."""
    balance = balance_of(record)
    try:
        entities = normalise(record)
    except RecordRejected as error:
        refusal = error
    else:
        effects = [amount for entity in entities if (amount := amount_of(entity)) is not None]
        assert balance == total(effects)
        return
    assert refusal.category in CATEGORIES


async def test_a_broken_record_does_not_end_a_run(world, read):
    """Records of another shape are refused one by one; the others arrive."""
    account = world(invoices=30)
    expected = read(await account.pages())
    broken = {
        f"/invoices/{account.marks['overpaid']}": {"line_items": "x", "payments": [None, {}]},
        f"/invoices/{account.marks['many_lines']}": {"line_items": ["x"], "customer": "y"},
        f"/invoices/{account.marks['tax_group']}": {
            "total": {},
            "date": "0001-01-01T00:30:00+14:00",
        },
        f"/purchase_orders/{account.marks['open_order']}": {"vendor": "z", "line_items": None},
    }
    original = type(account.wire).__call__

    async def breaking(self, method, url, **values):
        answer = await original(self, method, url, **values)
        for path, change in broken.items():
            if url.endswith(path):
                ((name, row),) = from_json(answer.body).items()
                body = to_json({name: {**row, **change}}).encode()
                return type(answer)(status=200, headers=answer.headers, body=body)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(account.wire), "__call__", breaking)
        found = read(await account.pages())
    assert len(found.rejected) >= 3
    missing = {id_ for _, id_ in expected.entities.keys() - found.entities.keys()}
    assert missing <= {path.rpartition("/")[2] for path in broken}
