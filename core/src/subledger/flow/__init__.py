"""The flow: extract, normalise, screen, map, plan, deliver, reconcile, record."""
