"""What people found: codings, quotes, cross-tabulations and the report."""
