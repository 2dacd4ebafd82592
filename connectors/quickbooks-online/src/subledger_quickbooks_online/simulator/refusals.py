"""Faults that the door itself reports, in the words of Intuit's gateway and error codes."""

from collections.abc import Mapping

from .company import CompanyFault


def unauthenticated(detail: str) -> CompanyFault:
    """3200: no token, or one that does not work."""
    return CompanyFault(
        "3200",
        "message=AuthenticationFailed; errorCode=003200; statusCode=401",
        detail,
        type="AUTHENTICATION",
        status=401,
    )


def forbidden() -> CompanyFault:
    """3100: the token is good, but not for this company or scope."""
    return CompanyFault(
        "3100",
        "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
        type="SERVICE",
        status=403,
    )


def throttled(status: int, *, is_told: bool) -> CompanyFault:
    """3001: too many requests; older ones have status 403, the gateway's no detail."""
    return CompanyFault(
        "3001",
        f"message=ThrottleExceeded; errorCode=003001; statusCode={status}",
        "The request limit was reached.  Try again later" if is_told else "",
        type="SERVICE",
        status=status,
    )


def system_failure(code: str = "10000") -> CompanyFault:
    """10000: something went wrong inside QuickBooks."""
    return CompanyFault(
        code,
        "An application error has occurred while processing your request",
        "System Failure Error: An unexpected error occurred.",
        type="SystemFault",
        status=500,
    )


def unsupported(operation: str) -> CompanyFault:
    """500: there is no such operation."""
    return CompanyFault("500", "Unsupported Operation", f"Operation {operation} is not supported.")


def not_readable(detail: str) -> CompanyFault:
    """2010: the body is neither JSON nor XML, or holds what is not known."""
    return CompanyFault("2010", "Request has invalid or unsupported property", detail)


def missing(name: str) -> CompanyFault:
    """2020: a parameter of the URL or a part of the body is missing."""
    return CompanyFault(
        "2020",
        "Required param missing, need to supply the required value for the API",
        f"Required parameter {name} is missing in the request",
        element=name,
    )


def bad_request_id(detail: str) -> CompanyFault:
    """2130: a requestid or bId that is too long."""
    return CompanyFault("2130", "Invalid Request ID Format", detail)


def duplicate_request() -> CompanyFault:
    """600: the requestid was used for another request."""
    return CompanyFault(
        "600", "Duplicate Request ID", "Duplicate Request ID : use a new one for another request"
    )


def batch_too_large(limit: int, given: int) -> CompanyFault:
    """1040: more items than a batch may hold."""
    return CompanyFault(
        "1040",
        "Batch limit exceeded",
        f"The maximum number of items in a batch is {limit}; supplied: {given}",
    )


def batch_empty() -> CompanyFault:
    """A batch without items."""
    return CompanyFault("2020", "MalformedRequest", "Batch Request is Empty")


def file_too_large() -> CompanyFault:
    """6030: more than 100 MB."""
    return CompanyFault("6030", "Attachment size exceeded", "The attachment is larger than 100 MB")


def file_type(name: str) -> CompanyFault:
    """6000: a file of a sort that is not taken."""
    return CompanyFault(
        "6000",
        "A business validation error has occurred while processing your request",
        f"Business Validation Error: Files of this type are not supported: {name}",
    )


_FRENCH: Mapping[str, str] = {
    "610": "Objet introuvable",
    "2020": "Paramètre requis manquant",
    "2500": "ID de référence non valide",
    "5010": "Erreur d'objet périmé",
    "6000": "Une erreur de validation métier s'est produite",
    "6140": "Erreur de numéro de document en double",
    "6200": "Période comptable fermée",
    "6210": "Période comptable fermée",
    "6240": "Erreur de nom en double",
}


def in_french(fault: CompanyFault) -> CompanyFault:
    """The same fault as a French company gets it: another text, the same code."""
    message = _FRENCH.get(fault.code, "Une erreur s'est produite")
    kept = fault.detail[fault.detail.find("DocNumber=") :] if "DocNumber=" in fault.detail else ""
    detail = f"{message} : {kept or fault.element or fault.code}"
    return CompanyFault(
        fault.code,
        message,
        detail,
        element=fault.element,
        type=fault.type,
        status=fault.status,
    )
