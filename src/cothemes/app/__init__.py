"""Joins the parts: finding a study, wiring adapters to ports, the order of the stages."""
