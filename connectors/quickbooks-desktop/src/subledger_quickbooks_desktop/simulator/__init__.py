"""Simulators of QuickBooks Desktop and of the QuickBooks Web Connector."""
