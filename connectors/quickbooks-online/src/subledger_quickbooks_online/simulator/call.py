"""One API call, read and ready to be carried out."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from . import xmlform
from .company import Company
from .jsonform import from_json
from .refusals import not_readable
from .state import Simulation
from .wire import Request


@frozen(kw_only=True)
class Call:
    """A request to a company, past the checks of the gateway."""

    simulation: Simulation
    company: Company
    realm: str
    request: Request

    @property
    def options(self) -> Mapping[str, str]:
        """The query parameters, by their names in lower case."""
        return {name.lower(): value for name, value in self.request.query.items()}

    @property
    def is_xml(self) -> bool:
        """Whether the body is XML: by its content type, else by its first character."""
        media = self.request.content_type
        return "xml" in media or ("json" not in media and self.request.body.lstrip()[:1] == b"<")

    def xml(self) -> Any:
        """The body's root element."""
        try:
            return xmlform.parse(self.request.body)
        except xmlform.NotXmlError as wrong:
            raise not_readable(str(wrong)) from wrong

    def fields(self) -> dict[str, Any]:
        """The body as a JSON object; an empty body is an empty one."""
        if not self.request.body.strip():
            return {}
        try:
            value = from_json(self.request.body)
        except ValueError as wrong:
            raise not_readable(f"The body is not JSON: {wrong}") from wrong
        if not isinstance(value, dict):
            raise not_readable("The body is not a JSON object")
        return value

    def object(self) -> dict[str, Any]:
        """The one object in the body, of either form."""
        return entity_of(self.xml()) if self.is_xml else self.fields()


def entity_of(node: Any) -> dict[str, Any]:
    """An XML element as the JSON form has it; CompanyFault 2010 names what is not known."""
    try:
        return xmlform.from_element(node)
    except xmlform.NotXmlError as wrong:
        raise not_readable(str(wrong)) from wrong
