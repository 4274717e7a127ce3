"""Thematic coding with a codebook: proposals with verified quotes, people's decisions, honest agreement."""

__version__ = "0.1.0"
