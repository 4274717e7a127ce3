"""Outside libraries, one to a file, each behind a port."""
