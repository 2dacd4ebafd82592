"""What has to be in the books before a delivery can go. Pure."""

from collections.abc import Sequence

from subledger.manifest import Operation
from subledger.model import Reference
from subledger.model.references import references
from subledger.ports import Delivery


def missing(delivery: Delivery) -> Reference | None:
    """What has to be in the books first; None where everything is there.

    A removal needs its document only: what that refers to is perhaps gone already.
    """
    if delivery.operation in (Operation.VOID, Operation.DELETE):
        return None
    for _path, reference in references(delivery.entity):
        if reference.record and not reference.id:
            return reference
    return None


def are_among(deliveries: Sequence[Delivery], reference: Reference) -> bool:
    """Whether what is missing leaves with some deliveries: then it will soon be there."""
    return any(
        each.kind == reference.kind and each.entity.id == reference.record for each in deliveries
    )
