"""A whole configuration over a set of records, compared with a file."""

import tomllib
from pathlib import Path

from subledger.config.secrets import SecretReader
from subledger.config.structure import Structurer
from subledger.ports import Keep
from subledger_mapping.config import MappingConfig
from subledger_mapping.plugin import MAPPING

GOLDEN = Path(__file__).parent / "golden"


def read_settings(text):
    structurer = Structurer(SecretReader(folder=GOLDEN, environment={}))
    return structurer.read(tomllib.loads(text), MappingConfig)


def test_golden(movement, line, books):
    """Every record gets the verdict written down in the file."""
    step = MAPPING.make(read_settings((GOLDEN / "settings.toml").read_text()))
    records = tomllib.loads((GOLDEN / "records.toml").read_text())["record"]
    shown = []
    for record in records:
        lines = []
        for table in record["lines"]:
            cents = int(table.pop("amount").replace(".", ""))
            lines.append(line(table, cents))
        merchant = record.get("merchant", "Acme")
        entity = movement(*lines, id=record["id"], merchant=merchant, merchant_normalised="")
        shown += show(step.apply(entity, books), record["id"])
    assert "\n".join(shown) + "\n" == (GOLDEN / "verdicts.txt").read_text()


def show(verdict, title):
    """A verdict as lines of text."""
    if not isinstance(verdict, Keep):
        found = verdict.finding
        kind = type(verdict).__name__
        return [title, f"  {kind} {found.category}: {found.subject}", f"    {found.message}"]
    entity = verdict.entity
    lines = [title] if entity.party is None else [f"{title}, vendor {entity.party.name}"]
    for one in entity.lines:
        places = (one.account, one.class_, one.customer, one.item, one.tax)
        lines.append(f"  {one.amount.text()} " + " / ".join(p.name if p else "-" for p in places))
    return lines
