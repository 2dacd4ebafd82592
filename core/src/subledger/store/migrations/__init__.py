"""Numbered steps from every released schema to the newest one."""
