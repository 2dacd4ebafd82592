"""Contracts: tests that a plugin's author inherits; what applies is computed from the manifest.

These modules need pytest and hypothesis (the extra ``subledger[testing]``).
"""
