"""What the contracts of sinks and of peers share: specimens, and the kinds that are tried."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from subledger.manifest import Operation, Role
from subledger.model import Entity, amount_of, kinds
from subledger.model.kinds import Kind
from subledger.ports import SinkType
from subledger.testing.contracts.base import breach
from subledger.testing.contracts.connector import ConnectorContract
from subledger.testing.outside import Written
from subledger.testing.specimens import Chart, Specimens
from subledger.testing.stand import ENTRIES

_FIRST: Final = (
    *(kinds.CARD_TRANSACTION, kinds.FEE, kinds.INVOICE, kinds.BILL, kinds.PAYMENT),
    *(kinds.DEPOSIT, kinds.TRANSFER),
)


def creates(type_: Any, kind: Kind) -> bool:
    """Whether a kind is created."""
    created: bool = type_.manifest.can(kind, Operation.CREATE)
    return created


def documents(type_: Any, kind: Kind) -> bool:
    """Whether a kind is created as a document, not as an entry of a list or a file."""
    return creates(type_, kind) and kind not in (*ENTRIES, kinds.ATTACHMENT)


def entries(type_: Any, kind: Kind) -> bool:
    """Whether a kind is created as an entry of a list."""
    return creates(type_, kind) and kind in ENTRIES


def changes(type_: Any, kind: Kind) -> bool:
    """Whether a kind is a document that can be updated."""
    return documents(type_, kind) and bool(type_.manifest.can(kind, Operation.UPDATE))


def keeps_accounts(type_: Any) -> bool:
    """Whether these are books with accounts and double entry."""
    return Role.GENERAL_LEDGER in type_.manifest.roles


class BooksContract(ConnectorContract):
    """A part of the contract of every sink and of every peer.

    ``chart`` names the entries that the outside's books have; where specimens need more than
    that, override :meth:`specimens`. ``main`` is the kind of document that is tried where one is
    enough; it is the first of the usual ones that is created.
    """

    type: ClassVar[SinkType[Any]]
    chart: ClassVar[Chart] = Chart()
    main: ClassVar[Kind | None] = None

    def specimens(self, kind: Kind, number: int) -> Sequence[Entity]:
        """The specimen of a kind as the last one, and before it what it needs in the books."""
        return Specimens(self.chart).of(kind, number)

    def subject_kind(self) -> Kind:
        """The kind that is tried where one is enough."""
        if self.main is not None:
            return self.main
        able = [kind for kind in self.type.manifest.kinds if creates(self.type, kind)]
        return next((kind for kind in (*_FIRST, *able) if kind in able), able[0])


def as_it_should(operation: Operation, entity: Entity, there: Sequence[Written]) -> None:
    """Demands that the books show what an operation was to do."""
    __tracebackhide__ = True
    effect = amount_of(entity) or getattr(entity, "amount", None)
    if operation in (Operation.VOID, Operation.DELETE):
        if any(document.amount for document in there):
            breach(
                f"after to {operation} a {entity.kind} the books hold {there}",
                promise="what was removed moves nothing any more",
                hint="void or delete the document that Target names",
            )
        return
    same = len(there) == 1 and there[0].date == getattr(entity, "date", None)
    if not same or effect is None or there[0].amount != effect.amount:
        breach(
            f"after to {operation} a {entity.kind} over {effect} the books hold {there}",
            promise="there is one document, with this amount and this date",
            hint="create one, and let an update replace the whole document that Target names; "
            "Written.amount is the signed change of the register account",
        )


__all__ = [
    "BooksContract",
    "as_it_should",
    "changes",
    "creates",
    "documents",
    "entries",
    "keeps_accounts",
]
