"""PEX tells of everything in a business that pays by invoice, too."""

from subledger.testing.contracts.completeness import CompletenessContract
from subledger_pex.plugin import register_sources
from subledger_pex.testing import PexOutside

(SOURCE,) = register_sources()


class TestPexCredit(CompletenessContract):
    """A business in the credit programme, with its invoices and how they were paid."""

    type = SOURCE

    def outside(self, clock):
        """A simulated business without a socket."""
        return PexOutside(clock, funding="credit")
