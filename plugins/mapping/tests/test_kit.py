"""The step keeps the contract of steps, with every setting that there is."""

from subledger.model import Tag
from subledger.testing import StepContract, builders
from subledger_mapping.plugin import MAPPING

_TAGGED = (Tag(name="GL Account", value="1", label="Travel"), Tag(name="Class", value="Nowhere"))


class TestMapping(StepContract):
    """The step ``mapping``."""

    type = MAPPING
    settings = (
        {},
        {"account_required": True, "class_default": "Shop", "item_tag": ""},
        {
            "account_default": "Travel",
            "tags": {"GL Account": {"1": "Travel"}, "Class": {"Nowhere": "Shop"}},
            "rules": [{"when": {"merchant": "Corner*"}, "then": {"account": "Travel"}}],
            "kinds": ["card_transaction", "fee"],
        },
    )
    entities = (
        builders.purchase("71", lines=[builders.line("12.50", tags=_TAGGED)]),
        builders.purchase("72", lines=[builders.line("12.50", tags=_TAGGED[:1])]),
    )
