"""People to decisions, and decisions to ratings."""
