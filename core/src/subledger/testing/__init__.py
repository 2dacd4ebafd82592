"""Tools to prove what subledger promises: virtual time, crashes at every step, replayable worlds.

Nothing here imports a test framework, so that any project can use it.
"""
