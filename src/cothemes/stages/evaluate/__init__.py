"""Ratings to figures: agreement tables, and coders against gold."""
