"""Runs of coders: what they cost, which are active, how they are stopped and reconciled."""
