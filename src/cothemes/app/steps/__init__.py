"""One stage each, run on an open study: ports are wired in, records are read and written."""
