"""subledger connector for QuickBooks Desktop through the QuickBooks Web Connector."""
