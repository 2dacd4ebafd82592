"""Our WSDL 1.1 document of the Web Connector service, made from the table of methods.

Contract: document/literal wrapped, namespace, service, port and binding names as in the WSDL that
Intuit publishes for Web Connector services.
"""

from lxml import etree

from subledger_quickbooks_desktop.wire.methods import INTUIT, METHODS, Method

_WSDL = "http://schemas.xmlsoap.org/wsdl/"
_SOAP = "http://schemas.xmlsoap.org/wsdl/soap/"
_HTTP = "http://schemas.xmlsoap.org/soap/http"
_SCHEMA = "http://www.w3.org/2001/XMLSchema"
_PORT = "QBWebConnectorSvcSoap"
_SERVICE = "QBWebConnectorSvc"


def wsdl(location: str) -> bytes:
    """Write the WSDL of a service that listens at `location` (an absolute URL)."""
    spaces = {"wsdl": _WSDL, "soap": _SOAP, "s": _SCHEMA, "tns": INTUIT}
    root = etree.Element(_w("definitions"), nsmap=spaces, targetNamespace=INTUIT)
    types = etree.SubElement(root, _w("types"))
    declarations = etree.SubElement(
        types, _s("schema"), elementFormDefault="qualified", targetNamespace=INTUIT
    )
    for name, method in METHODS.items():
        _elements(declarations, name, method)
    _array(declarations)
    for name in METHODS:
        _messages(root, name)
    port = etree.SubElement(root, _w("portType"), name=_PORT)
    for name in METHODS:
        operation = etree.SubElement(port, _w("operation"), name=name)
        etree.SubElement(operation, _w("input"), message=f"tns:{name}SoapIn")
        etree.SubElement(operation, _w("output"), message=f"tns:{name}SoapOut")
    _binding(root)
    service = etree.SubElement(root, _w("service"), name=_SERVICE)
    address = etree.SubElement(service, _w("port"), name=_PORT, binding=f"tns:{_PORT}")
    etree.SubElement(address, _p("address"), location=location)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _w(name: str) -> str:
    return f"{{{_WSDL}}}{name}"


def _s(name: str) -> str:
    return f"{{{_SCHEMA}}}{name}"


def _p(name: str) -> str:
    return f"{{{_SOAP}}}{name}"


def _elements(parent: etree._Element, name: str, method: Method) -> None:
    sequence = _wrapper(parent, name)
    for parameter in method.parameters:
        _particle(sequence, parameter, "int" if parameter in method.integers else "string")
    _particle(_wrapper(parent, f"{name}Response"), f"{name}Result", method.result)


def _wrapper(parent: etree._Element, name: str) -> etree._Element:
    element = etree.SubElement(parent, _s("element"), name=name)
    return etree.SubElement(etree.SubElement(element, _s("complexType")), _s("sequence"))


def _particle(parent: etree._Element, name: str, kind: str) -> None:
    kinds = {"int": "s:int", "string": "s:string", "strings": "tns:ArrayOfString"}
    least = "1" if kind == "int" else "0"
    etree.SubElement(
        parent, _s("element"), name=name, type=kinds[kind], minOccurs=least, maxOccurs="1"
    )


def _array(parent: etree._Element) -> None:
    array = etree.SubElement(parent, _s("complexType"), name="ArrayOfString")
    etree.SubElement(
        etree.SubElement(array, _s("sequence")),
        _s("element"),
        name="string",
        type="s:string",
        nillable="true",
        minOccurs="0",
        maxOccurs="unbounded",
    )


def _messages(root: etree._Element, name: str) -> None:
    for suffix, element in (("SoapIn", name), ("SoapOut", f"{name}Response")):
        message = etree.SubElement(root, _w("message"), name=name + suffix)
        etree.SubElement(message, _w("part"), name="parameters", element=f"tns:{element}")


def _binding(root: etree._Element) -> None:
    binding = etree.SubElement(root, _w("binding"), name=_PORT, type=f"tns:{_PORT}")
    etree.SubElement(binding, _p("binding"), transport=_HTTP, style="document")
    for name in METHODS:
        operation = etree.SubElement(binding, _w("operation"), name=name)
        etree.SubElement(operation, _p("operation"), soapAction=f"{INTUIT}{name}", style="document")
        for side in ("input", "output"):
            etree.SubElement(etree.SubElement(operation, _w(side)), _p("body"), use="literal")
