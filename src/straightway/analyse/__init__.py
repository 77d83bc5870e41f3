"""Signature to plan: the only place that reads annotations."""
