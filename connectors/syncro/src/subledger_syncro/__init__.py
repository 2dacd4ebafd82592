"""subledger connector for the Syncro platform for managed service providers."""
