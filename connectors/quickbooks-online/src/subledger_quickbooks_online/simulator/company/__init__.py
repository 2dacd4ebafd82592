"""The books of one QuickBooks Online company: entities, rules, double entry, and no HTTP."""

from .behaviour import Behaviour
from .company import Company
from .faults import CompanyFault
from .values import Change, Posting

__all__ = ["Behaviour", "Change", "Company", "CompanyFault", "Posting"]
