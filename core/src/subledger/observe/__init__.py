"""What is seen of a running system: logs without secrets."""
