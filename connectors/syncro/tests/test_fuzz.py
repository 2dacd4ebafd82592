"""Whatever stands in a record, it never ends a run."""

import pytest

from subledger_syncro.simulator.jsontext import from_json, to_json


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
