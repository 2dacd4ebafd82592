"""What every connector can do with every kind, from what they declare. Pure."""

from reference.configuration import connectors
from reference.markdown import code, table
from subledger.catalogue import Catalogue
from subledger.manifest import Direction, Manifest, Operation
from subledger.model.kinds import KNOWN, Kind, priority


def matrix(catalogue: Catalogue) -> str:
    """A row for each kind that a connector knows, a column for each connector and direction."""
    manifests = [value.manifest for _name, value in connectors(catalogue)]
    known = sorted(KNOWN, key=lambda kind: (priority(kind), kind))
    rows = [
        (code(kind), *(_words(manifest, kind) for manifest in manifests))
        for kind in known
        if any(kind in manifest.kinds for manifest in manifests)
    ]
    heads = [f"{code(one.name)} as a {one.direction}" for one in manifests]
    return table(("kind", *heads), rows)


def _words(manifest: Manifest, kind: Kind) -> str:
    able = [one for one in Operation if manifest.can(kind, one)]
    if manifest.direction is Direction.SINK and able == [Operation.READ]:
        return "looked up"
    return ", ".join(one.value for one in able)
