"""Screens. They hold a review desk and never reach a database or a model."""
