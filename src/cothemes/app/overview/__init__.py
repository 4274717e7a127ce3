"""Where a study stands, what works on this machine, and the bundled demo."""
