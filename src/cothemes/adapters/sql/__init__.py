"""The record database: the truth that everything else is made from."""
