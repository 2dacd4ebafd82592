"""subledger connector for the PEX card platform."""
