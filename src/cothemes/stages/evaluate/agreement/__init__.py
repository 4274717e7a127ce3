"""Ratings to the table of agreement that a methodologist asks for."""
