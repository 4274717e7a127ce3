"""Passages to suggestions: the offline coder, the model coder, and the grounding of quotes."""
