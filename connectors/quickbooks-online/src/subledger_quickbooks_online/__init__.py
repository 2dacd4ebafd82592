"""QuickBooks Online as a general ledger of subledger."""
