"""Passages to people: who codes what, in which arm, drawn with what probability."""
