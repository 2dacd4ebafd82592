"""The table of SOAP methods: the one place that knows their parameters and results.

Source: QuickBooks Web Connector Programmer's Guide, chapter 10, and the published WSDL.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from attrs import frozen

INTUIT: Final = "http://developer.intuit.com/"


@frozen(kw_only=True)
class Method:
    """One SOAP method: its parameters in order, those that are integers, the type of its result."""

    parameters: tuple[str, ...] = ()
    integers: frozenset[str] = frozenset()
    result: Literal["string", "strings", "int"] = "string"


METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "serverVersion": Method(),
        "clientVersion": Method(parameters=("strVersion",)),
        "authenticate": Method(parameters=("strUserName", "strPassword"), result="strings"),
        "sendRequestXML": Method(
            parameters=(
                "ticket",
                "strHCPResponse",
                "strCompanyFileName",
                "qbXMLCountry",
                "qbXMLMajorVers",
                "qbXMLMinorVers",
            ),
            integers=frozenset({"qbXMLMajorVers", "qbXMLMinorVers"}),
        ),
        "receiveResponseXML": Method(
            parameters=("ticket", "response", "hresult", "message"), result="int"
        ),
        "connectionError": Method(parameters=("ticket", "hresult", "message")),
        "getLastError": Method(parameters=("ticket",)),
        "closeConnection": Method(parameters=("ticket",)),
        "getInteractiveURL": Method(parameters=("wcTicket", "sessionID")),
        "interactiveRejected": Method(parameters=("wcTicket", "reason")),
        "interactiveDone": Method(parameters=("wcTicket",)),
    }
)
