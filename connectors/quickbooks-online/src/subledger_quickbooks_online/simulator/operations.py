"""What can be done with one object: create, read, update, delete, void, send, print."""

from collections.abc import Mapping
from typing import Any

from .attachments import forget_file
from .call import Call
from .company import Company
from .envelope import Payload
from .names import entity, sendable
from .refusals import missing, unsupported


def write(call: Call, segment: str) -> Payload:
    """`POST /{entity}`: an Id in the body makes it an update."""
    name = entity(segment)
    return apply(call, name, call.options.get("operation", ""), call.object(), call.options)


def apply(
    call: Call, name: str, operation: str, body: Mapping[str, Any], options: Mapping[str, str]
) -> Payload:
    """One write, alone or in a batch."""
    return {name: _applied(call, name, operation.lower(), dict(body), options)}


def _applied(
    call: Call, name: str, operation: str, body: dict[str, Any], options: Mapping[str, str]
) -> dict[str, Any]:
    company = call.company
    match operation:
        case "delete":
            gone = company.delete(name, body)
            forget_file(call, name, gone)
            return gone
        case "void":
            return company.void(name, body)
        case "send":
            return company.send(sendable(name), _id(body), options.get("sendto", ""))
        case "create" | "update" | "":
            return _stored(company, name, operation, body, options)
        case _:
            raise unsupported(f"{operation} on {name}")


def _stored(
    company: Company,
    name: str,
    operation: str,
    body: dict[str, Any],
    options: Mapping[str, str],
) -> dict[str, Any]:
    if operation == "update" or (operation == "" and body.get("Id")):
        return company.update(name, body, options)
    return company.create(name, body, options)


def _id(body: Mapping[str, Any]) -> str:
    if not body.get("Id"):
        raise missing("Id")
    return str(body["Id"])


def read(call: Call, segment: str, id_: str) -> Payload:
    """`GET /{entity}/{id}`."""
    name = entity(segment)
    return {name: call.company.read(name, id_)}


def company_info(call: Call, _id: str) -> Payload:
    """`GET /companyinfo/{realm}`: the one object, whatever its Id."""
    return {"CompanyInfo": call.company.query("select * from CompanyInfo")["CompanyInfo"][0]}


def preferences(call: Call) -> Payload:
    """`GET /preferences`: the one object."""
    return {"Preferences": call.company.query("select * from Preferences")["Preferences"][0]}


def exchange_rate(call: Call) -> Payload:
    """`GET /exchangerate?sourcecurrencycode=&asofdate=`: the rate of a day."""
    code = call.options.get("sourcecurrencycode", "").upper()
    if not code:
        raise missing("sourcecurrencycode")
    return {"ExchangeRate": call.company.exchange_rate(code, call.options.get("asofdate", ""))}


def set_exchange_rate(call: Call) -> Payload:
    """`POST /exchangerate`: the rate from a day on."""
    return {"ExchangeRate": call.company.set_exchange_rate(call.object())}


def tax_code(call: Call) -> Payload:
    """`POST /taxservice/taxcode`: a tax code with its rates; answered without an envelope."""
    return {"TaxService": call.company.tax_service(call.object())}


def send(call: Call, segment: str, id_: str) -> Payload:
    """`POST /{entity}/{id}/send`: by e-mail, to the bill's address or to `sendTo`."""
    name = sendable(segment)
    return {name: call.company.send(name, id_, call.options.get("sendto", ""))}


def printed(call: Call, segment: str, id_: str) -> bytes:
    """`GET /{entity}/{id}/pdf`: a page with the document's number and total."""
    name = sendable(segment)
    found = call.company.read(name, id_)
    text = f"{name} {found.get('DocNumber', id_)}: {found.get('TotalAmt', 0)}"
    return _pdf("".join(c for c in text if c.isascii() and c not in "()\\"))


def _pdf(text: str) -> bytes:
    stream = f"BT /F1 18 Tf 72 720 Td ({text}) Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources 6 0 R >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Font << /F1 5 0 R >> >>",
    )
    text_so_far, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(text_so_far))
        text_so_far += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    count = len(objects) + 1
    end = f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{len(text_so_far)}\n%%EOF\n"
    return f"{text_so_far}xref\n0 {count}\n0000000000 65535 f \n{table}{end}".encode("ascii")
