"""What has to be in the books before a delivery can go, and what it has to wait for. Pure."""

from collections.abc import Iterable

from subledger.manifest import Operation
from subledger.model import Reference
from subledger.model.kinds import ATTACHMENT, Kind, priority
from subledger.model.references import references
from subledger.ports import Delivery


def missing(delivery: Delivery) -> Reference | None:
    """What has to be in the books first; None where everything is there.

    A removal needs its document only: what that refers to is perhaps gone already.
    """
    if _removes(delivery):
        return None
    for _path, reference in references(delivery.entity):
        if reference.record and not reference.id:
            return reference
    return None


class UnderWay:
    """Deliveries that have left, or leave at once, and are not settled."""

    def __init__(self, deliveries: Iterable[Delivery] = ()) -> None:
        self._turns: set[tuple[bool, int]] = set()
        self._kinds: set[Kind] = set()
        self._records: set[tuple[Kind, str]] = set()
        self._targets: set[tuple[Kind, str]] = set()
        for delivery in deliveries:
            self.add(delivery)

    def add(self, delivery: Delivery) -> None:
        """One more has left."""
        kind = delivery.kind
        self._turns.add(_turn(delivery))
        self._kinds.add(kind)
        self._records.add((kind, delivery.entity.id))
        if delivery.target is not None:
            self._targets.add((kind, delivery.target.id))

    def holds_up(self, delivery: Delivery) -> bool:
        """Whether a delivery has to wait until what is under way is settled.

        It waits for what it refers to, also where that is changed only; a reference without an
        identifier for everything of its kind. Removals go in turns, and a file goes alone.
        """
        if not self._kinds:
            return False
        if delivery.kind == ATTACHMENT or ATTACHMENT in self._kinds:
            return True
        turn = _turn(delivery)
        if _removes(delivery) or any(removes for removes, _order in self._turns):
            return self._turns != {turn}
        return any(self._waits_for(reference) for _path, reference in references(delivery.entity))

    def _waits_for(self, reference: Reference) -> bool:
        kind = reference.kind
        if kind not in self._kinds:
            return False
        if not reference.id:
            return True
        return (kind, reference.record) in self._records or (kind, reference.id) in self._targets


def _removes(delivery: Delivery) -> bool:
    return delivery.operation in (Operation.VOID, Operation.DELETE)


def _turn(delivery: Delivery) -> tuple[bool, int]:
    return _removes(delivery), priority(delivery.kind)
