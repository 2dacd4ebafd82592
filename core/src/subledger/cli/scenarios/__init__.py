"""Demonstrations, as data: what to simulate, how to configure, what to say."""
