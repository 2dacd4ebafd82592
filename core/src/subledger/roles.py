"""Roles: what a connector must be able to do to be of a kind, so that recipes fit all of a kind."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

from subledger.manifest import Direction, Manifest, Operation, Role
from subledger.model import kinds as k
from subledger.model.kinds import Kind

_READ = frozenset({Operation.READ})
_CREATE = frozenset({Operation.CREATE})
_READ_CREATE = _READ | _CREATE
_CREATE_UPDATE = frozenset({Operation.CREATE, Operation.UPDATE})


def _kinds(*kinds: Kind) -> frozenset[Kind]:
    return frozenset(kinds)


@frozen(kw_only=True)
class Duty:
    """What a role asks in one direction: ``must`` is refused if it lacks, ``may`` is used if there.

    A recipe counts on the kinds of ``must``; it leaves out what a connector lacks of ``may``. Of
    the groups of ``either``, whose kinds are in ``may``, one at least has to be there whole: a
    source reads its kinds, a sink creates them.
    """

    must: Mapping[Kind, frozenset[Operation]]
    may: frozenset[Kind] = frozenset()
    either: tuple[frozenset[Kind], ...] = ()


@frozen(kw_only=True)
class RoleContract:
    """A role: its meaning in one sentence, and its duty for each direction it can be used in."""

    role: Role
    meaning: str
    duties: Mapping[Direction, Duty]


_CONTRACTS = (
    RoleContract(
        role=Role.CARD_PLATFORM,
        meaning="Issues cards on an account of its own and knows every movement of that account.",
        duties={
            Direction.SOURCE: Duty(
                must={k.CARD_TRANSACTION: _READ},
                may=_kinds(k.FEE, k.TRANSFER, k.DEPOSIT, k.VENDOR, k.ATTACHMENT),
            )
        },
    ),
    RoleContract(
        role=Role.PSA,
        meaning="Runs a service business or a shop: it bills customers and records what they paid, "
        "or is paid at once.",
        duties={
            Direction.SOURCE: Duty(
                must={k.CUSTOMER: _READ},
                either=(_kinds(k.INVOICE, k.PAYMENT), _kinds(k.SALES_RECEIPT)),
                may=_kinds(
                    k.INVOICE,
                    k.PAYMENT,
                    k.ITEM,
                    k.TAX_CODE,
                    k.CREDIT_MEMO,
                    k.REFUND,
                    k.SALES_RECEIPT,
                    k.REFUND_RECEIPT,
                    k.VENDOR,
                    k.PURCHASE,
                    k.PURCHASE_ORDER,
                    k.ITEM_RECEIPT,
                    k.BILL,
                ),
            ),
            Direction.SINK: Duty(
                must={k.PAYMENT: _CREATE}, may=_kinds(k.CUSTOMER, k.ITEM, k.INVOICE, k.CREDIT_MEMO)
            ),
        },
    ),
    RoleContract(
        role=Role.PAYMENT_PROCESSOR,
        meaning="Collects payments for invoices and pays them out, less its fees.",
        duties={
            Direction.SOURCE: Duty(
                must={k.PAYMENT: _READ},
                may=_kinds(k.CUSTOMER, k.INVOICE, k.REFUND, k.FEE, k.PAYOUT, k.DEPOSIT),
            ),
            Direction.SINK: Duty(
                must={k.CUSTOMER: _CREATE, k.INVOICE: _CREATE_UPDATE},
                may=_kinds(k.PAYMENT, k.CREDIT_MEMO),
            ),
        },
    ),
    RoleContract(
        role=Role.PAYABLES_RECEIVABLES,
        meaning="Keeps bills and invoices of its own, and pays or collects them.",
        duties={
            Direction.SOURCE: Duty(
                must={
                    **dict.fromkeys((k.VENDOR, k.BILL, k.BILL_PAYMENT), _READ),
                    **dict.fromkeys((k.CUSTOMER, k.INVOICE, k.PAYMENT), _READ),
                },
                may=_kinds(
                    *k.LISTS,
                    k.VENDOR_CREDIT,
                    k.CREDIT_MEMO,
                    k.TRANSFER,
                    k.FEE,
                    k.PURCHASE_ORDER,
                    k.ATTACHMENT,
                ),
            ),
            Direction.SINK: Duty(
                must=dict.fromkeys((k.VENDOR, k.BILL, k.CUSTOMER, k.INVOICE), _CREATE),
                may=_kinds(*k.LISTS, k.VENDOR_CREDIT, k.CREDIT_MEMO, k.PAYMENT, k.BILL_PAYMENT),
            ),
        },
    ),
    RoleContract(
        role=Role.GENERAL_LEDGER,
        meaning="Holds the books: a chart of accounts, and every document posted to it.",
        duties={
            Direction.SINK: Duty(
                must={
                    k.ACCOUNT: _READ,
                    k.VENDOR: _READ_CREATE,
                    **dict.fromkeys((k.CARD_TRANSACTION, k.FEE, k.TRANSFER, k.DEPOSIT), _CREATE),
                },
                may=k.KNOWN,
            ),
            Direction.SOURCE: Duty(must={k.ACCOUNT: _READ}, may=k.KNOWN),
        },
    ),
)

ROLES: Final[Mapping[Role, RoleContract]] = MappingProxyType(
    {contract.role: contract for contract in _CONTRACTS}
)
"""Every role's contract."""


def unmet(manifest: Manifest) -> list[str]:
    """What the manifest's roles ask and the manifest does not declare, one sentence each."""
    return [
        sentence for role in sorted(manifest.roles) for sentence in _unmet(ROLES[role], manifest)
    ]


def _unmet(contract: RoleContract, manifest: Manifest) -> list[str]:
    duty = contract.duties.get(manifest.direction)
    if duty is None:
        possible = " or ".join(contract.duties)
        return [f"a {contract.role} is a {possible}, not a {manifest.direction}"]
    lacks = [
        f"a {contract.role} must {operation} {kind}, which the manifest does not declare"
        for kind, operations in duty.must.items()
        for operation in sorted(operations)
        if not manifest.can(kind, operation)
    ]
    act = Operation.READ if manifest.direction is Direction.SOURCE else Operation.CREATE
    if duty.either and not any(group <= manifest.able(act) for group in duty.either):
        ways = ", or ".join(" and ".join(sorted(group)) for group in duty.either)
        lacks.append(f"a {contract.role} must {act} {ways}: the manifest declares neither")
    return lacks
