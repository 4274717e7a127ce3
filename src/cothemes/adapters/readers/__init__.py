"""Files to documents, one format to a module."""
