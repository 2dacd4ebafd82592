"""Simulator of QuickBooks Desktop: a qbXML request processor over a company file."""

from .company import CompanyFile
from .human import Human
from .sample import create_sample_company
from .settings import Settings
from .status import RefusedError

__all__ = ["CompanyFile", "Human", "RefusedError", "Settings", "create_sample_company"]
