"""Who codes what: assignments, their order, and errors planted on purpose."""
