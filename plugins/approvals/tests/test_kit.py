"""The step keeps the contract of steps, with every setting that there is."""

from subledger.model import Approval
from subledger.testing import StepContract, builders
from subledger_approvals.plugin import APPROVALS


class TestApprovals(StepContract):
    """The step ``approvals``."""

    type = APPROVALS
    settings = (
        {},
        {"accept": "approved", "minimum_amount": "20.00"},
        {"accept": "approved_or_ignored", "kinds": ["card_transaction", "fee"]},
    )
    entities = tuple(
        builders.purchase(f"7{number}", "25.00", approval=approval)
        for number, approval in enumerate(Approval)
    )
