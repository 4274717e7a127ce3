"""Records to files, one format to a module."""
