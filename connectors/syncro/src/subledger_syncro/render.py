"""What a payment or customer of the books becomes in Syncro; pure."""

from decimal import Decimal
from typing import Final

from subledger.errors import RecordRejected
from subledger.model import Party, Settlement
from subledger.model.kinds import CUSTOMER, INVOICE, PAYMENT
from subledger.money import Money
from subledger.ports import Books, Delivery, Posting, Preview
from subledger_syncro.books import CUSTOMER_TYPE, PAYMENT_TYPE
from subledger_syncro.config import SyncroConfig
from subledger_syncro.wire import requests
from subledger_syncro.wire.requests import Request

_CENTS: Final = 100


def _refusal(message: str, field: str, hint: str) -> RecordRejected:
    return RecordRejected(message, category="validation", field=field, hint=hint)


def _cents(amount: Money) -> int:
    """Hundredths, whatever the currency."""
    return int((amount.amount * Decimal(_CENTS)).to_integral_exact())


def reference_of(delivery: Delivery, payment: Settlement) -> str:
    """The reference number: our marker first, by which the payment is found again."""
    return f"{delivery.marker} {payment.number}".strip()


def payment_request(delivery: Delivery, config: SyncroConfig) -> Request:
    """The write of a payment. Raises RecordRejected for what Syncro's API cannot take."""
    payment = delivery.entity
    if not isinstance(payment, Settlement) or payment.kind != PAYMENT:
        raise _refusal(f"Syncro takes no {delivery.kind}.", "kind", "Leave it out of the flow.")
    if not payment.amount:
        raise _refusal(
            "Credits cannot be applied in Syncro from outside.",
            "amount",
            "Apply the credit in Syncro by hand, then skip this record.",
        )
    applied: dict[str, int] = {}
    for application in payment.applications:
        if application.document.kind != INVOICE:
            raise _refusal(
                f"A payment together with a {application.document.kind} cannot be recorded.",
                "applications",
                "Record it in Syncro by hand, then skip this record.",
            )
        id_ = application.document.id
        applied[id_] = applied.get(id_, 0) + _cents(application.amount)
    if not payment.party.id.isdecimal() or not all(id_.isdecimal() for id_ in applied):
        raise _refusal(
            "The customer or an invoice is not known in Syncro.",
            "party",
            "It goes by itself once that one is there.",
        )
    method = payment.payment_method.name if payment.payment_method else payment.method
    return requests.create_payment(
        customer=int(payment.party.id),
        cents=_cents(payment.amount),
        method=method or config.payment_method,
        reference=reference_of(delivery, payment),
        applied=applied,
    )


def customer_request(customer: Party) -> Request:
    """The write of a customer; it gets a name by which it is found again."""
    person = f"{customer.first_name} {customer.last_name}".strip()
    fields = {
        "business_name": "" if person == customer.name and not customer.company else customer.name,
        "firstname": customer.first_name,
        "lastname": customer.last_name,
        "email": customer.email.partition(",")[0].strip(),
        "phone": customer.phone,
        "mobile": customer.mobile,
        "notes": customer.notes,
    } | _address(customer)
    return requests.create_customer({name: value for name, value in fields.items() if value})


def _address(customer: Party) -> dict[str, str]:
    where = customer.address
    if where is None:
        return {}
    first, *more = where.lines or ("",)
    return {
        "address": first,
        "address_2": ", ".join(more),
        "city": where.city,
        "state": where.region,
        "zip": where.postcode,
    }


def preview(delivery: Delivery, books: Books) -> Preview:
    """The payment or customer as Syncro would show it."""
    del books
    entity = delivery.entity
    if isinstance(entity, Party) and entity.kind == CUSTOMER:
        return Preview(type=CUSTOMER_TYPE, number="", memo="", party=entity.name, postings=())
    if not isinstance(entity, Settlement):
        raise _refusal(f"Syncro takes no {delivery.kind}.", "kind", "Leave it out of the flow.")
    account = entity.account.name if entity.account else ""
    return Preview(
        type=PAYMENT_TYPE,
        number=reference_of(delivery, entity),
        memo=entity.memo,
        party=entity.party.name,
        postings=(Posting(account=account, amount=entity.effect, customer=entity.party.name),),
    )
