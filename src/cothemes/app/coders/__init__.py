"""Coders that propose codes: a model, a batch of calls, the offline coder."""
