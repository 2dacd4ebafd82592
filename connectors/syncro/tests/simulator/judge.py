"""Syncro's OpenAPI document as a judge of answers.

The document gives a schema for few answers and an example for most. A schema is read as it is,
except that every field may be null: the document's own examples give null where its schemas do
not allow it. An example is read as: exactly these fields, of these types; where it shows null,
anything may stand.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"
FORMATS = {"date-time": MOMENT, "date": r"^\d{4}-\d\d-\d\d$"}
ECHO = "params"
"""What a refusal repeats of the request: its fields are those of the request."""
VERBS = ("get", "post", "put", "delete")


def plain(path: str) -> str:
    """A path template without the names of its variables."""
    return re.sub(r"\{\w+\}", "{}", path)


def from_example(example: Any) -> dict[str, Any]:
    """The schema that an example stands for."""
    if example is None:
        return {}
    if isinstance(example, bool):
        return {"type": ["boolean", "null"]}
    if isinstance(example, int | float):
        return {"type": ["number", "null"]}
    if isinstance(example, str):
        moment = {"pattern": MOMENT} if re.match(MOMENT, example) else {}
        return {"type": ["string", "null"], **moment}
    if isinstance(example, list):
        return {"type": "array", "items": from_example(example[0]) if example else {}}
    if not example:
        return {"type": "object"}
    return {
        "type": ["object", "null"],
        "properties": {
            name: {"type": "object"} if name == ECHO else from_example(value)
            for name, value in example.items()
        },
        "required": sorted(example),
        "additionalProperties": False,
    }


def from_schema(schema: Any) -> dict[str, Any]:
    """A schema of the document as JSON Schema, in which every field may be null.

    What stands in the place of a schema and is none, as in a few addresses of the document that
    the simulator does not serve, allows anything.
    """
    if not isinstance(schema, Mapping) or not isinstance(schema.get("type"), str):
        return {}
    found: dict[str, Any] = {"type": [schema["type"], "null"]}
    if schema.get("format") in FORMATS:
        found["pattern"] = FORMATS[schema["format"]]
    if "properties" in schema:
        found["properties"] = {k: from_schema(v) for k, v in schema["properties"].items()}
    if "items" in schema:
        found["items"] = from_schema(schema["items"])
    return found


def described(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str, dict[str, Any] | None]]:
    """Method, path without names, status, and the schema of the body if the document gives one."""
    for path, operations in document["paths"].items():
        for verb in VERBS:
            for status, response in operations.get(verb, {}).get("responses", {}).items():
                schema = None
                for content in response.get("content", {}).values():
                    if "schema" in content:
                        schema = from_schema(content["schema"])
                    elif "example" in content:
                        schema = from_example(content["example"])
                yield verb.upper(), plain(path), status, schema


def permission(document: Mapping[str, Any], method: str, path: str) -> str | None:
    """The permission that the document asks for; None when it names none."""
    for known, operations in document["paths"].items():
        if plain(known) == path and method.lower() in operations:
            text = operations[method.lower()].get("description") or ""
            found = re.search(r"Required permission: (.+)", text)
            return found[1].strip() if found else None
    return None
