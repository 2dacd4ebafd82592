"""The hooks of the CSV folder connector."""

from collections.abc import Iterable

from subledger.hooks import hookimpl
from subledger.ports import SourceType

from subledger_csv_folder.config import CsvFolderConfig
from subledger_csv_folder.manifest import MANIFEST
from subledger_csv_folder.normalise import balance, normalise
from subledger_csv_folder.source import open_source

SOURCE = SourceType(
    manifest=MANIFEST,
    config=CsvFolderConfig,
    open=open_source,
    normalise=normalise,
    balance=balance,
)


@hookimpl
def register_sources() -> Iterable[SourceType[CsvFolderConfig]]:
    """A folder of exports as a card platform."""
    return (SOURCE,)
