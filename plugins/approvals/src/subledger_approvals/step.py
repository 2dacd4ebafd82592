"""The step: lets records through according to the review in the source."""

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from subledger.findings import Finding
from subledger.model import Approval, Entity, Movement
from subledger.ports import Books, Hold, Keep, Verdict
from subledger_approvals.config import Accept, ApprovalsConfig

_ENOUGH: Final[Mapping[Accept, frozenset[Approval]]] = {
    "all": frozenset(Approval),
    "approved": frozenset({Approval.APPROVED}),
    "approved_or_ignored": frozenset({Approval.APPROVED, Approval.IGNORED}),
}

_WAITING: Final = {
    Approval.NOT_REVIEWED: Finding(
        category="waiting_approval",
        subject="records without a review",
        message="nobody has approved the record in the source yet",
    ),
    Approval.IGNORED: Finding(
        category="waiting_approval",
        subject="ignored records",
        message="a reviewer ignored the record instead of approving it",
        hint='Approve it in the source, or set accept = "approved_or_ignored".',
    ),
    Approval.REJECTED: Finding(
        category="waiting_approval",
        subject="rejected records",
        message="a reviewer rejected the record, so it is not posted",
        hint="Nothing is posted unless it is approved in the source after all.",
    ),
    Approval.NO_RECEIPT: Finding(
        category="waiting_approval",
        subject="records without a receipt",
        message="the reviewer is waiting for a receipt",
        hint="Add the receipt and approve the record in the source; it is posted on the next run.",
    ),
}


@frozen
class ApprovalsStep:
    """Holds movements that are not accepted; a later approval lets them through.

    Holding a rejected record, instead of leaving it out, keeps it in sight and in the comparison
    of totals; it is never posted as long as it is rejected.
    """

    config: ApprovalsConfig

    def apply(self, entity: Entity, books: Books) -> Verdict:  # noqa: ARG002 - the protocol's
        """The record unchanged, or the reason why it waits."""
        if not isinstance(entity, Movement) or entity.kind not in self.config.kinds:
            return Keep(entity=entity)
        if entity.approval in _ENOUGH[self.config.accept] or self._too_small(entity):
            return Keep(entity=entity)
        return Hold(finding=_WAITING[entity.approval])

    def _too_small(self, movement: Movement) -> bool:
        minimum = self.config.minimum_amount
        return (
            minimum is not None
            and movement.approval is not Approval.REJECTED
            and movement.amount.amount < minimum
        )
