"""The model coder: a structured call per passage, kept in the ledger, its quotes held against the source."""
