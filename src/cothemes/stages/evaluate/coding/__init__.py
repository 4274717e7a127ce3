"""Coders held against gold: splits, figures with intervals, and what moved since the last time."""
